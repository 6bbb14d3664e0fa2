import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log/log.ts';
import { type DaemonPlan, needsNewWatch } from '../plan.ts';
import type { Problems } from '../problems.ts';
import type { WatchRun } from './watch-run.ts';

export interface WatchingParts {
  /** Begins to watch. @throws IdleproofError for what cannot be watched */
  open: (plan: DaemonPlan) => Promise<WatchRun>;
  onBegun: (run: WatchRun) => void;
  /** Ends a watch, and has its windows judged by this plan. */
  end: (run: WatchRun, closedBy: 'reload' | 'shutdown', plan: DaemonPlan) => Promise<void>;
  /** A plan cannot be watched: the one before is used. */
  onRefused: (refused: DaemonPlan, used: DaemonPlan) => void;
  /** Nothing is watched, but it is tried now: this is no loop that hangs. */
  onAttempt: () => void;
  problems: Problems;
  log: Log;
}

/** What cannot be watched now is tried again. */
const RETRY_MS = 10_000;

/** One watch after the other, each begun anew when the configuration or something else asks for it. */
export class Watching {
  readonly #parts: WatchingParts;
  readonly #retryMs: number;
  /** What was asked for last. */
  #plan: DaemonPlan;
  /** By which that is judged which is watched now; null: nothing was watched so far. */
  #working: DaemonPlan | null = null;
  #run: WatchRun | null = null;
  #restart: AbortController = new AbortController();

  constructor(plan: DaemonPlan, parts: WatchingParts, retryMs: number = RETRY_MS) {
    this.#plan = plan;
    this.#parts = parts;
    this.#retryMs = retryMs;
  }

  get plan(): DaemonPlan {
    return this.#plan;
  }

  /** The plan by which that is judged which is watched now: another one with other targets waits until this watch is over. */
  get judging(): DaemonPlan {
    return this.#working ?? this.#plan;
  }

  /** null: between two. */
  get run(): WatchRun | null {
    return this.#run;
  }

  /** Another plan from now on. @returns whether what is watched begins anew for it */
  use(plan: DaemonPlan): boolean {
    const needsAnew = needsNewWatch(this.#plan, plan);
    this.#plan = plan;
    this.#workBy(plan);
    if (needsAnew) this.beginAnew('another configuration');
    return needsAnew;
  }

  beginAnew(reason: string): void {
    this.#restart.abort(reason);
  }

  /** Watches until the signal aborts. @throws IdleproofError where the first plan cannot be watched */
  async follow(signal: AbortSignal): Promise<void> {
    const { onBegun, log } = this.#parts;
    while (!signal.aborted) {
      this.#restart = new AbortController();
      const run = await this.#begin(signal);
      if (run === null) return;
      this.#run = run;
      try {
        onBegun(run);
        const reason = await this.#watch(run, signal);
        if (!signal.aborted)
          log.info('beginning anew', { reason: reason ?? String(this.#restart.signal.reason) });
      } finally {
        this.#run = null;
      }
    }
  }

  /** @returns why it begins anew by itself; null: it was asked to end */
  async #watch(run: WatchRun, signal: AbortSignal): Promise<string | null> {
    try {
      const reason = await run.watch(AbortSignal.any([signal, this.#restart.signal]));
      await this.#parts.end(run, signal.aborted ? 'shutdown' : 'reload', this.judging);
      return reason;
    } catch (error) {
      run.release();
      throw error;
    }
  }

  /**
   * What was asked for at the start has to work. A later configuration that does not (a folder that is not there) is refused
   * as one that cannot be read; one that worked before is tried again.
   * @returns null: the signal aborted
   */
  async #begin(signal: AbortSignal): Promise<WatchRun | null> {
    const { open, onAttempt, problems } = this.#parts;
    while (!signal.aborted) {
      const plan = this.#plan;
      onAttempt();
      try {
        const run = await open(plan);
        this.#working = plan;
        this.#workBy(this.#plan);
        problems.set('watch', null, null);
        return run;
      } catch (error) {
        if (this.#working === null) throw error;
        // Another one was asked for meanwhile: it may work.
        if (plan !== this.#plan) this.#restart = new AbortController();
        else if (needsNewWatch(plan, this.#working)) this.#refuse(plan, this.#working, error as Error);
        else await this.#pause(error as Error, signal);
      }
    }
    return null;
  }

  #refuse(plan: DaemonPlan, used: DaemonPlan, { message: problem }: Error): void {
    const { onRefused, problems, log } = this.#parts;
    problems.set('reload', null, problem);
    log.error('the configuration was refused; the one before is used', { problem });
    this.#plan = used;
    onRefused(plan, used);
  }

  async #pause({ message: problem }: Error, signal: AbortSignal): Promise<void> {
    const { problems, log } = this.#parts;
    problems.set('watch', null, problem);
    log.error('nothing is watched; it is tried again', { problem });
    const woken = AbortSignal.any([signal, this.#restart.signal]);
    await sleep(this.#retryMs, undefined, { signal: woken }).catch(() => {});
    this.#restart = new AbortController();
  }

  /** The same watch goes on by a plan that differs in what is done with it only. */
  #workBy(plan: DaemonPlan): void {
    if (this.#working !== null && !needsNewWatch(this.#working, plan)) this.#working = plan;
  }
}
