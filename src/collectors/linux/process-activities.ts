import type { ProcessActivity } from '../../model/activity.ts';
import type { Look } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';

const NONE: readonly ProcessActivity[] = [];

/** Turns what started and ended between two looks into activities. */
export class ProcessActivities {
  /** Ids of processes that were already said to have outlived their parent. */
  readonly #outlived: Set<number> = new Set();
  readonly #names: Map<number, string> = new Map();

  of(look: Look): readonly ProcessActivity[] {
    if (look.started.length === 0 && look.ended.length === 0) return NONE;
    const activities: ProcessActivity[] = [];
    for (const { id, name } of look.started) this.#names.set(id, name);
    for (const process of look.started) {
      if (look.previousMs !== null)
        activities.push(this.#activity(process, 'spawn', bornAtMs(process, look)));
    }
    for (const { process, exitCode } of look.ended) {
      activities.push({ ...this.#activity(process, 'exit', look.nowMs), exitCode });
      for (const child of look.processes) {
        if (child.parentId !== process.id || this.#outlived.has(child.id)) continue;
        this.#outlived.add(child.id);
        activities.push(this.#activity(child, 'outlived-parent', look.nowMs));
      }
    }
    for (const { process } of look.ended) {
      this.#names.delete(process.id);
      this.#outlived.delete(process.id);
    }
    return activities;
  }

  #activity(process: WatchedProcess, op: ProcessActivity['op'], atMs: number): ProcessActivity {
    return {
      kind: 'process',
      op,
      atMs,
      target: process.target,
      collector: 'processes',
      processId: process.id,
      thread: null,
      exe: process.exe,
      parentName: process.parentId === null ? null : (this.#names.get(process.parentId) ?? null),
      exitCode: null,
    };
  }
}

/** The kernel's own start time where it lies between the two looks; it has a resolution of 10 ms. */
function bornAtMs({ startedAtMs }: WatchedProcess, { previousMs, nowMs }: Look): number {
  return startedAtMs > (previousMs ?? 0) && startedAtMs <= nowMs ? startedAtMs : nowMs;
}
