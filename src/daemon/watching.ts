import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from './log.ts';
import { type DaemonPlan, needsNewWatch } from './plan.ts';
import type { Problems } from './problems.ts';
import type { WatchRun } from './watch-run.ts';

export interface WatchingParts {
  /** Begins to watch. @throws IdleproofError for what cannot be watched */
  open: (plan: DaemonPlan) => Promise<WatchRun>;
  onBegun: (run: WatchRun, plan: DaemonPlan) => void;
  /** Ends a watch, and has its windows judged. */
  end: (run: WatchRun, closedBy: 'reload' | 'shutdown') => Promise<void>;
  /** A plan cannot be watched: the one before is used. */
  onRefused: (refused: DaemonPlan, used: DaemonPlan) => void;
  problems: Problems;
  log: Log;
}

/** What cannot be watched now is tried again. */
const RETRY_MS = 10_000;

/** One watch after the other, each begun anew when the configuration or something else asks for it. */
export class Watching {
  readonly #parts: WatchingParts;
  #plan: DaemonPlan;
  /** The last one with which something could be watched. */
  #working: DaemonPlan | null = null;
  #run: WatchRun | null = null;
  #restart: AbortController = new AbortController();

  constructor(plan: DaemonPlan, parts: WatchingParts) {
    this.#plan = plan;
    this.#parts = parts;
  }

  get plan(): DaemonPlan {
    return this.#plan;
  }

  /** null: between two. */
  get run(): WatchRun | null {
    return this.#run;
  }

  /** Another plan from now on. @returns whether what is watched begins anew for it */
  use(plan: DaemonPlan): boolean {
    const before = this.#plan;
    this.#plan = plan;
    if (needsNewWatch(before, plan)) {
      this.beginAnew('another configuration');
      return true;
    }
    if (this.#working === before) this.#working = plan;
    return false;
  }

  beginAnew(reason: string): void {
    this.#restart.abort(reason);
  }

  /** Watches until the signal aborts. @throws IdleproofError where the first plan cannot be watched */
  async follow(signal: AbortSignal): Promise<void> {
    const { onBegun, end, log } = this.#parts;
    while (!signal.aborted) {
      this.#restart = new AbortController();
      const run = await this.#begin(signal);
      if (run === null) return;
      this.#run = run;
      onBegun(run, this.#plan);
      const reason = await run.watch(AbortSignal.any([signal, this.#restart.signal]));
      await end(run, signal.aborted ? 'shutdown' : 'reload');
      this.#run = null;
      if (!signal.aborted)
        log.info('beginning anew', { reason: reason ?? String(this.#restart.signal.reason) });
    }
  }

  /**
   * What was asked for at the start has to work. A later configuration that does not (a folder that is not there) is refused
   * as one that cannot be read; one that worked before is tried again.
   * @returns null: the signal aborted
   */
  async #begin(signal: AbortSignal): Promise<WatchRun | null> {
    const { open, onRefused, problems, log } = this.#parts;
    while (!signal.aborted) {
      const plan = this.#plan;
      try {
        const run = await open(plan);
        this.#working = plan;
        problems.set('watch', null, null);
        return run;
      } catch (error) {
        if (this.#working === null) throw error;
        const problem = (error as Error).message;
        if (plan !== this.#working) {
          problems.set('reload', null, problem);
          log.error('the configuration was refused; the one before is used', { problem });
          this.#plan = this.#working;
          onRefused(plan, this.#plan);
          continue;
        }
        problems.set('watch', null, problem);
        log.error('nothing is watched; it is tried again', { problem });
        await sleep(RETRY_MS, undefined, { signal: AbortSignal.any([signal, this.#restart.signal]) }).catch(
          () => {},
        );
        this.#restart = new AbortController();
      }
    }
    return null;
  }
}
