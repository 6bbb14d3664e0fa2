import type { ReloadAnswer } from '../model/control-api.ts';
import { sinksOf } from './alert-sinks.ts';
import type { AlertPost } from './alert-post.ts';
import { type ChangeWatcher, watchChanges } from './change-watcher.ts';
import type { Log } from './log.ts';
import type { MetricsEndpoint } from './metrics/endpoint.ts';
import type { Notifier } from './notify.ts';
import type { DaemonPlan } from './plan.ts';
import type { Problems } from './problems.ts';
import type { Summaries } from './summaries.ts';
import type { Watching } from './watching.ts';

export interface ReloadingParts {
  /** Reads the configuration. @throws IdleproofError for what is wrong with it */
  load: () => DaemonPlan;
  watching: Watching;
  endpoint: MetricsEndpoint;
  summaries: Summaries;
  post: AlertPost;
  problems: Problems;
  notifier: Notifier;
  log: Log;
}

/**
 * What was refused is tried again, though none of its files changes: what is wrong with it can be in one that it was never read far
 * enough to know of.
 */
const RETRY_MS = 5_000;

/** Takes another configuration when its files change, at SIGHUP, and when it is asked to. */
export class Reloading {
  readonly #parts: ReloadingParts;
  #changes: ChangeWatcher | null = null;
  /** When the configuration in use was read. */
  loadedMs: number = Date.now();
  readonly #onHangup = (): void => void this.#reloadOnChange('SIGHUP');
  /** One after the other: what is read first is not used last. */
  #last: Promise<unknown> = Promise.resolve();
  #retry: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(parts: ReloadingParts) {
    this.#parts = parts;
  }

  listen(): void {
    const { sources } = this.#parts.watching.plan;
    this.#changes = watchChanges(sources, () => void this.#reloadOnChange('a file has changed'));
    process.on('SIGHUP', this.#onHangup);
    if (this.#isOutdated()) void this.#reloadOnChange('a file has changed');
  }

  /** Reads these files' changes from now on. */
  follow(sources: readonly string[], readMs: number = this.loadedMs): void {
    this.#changes?.watch(sources, readMs);
  }

  /** Takes the configuration as it is now; what is wrong with it is refused, and the one before goes on. */
  reload(): Promise<ReloadAnswer> {
    const reloaded = this.#last.then(() => this.#reload());
    this.#last = reloaded.catch(() => {});
    return reloaded;
  }

  async #reload(): Promise<ReloadAnswer> {
    const { load, watching, endpoint, summaries, post, problems, notifier } = this.#parts;
    const before = watching.plan;
    const readMs = Date.now();
    let plan: DaemonPlan;
    try {
      plan = load();
      await endpoint.use(plan.metricsAddress);
    } catch (error) {
      const problem = (error as Error).message;
      problems.set('reload', null, problem);
      this.#tryAgain(problem);
      throw error;
    }
    this.#tryNoMore();
    problems.set('reload', null, null);
    this.loadedMs = Date.now();
    this.follow(plan.sources, readMs);
    summaries.use(plan.reports);
    if (isOther(plan.alerts, before.alerts)) await post.use(sinksOf(plan), this.loadedMs);
    if (watching.use(plan)) notifier.reloading();
    return { path: plan.configPath, sha256: plan.configSha256, changed: isOther(plan, before) };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#tryNoMore();
    process.off('SIGHUP', this.#onHangup);
    await this.#changes?.close();
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
