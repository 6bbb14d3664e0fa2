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

/** Takes another configuration when its files change, at SIGHUP, and when it is asked to. */
export class Reloading {
  readonly #parts: ReloadingParts;
  #changes: ChangeWatcher | null = null;
  /** When the configuration in use was read. */
  loadedMs: number = Date.now();
  readonly #onHangup = (): void => void this.#reloadOnChange('SIGHUP');

  constructor(parts: ReloadingParts) {
    this.#parts = parts;
  }

  listen(): void {
    const { sources } = this.#parts.watching.plan;
    this.#changes = watchChanges(sources, () => void this.#reloadOnChange('a file has changed'));
    process.on('SIGHUP', this.#onHangup);
  }

  /** Reads these files' changes from now on. */
  follow(sources: readonly string[]): void {
    this.#changes?.watch(sources);
  }

  /** Takes the configuration as it is now; what is wrong with it is refused, and the one before goes on. */
  async reload(): Promise<ReloadAnswer> {
    const { load, watching, endpoint, summaries, post, problems, notifier } = this.#parts;
    const before = watching.plan;
    let plan: DaemonPlan;
    try {
      plan = load();
      await endpoint.use(plan.metricsAddress);
    } catch (error) {
      problems.set('reload', null, (error as Error).message);
      throw error;
    }
    problems.set('reload', null, null);
    this.loadedMs = Date.now();
    this.follow(plan.sources);
    summaries.use(plan.reports);
    if (isOther(plan.alerts, before.alerts)) await post.use(sinksOf(plan), this.loadedMs);
    if (watching.use(plan)) notifier.reloading();
    return { path: plan.configPath, sha256: plan.configSha256, changed: isOther(plan, before) };
  }

  async close(): Promise<void> {
    process.off('SIGHUP', this.#onHangup);
    await this.#changes?.close();
  }

  async #reloadOnChange(why: string): Promise<void> {
    const { log } = this.#parts;
    try {
      const { changed } = await this.reload();
      log.info(changed ? 'another configuration is used' : 'the configuration is as before', { why });
    } catch (error) {
      const problem = (error as Error).message;
      log.error('the configuration was refused; the one before is used', { why, problem });
    }
  }
}

const isOther = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);
