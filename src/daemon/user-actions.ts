import { compileMatch } from '../core/rules/match.ts';
import type { Cause } from '../core/rules/pack.ts';
import type { Activity } from '../model/activity.ts';
import type { WatchedProcess } from '../model/process.ts';

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
   * What may have been one counts as one: a window that holds an action is no idle window.
   * @param actorOf the process that acted, where it is known
   */
  see(activities: readonly Activity[], actorOf: (processId: number | null) => WatchedProcess | null): void {
    for (const activity of activities) {
      const actor = actorOf(activity.processId);
      if (!this.#matches.some((match) => match.test(activity, actor) !== 'no')) continue;
      this.#times.push(activity.atMs);
      this.lastMs = Math.max(this.lastMs ?? activity.atMs, activity.atMs);
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
