import type { ProcessActivity } from '../../model/activity.ts';
import type { Look } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';

/** How long a process may take to follow its parent before it has outlived it. */
const FOLLOWS_WITHIN_MS = 1_000;

interface Bereaved {
  /** To be written when it turns out to be true; stamped with the look at which the parent was gone. */
  activity: ProcessActivity;
  /** Its activity was written. */
  said: boolean;
}

/** Turns what started and ended between two looks into activities. */
export class ProcessActivities {
  /** Processes whose watched parent ended while they lived, by id. */
  readonly #bereaved: Map<number, Bereaved> = new Map();
  readonly #names: Map<number, string> = new Map();
  #firstLookMs: number | null = null;

  /** When the next will have outlived its parent, although nothing ran. */
  dueAtMs(): number {
    const unsaid = [...this.#bereaved.values()].filter(({ said }) => !said);
    return Math.min(...unsaid.map(({ activity }) => activity.atMs + FOLLOWS_WITHIN_MS));
  }

  of(look: Look): ProcessActivity[] {
    const activities: ProcessActivity[] = [];
    if (look.started.length + look.ended.length + this.#bereaved.size === 0) return activities;
    for (const { id, name } of look.started) this.#names.set(id, name);
    this.#firstLookMs ??= look.previousMs ?? look.nowMs;
    for (const process of look.started) {
      if (look.previousMs !== null)
        activities.push(this.#activity(process, 'spawn', this.#bornAtMs(process, look)));
    }
    for (const { process, exitCode } of look.ended) {
      activities.push({ ...this.#activity(process, 'exit', look.nowMs), exitCode });
      this.#bereave(process, look);
    }
    for (const { process } of look.ended) this.#bereaved.delete(process.id);
    for (const one of this.#bereaved.values()) {
      if (!hasOutlived(one, look.nowMs)) continue;
      one.said = true;
      activities.push(one.activity);
    }
    for (const { process } of look.ended) this.#names.delete(process.id);
    return activities;
  }

  /** The kernel's own start time; somebody who was there before anybody looked came when he was found. */
  #bornAtMs({ startedAtMs }: WatchedProcess, { nowMs }: Look): number {
    return startedAtMs > (this.#firstLookMs ?? nowMs) && startedAtMs <= nowMs ? startedAtMs : nowMs;
  }

  #bereave(parent: WatchedProcess, look: Look): void {
    for (const process of look.processes) {
      if (process.parentId !== parent.id || this.#bereaved.has(process.id)) continue;
      const activity = this.#activity(process, 'outlived-parent', look.nowMs);
      this.#bereaved.set(process.id, { activity, said: false });
    }
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

function hasOutlived({ activity, said }: Bereaved, nowMs: number): boolean {
  return !said && nowMs - activity.atMs >= FOLLOWS_WITHIN_MS;
}
