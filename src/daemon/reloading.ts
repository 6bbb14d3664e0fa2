import type { ReloadAnswer } from '../model/control-api.ts';
import { openSinks, secretsOf } from './alert-sinks.ts';
import type { AlertPost } from './alert-post.ts';
import { type ChangeWatcher, watchChanges } from './change-watcher.ts';
import type { Log } from './log/log.ts';
import type { MetricsEndpoint } from './metrics/endpoint.ts';
import type { Notifier } from './notify.ts';
import type { DaemonPlan } from './plan.ts';
import type { Problems } from './problems.ts';
import type { MeasurementSchedule } from './scheduled/schedule.ts';
import type { Summaries } from './summaries.ts';
import type { Watching } from './watch/watching.ts';

export interface ReloadingParts {
  /** Reads the configuration. @throws IdleproofError for what is wrong with it */
  load: () => DaemonPlan;
  /** What the configuration named at the start: another one is used after a restart. */
  stateFolder: DaemonPlan['stateFolder'];
  watching: Pick<Watching, 'plan' | 'use'>;
  endpoint: Pick<MetricsEndpoint, 'use'>;
  summaries: Pick<Summaries, 'use'>;
  schedule: Pick<MeasurementSchedule, 'use'>;
  post: Pick<AlertPost, 'use'>;
  problems: Problems;
  notifier: Pick<Notifier, 'reloading'>;
  log: Log;
}

/**
 * What was refused is tried again, though none of its files changes: what is wrong with it can be in one that it was never read far
 * enough to know of.
 */
const RETRY_MS = 5_000;

/** Takes another configuration when its files change, at SIGHUP, and when it is asked to: one at a time, so that the last one counts. */
export class Reloading {
  readonly #parts: ReloadingParts;
  #changes: ChangeWatcher | null = null;
  /** When the configuration in use was read. */
  loadedMs: number = Date.now();
  #inTurn: Promise<unknown> = Promise.resolve();
  #retry: NodeJS.Timeout | null = null;
  #isClosed = false;
  readonly #onHangup = (): void => void this.#reloadOnChange('SIGHUP');

  constructor(parts: ReloadingParts) {
    this.#parts = parts;
  }

  listen(): void {
    const { sources } = this.#parts.watching.plan;
    this.#changes = watchChanges(sources, () => void this.#reloadOnChange('a file has changed'));
    process.on('SIGHUP', this.#onHangup);
    if (this.#isOutdated()) void this.#reloadOnChange('a file has changed');
  }

  /** Takes the configuration as it is now; what is wrong with it is refused, and the one before goes on. */
  reload(): Promise<ReloadAnswer> {
    return this.#next(() => this.#reload());
  }

  /** What was taken cannot be watched: everything goes on by the plan that is used, unless another one was taken meanwhile. */
  goBack(refused: DaemonPlan, used: DaemonPlan): void {
    const { watching, log } = this.#parts;
    void this.#next(async () => {
      if (watching.plan !== used) return;
      // The one that was refused may be mended.
      this.#changes?.watch([...refused.sources, ...used.sources], this.loadedMs);
      await this.#adopt(used, refused);
    }).catch((error: unknown) => {
      const problem = (error as Error).message;
      log.error('not everything could be set back to the configuration before', { problem });
    });
  }

  /** Hears nothing any more; resolves when what was begun is done. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#tryNoMore();
    process.off('SIGHUP', this.#onHangup);
    await this.#changes?.close();
    await this.#inTurn;
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#inTurn.then(work);
    this.#inTurn = done.catch(() => {});
    return done;
  }

  async #reload(): Promise<ReloadAnswer> {
    const { load, watching, problems, notifier } = this.#parts;
    const before = watching.plan;
    const readMs = Date.now();
    let plan: DaemonPlan;
    try {
      plan = load();
      await this.#adopt(plan, before);
    } catch (error) {
      const problem = (error as Error).message;
      problems.set('reload', null, problem);
      this.#tryAgain(problem);
      throw error;
    }
    this.#tryNoMore();
    problems.set('reload', null, this.#needsRestart(plan));
    this.loadedMs = Date.now();
    this.#changes?.watch(plan.sources, readMs);
    if (watching.use(plan)) notifier.reloading();
    return { path: plan.configPath, sha256: plan.configSha256, changed: isOther(plan, before) };
  }

  /** What of a plan cannot be taken while it runs; null: nothing. */
  #needsRestart(plan: DaemonPlan): string | null {
    const { stateFolder, log } = this.#parts;
    if (plan.stateFolder === stateFolder) return null;
    const text = 'the state folder of the configuration has changed, which needs a restart; all else is used';
    log.warn(text, { state: plan.stateFolder });
    return text;
  }

  /** Everything beside the watch, or nothing of it. */
  async #adopt(plan: DaemonPlan, before: DaemonPlan): Promise<void> {
    const { endpoint, summaries, schedule, post, log } = this.#parts;
    log.hide([...secretsOf(before), ...secretsOf(plan)]);
    await endpoint.use(plan.metricsAddress);
    try {
      if (isOther(plan.alerts, before.alerts)) await post.use(openSinks(plan), Date.now());
    } catch (error) {
      await endpoint.use(before.metricsAddress).catch(() => {});
      throw error;
    }
    summaries.use(plan.reports);
    schedule.use(plan.measurements);
  }

  /** Whether the files hold something else than what was read of them before they were watched. */
  #isOutdated(): boolean {
    try {
      return isOther(this.#parts.load(), this.#parts.watching.plan);
    } catch {
      return true;
    }
  }

  #tryAgain(problem: string): void {
    this.#tryNoMore();
    if (this.#isClosed) return;
    this.#retry = setTimeout(() => void this.#reloadOnChange('tried again', problem), RETRY_MS).unref();
  }

  #tryNoMore(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
  }

  /** @param known what was wrong with it before, and is not said again */
  async #reloadOnChange(why: string, known: string | null = null): Promise<void> {
    const { log } = this.#parts;
    try {
      const { changed } = await this.reload();
      log.info(changed ? 'another configuration is used' : 'the configuration is as before', { why });
    } catch (error) {
      const problem = (error as Error).message;
      if (problem === known) return;
      log.error('the configuration was refused; the one before is used', { why, problem });
    }
  }
}

const isOther = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);
