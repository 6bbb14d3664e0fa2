import { isAppRecord } from '../../core/derive/app-record.ts';
import { compileMatch } from '../../core/rules/match.ts';
import type { Cause } from '../../core/rules/pack.ts';
import type { Activity } from '../../model/activity.ts';
import type { WatchedProcess } from '../../model/process.ts';

/** Picks the actions of a user out of what was seen at each look. */
export class UserActions {
  readonly #matches: readonly ReturnType<typeof compileMatch>[];
  #times: number[] = [];
  /** Of the last one; null: nobody has used the app so far. */
  lastMs: number | null = null;

  constructor(kinds: readonly Cause[]) {
    this.#matches = kinds.map(({ activity, match }) => compileMatch(activity, match));
  }

  /**
   * What may have been one counts as one: a window that holds an action is no idle window. One that is backdated counts from when it was
   * first seen, or whoever writes such a row would take what is before it out of the window.
   * @param actorOf the process that acted, where it is known
   */
  see(activities: readonly Activity[], actorOf: (processId: number | null) => WatchedProcess | null): void {
    for (const activity of activities) {
      const actor = actorOf(activity.processId);
      if (!this.#matches.some((match) => match.test(activity, actor) !== 'no')) continue;
      const atMs = knownMs(activity);
      this.#times.push(atMs);
      this.lastMs = Math.max(this.lastMs ?? atMs, atMs);
    }
  }

  /** Whether `take` has something to give. */
  get hasNews(): boolean {
    return this.#times.length > 0;
  }

  /** The times of those since the last call, in milliseconds. */
  take(): number[] {
    return this.#times.splice(0);
  }
}

function knownMs(activity: Activity): number {
  return isAppRecord(activity) && activity.backdated === true ? activity.firstSeenAtMs : activity.atMs;
}
