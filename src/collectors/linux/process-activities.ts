import type { ProcessActivity } from '../../model/activity.ts';
import type { Look } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';

/** Whether somebody else tells of the start of a process; asked once of each. */
export type TellsStart = (process: WatchedProcess) => boolean;

/** How long a process may take to follow its parent before it has outlived it. */
const FOLLOWS_WITHIN_MS = 1_000;

interface Bereaved {
  /** To be written when it turns out to be true; stamped with the look at which the parent was gone, or which found whoever came after that. */
  activity: ProcessActivity;
  /** Since when it should have followed. */
  sinceMs: number;
  /** Its activity was written. */
  said: boolean;
}

/** Turns what started and ended between two looks into activities. */
export class ProcessActivities {
  /** Processes whose watched parent ended while they lived, by id. */
  readonly #bereaved: Map<number, Bereaved> = new Map();
  /** Targets whose last root has ended, and the look at which it had. */
  readonly #forsaken: Map<string, number> = new Map();
  readonly #names: Map<number, string> = new Map();
  readonly #isTold: TellsStart;
  #firstLookMs: number | null = null;

  constructor(isTold: TellsStart) {
    this.#isTold = isTold;
  }

  /** When the next will have outlived its parent, although nothing ran. */
  dueAtMs(): number {
    const unsaid = [...this.#bereaved.values()].filter(({ said }) => !said);
    return Math.min(...unsaid.map(({ sinceMs }) => sinceMs + FOLLOWS_WITHIN_MS));
  }

  of(look: Look): ProcessActivity[] {
    const activities: ProcessActivity[] = [];
    if (look.started.length + look.ended.length + this.#bereaved.size === 0) return activities;
    for (const { id, name } of look.started) this.#names.set(id, name);
    this.#firstLookMs ??= look.previousMs ?? look.nowMs;
    for (const process of look.started) {
      if (look.previousMs !== null && !this.#isTold(process))
        activities.push(this.#activity(process, 'spawn', this.#bornAtMs(process, look)));
    }
    for (const { process, exitCode } of look.ended) {
      activities.push({ ...this.#activity(process, 'exit', look.nowMs), exitCode });
      this.#bereave(process, look);
    }
    this.#forsake(look);
    for (const { process } of look.ended) this.#bereaved.delete(process.id);
    for (const one of this.#bereaved.values()) {
      if (!hasOutlived(one, look.nowMs)) continue;
      one.said = true;
      activities.push(one.activity);
    }
    for (const { process } of look.ended) this.#names.delete(process.id);
    return activities;
  }

  parentNameOf({ parentId }: WatchedProcess): string | null {
    return parentId === null ? null : (this.#names.get(parentId) ?? null);
  }

  /** The kernel's own start time; somebody who was there before anybody looked came when he was found. */
  #bornAtMs({ startedAtMs }: WatchedProcess, { nowMs }: Look): number {
    return startedAtMs > (this.#firstLookMs ?? nowMs) && startedAtMs <= nowMs ? startedAtMs : nowMs;
  }

  /** Who was left by a parent. */
  #bereave(parent: WatchedProcess, look: Look): void {
    for (const process of look.processes) {
      if (process.parentId === parent.id && !this.#bereaved.has(process.id))
        this.#leave(process, look, look.nowMs);
    }
  }

  /** Who goes on without any root of the app, whoever its parent was; and who comes after that, who has no second of its own to follow. */
  #forsake(look: Look): void {
    const ended = look.ended.flatMap(({ process }) =>
      process.membership === 'root' ? [process.target] : [],
    );
    for (const target of new Set(ended)) {
      if (hasRoot(look.processes, target)) continue;
      this.#forsaken.set(target, look.nowMs);
      for (const process of look.processes)
        if (process.target === target) this.#leave(process, look, look.nowMs);
    }
    for (const target of this.#forsaken.keys())
      if (hasRoot(look.processes, target)) this.#forsaken.delete(target);
    for (const process of look.started) {
      const sinceMs = this.#forsaken.get(process.target);
      if (sinceMs !== undefined && !this.#bereaved.has(process.id)) this.#leave(process, look, sinceMs);
    }
  }

  #leave(process: WatchedProcess, { nowMs }: Look, sinceMs: number): void {
    const activity = this.#activity(process, 'outlived-parent', nowMs);
    this.#bereaved.set(process.id, { activity, sinceMs, said: false });
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
      exe: op === 'spawn' ? process.exe : lastProgram(process),
      parentName: this.parentNameOf(process),
      exitCode: null,
    };
  }
}

const hasRoot = (processes: readonly WatchedProcess[], target: string): boolean =>
  processes.some((process) => process.target === target && process.membership === 'root');

/** What it ran in the end, as far as that is known. */
function lastProgram({ exe, executions = [] }: WatchedProcess): string | null {
  const last = executions.at(-1);
  return last === undefined ? exe : (last.program?.exe ?? null);
}

function hasOutlived({ sinceMs, said }: Bereaved, nowMs: number): boolean {
  return !said && nowMs - sinceMs >= FOLLOWS_WITHIN_MS;
}
