import { upTo } from '../../core/derive/burst.ts';
import type { FileActivity } from '../../model/activity.ts';
import type { Change } from './change.ts';

/** Of one look; more are counted as lost. */
const MOST_ACTIVITIES = 10_000;

/** What happened to names since the look before, as activities: one for each name and sort of change, and a bounded number. */
export class FileActivities {
  readonly #target: string;
  #pending: Map<string, FileActivity> = new Map();
  #lost = 0;

  constructor(target: string) {
    this.#target = target;
  }

  get isEmpty(): boolean {
    return this.#pending.size === 0;
  }

  /** How many were left out so far. */
  get lost(): number {
    return this.#lost;
  }

  /** What a new file is filled with at once belongs to its `create`. */
  add({ op, path, atMs, sinceMs }: Change): void {
    const key = `${op}\n${path}`;
    const known =
      this.#pending.get(key) ?? (op === 'write' ? this.#pending.get(`create\n${path}`) : undefined);
    if (known !== undefined) {
      Object.assign(known, upTo(known.atMs, Math.max(atMs, known.lastAtMs ?? atMs)));
      return;
    }
    if (this.#pending.size >= MOST_ACTIVITIES) {
      this.#lost += 1;
      return;
    }
    this.#pending.set(key, {
      kind: 'file',
      atMs,
      target: this.#target,
      collector: 'files',
      processId: null,
      thread: null,
      op,
      path,
      ...(sinceMs === undefined ? {} : { sinceMs }),
    });
  }

  /** Those since the last call, in order of time. */
  take(): FileActivity[] {
    const activities = [...this.#pending.values()].sort((a, b) => a.atMs - b.atMs);
    this.#pending = new Map();
    return activities;
  }
}
