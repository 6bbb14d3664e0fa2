import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSink } from '../alerts/sinks.ts';
import { Outbox } from '../alerts/outbox.ts';
import { EvidenceStore } from '../evidence/store.ts';
import type { ControlHost, ReloadAnswer, VerdictQuery } from '../model/control-api.ts';
import type { DaemonStatus, WindowVerdict } from '../model/daemon-status.ts';
import type { Clock } from '../model/time.ts';
import { systemClock } from '../os/clock.ts';
import { Procfs } from '../os/procfs.ts';
import { startControlServer } from './control/server.ts';
import { AlertPost } from './alert-post.ts';
import { type ChangeWatcher, watchChanges } from './change-watcher.ts';
import { Ledger } from './ledger.ts';
import type { Log } from './log.ts';
import { startMetricsServer } from './metrics/server.ts';
import { createNotifier, type Notifier } from './notify.ts';
import { PatientStore } from './patient-store.ts';
import { type DaemonPlan, needsNewWatch } from './plan.ts';
import { ProofQueue } from './proof-queue.ts';
import { Problems } from './problems.ts';
import { takeStateFolder } from './state-folder.ts';
import { describeDaemon } from './status.ts';
import { Upkeep } from './upkeep.ts';
import { WatchRun, type WatchRunParts } from './watch-run.ts';

export interface DaemonOptions {
  /** Reads the configuration. @throws IdleproofError for what is wrong with it */
  load: () => DaemonPlan;
  plan: DaemonPlan;
  statePath: string;
  metricsAddress: string | null;
  log: Log;
  toolVersion: string;
  command: string;
}

/** What cannot be watched now is tried again. */
const RETRY_MS = 10_000;

/** Ticks that the loop may miss, and commits, before the service manager is not told any more that we live. */
const LIVENESS = { loopWithinMs: 10_000, storeWithinMs: 60_000 };

/** What a daemon watches, and by which clock: each watch that it begins has its own. */
export interface Watched {
  clock: () => Clock;
  open: (plan: DaemonPlan, parts: WatchRunParts) => Promise<WatchRun>;
}

const THIS_HOST: Watched = { clock: systemClock, open: (plan, parts) => WatchRun.open(plan, parts) };

/** Watches until the signal aborts: all windows, their proofs, alerts and the control socket. */
export async function runDaemon(
  options: DaemonOptions,
  signal: AbortSignal,
  watched: Watched = THIS_HOST,
): Promise<void> {
  const { log, statePath } = options;
  const state = takeStateFolder(statePath);
  try {
    const daemon = await Daemon.open(options, state.path, watched);
    try {
      await daemon.run(signal);
    } finally {
      await daemon.close();
    }
  } finally {
    state.release();
    log.info('stopped');
  }
}

class Daemon implements ControlHost {
  readonly #options: DaemonOptions;
  readonly #watched: Watched;
  readonly #log: Log;
  readonly #notifier: Notifier;
  readonly #store: EvidenceStore;
  readonly #patient: PatientStore;
  readonly #post: AlertPost;
  readonly #proofs: ProofQueue;
  readonly #upkeep: Upkeep;
  readonly #problems: Problems = new Problems();
  readonly #ledger: Ledger = new Ledger();
  readonly #startedMs: number = Date.now();
  #plan: DaemonPlan;
  #loadedMs: number = Date.now();
  /** The last one with which something could be watched. */
  #working: DaemonPlan | null = null;
  #run: WatchRun | null = null;
  #restart: AbortController = new AbortController();
  #changes: ChangeWatcher | null = null;
  #servers: { close(): Promise<void> }[] = [];
  /** Until then there is nothing to do beside the looks. */
  #dueAtMs = 0;
  #isEdge = false;
  readonly #onHangup = (): void => void this.#reloadOnChange('SIGHUP');

  private constructor(options: DaemonOptions, store: EvidenceStore, outbox: Outbox, watched: Watched) {
    const { plan, log } = options;
    this.#options = options;
    this.#watched = watched;
    this.#plan = plan;
    this.#log = log;
    this.#store = store;
    this.#notifier = createNotifier(LIVENESS);
    this.#patient = new PatientStore({
      store,
      onCommit: (nowMs) => this.#notifier.alive('store', nowMs),
      onProblem: (problem) => {
        this.#problems.set('store', null, problem);
        if (problem === null) log.info('evidence is written again');
        else log.error('evidence cannot be written; it waits in memory', { problem });
      },
      onLoss: (rows) => {
        log.fatal('evidence was lost: too much waited to be written', { rows });
        this.#restart.abort('evidence was lost');
      },
    });
    this.#post = new AlertPost(outbox, log);
    this.#post.onDue = () => this.#wake(false);
    this.#proofs = new ProofQueue(store.path, this.#post, {
      onVerdict: (verdict) => this.#told(verdict),
      onProblem: (windowId, problem) => {
        this.#problems.set('window', windowId, problem);
        if (problem !== null) log.error('a window could not be proved', { window: windowId, problem });
      },
    });
    this.#upkeep = new Upkeep(store, log);
  }

  static async open(options: DaemonOptions, folder: string, watched: Watched): Promise<Daemon> {
    const { log, plan } = options;
    const opened = EvidenceStore.open(join(folder, 'evidence.db'));
    if (opened.setAside !== null)
      log.error('the evidence could not be used and was set aside', opened.setAside);
    const outbox = Outbox.open({
      path: join(folder, 'outbox.db'),
      sinks: plan.alerts.map((sink) => createSink(sink, hostname())),
      random: Math.random,
      log: (level, message, fields) => log[level](message, fields),
    });
    const daemon = new Daemon(options, opened.store, outbox, watched);
    try {
      await daemon.#listen(folder);
    } catch (error) {
      await daemon.close();
      throw error;
    }
    return daemon;
  }

  async #listen(folder: string): Promise<void> {
    const { metricsAddress } = this.#options;
    this.#servers.push(await startControlServer(folder, this));
    if (metricsAddress !== null) this.#servers.push(await startMetricsServer(metricsAddress, this));
    this.#changes = watchChanges(this.#plan.sources, () => void this.#reloadOnChange('a file has changed'));
    process.on('SIGHUP', this.#onHangup);
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#restart = new AbortController();
      const run = await this.#begin(signal);
      if (run === null) return;
      this.#run = run;
      this.#notifier.ready(`watching ${this.#plan.targets.map(({ name }) => name).join(', ')}`);
      this.#log.info('watching', {
        targets: this.#plan.targets.map(({ name }) => name),
        windows: this.#plan.windows.map(({ id }) => id),
      });
      const reason = await run.watch(AbortSignal.any([signal, this.#restart.signal]));
      if (signal.aborted) this.#notifier.stopping('closing windows');
      await run.close(signal.aborted ? 'shutdown' : 'reload', this.#proofs.windows);
      this.#proofs.flush(this.#plan, Date.now());
      this.#run = null;
      if (signal.aborted) await this.#post.deliverLast(Date.now());
      else this.#log.info('beginning anew', { reason: reason ?? String(this.#restart.signal.reason) });
    }
  }

  /**
   * What was asked for at the start has to work. A later configuration that does not (a folder that is not there) is refused
   * as one that cannot be read; one that worked before is tried again.
   * @returns null: the signal aborted
   */
  async #begin(signal: AbortSignal): Promise<WatchRun | null> {
    while (!signal.aborted) {
      const plan = this.#plan;
      try {
        const run = await this.#open(plan);
        this.#working = plan;
        this.#problems.set('watch', null, null);
        return run;
      } catch (error) {
        if (this.#working === null) throw error;
        const problem = (error as Error).message;
        if (plan !== this.#working) {
          this.#problems.set('reload', null, problem);
          this.#log.error('the configuration was refused; the one before is used', { problem });
          this.#plan = this.#working;
          this.#changes?.watch([...plan.sources, ...this.#plan.sources]);
          continue;
        }
        this.#problems.set('watch', null, problem);
        this.#log.error('nothing is watched; it is tried again', { problem });
        await sleep(RETRY_MS, undefined, { signal: AbortSignal.any([signal, this.#restart.signal]) }).catch(
          () => {},
        );
        this.#restart = new AbortController();
      }
    }
    return null;
  }

  #open(plan: DaemonPlan): Promise<WatchRun> {
    return this.#watched.open(plan, {
      clock: this.#watched.clock(),
      procfs: new Procfs(),
      store: this.#patient,
      onWindow: (window) => {
        this.#proofs.add(window);
        this.#wake(true);
      },
      onVoid: (id, fromMs, reason) => {
        this.#proofs.remove(id, fromMs);
        this.#wake(true);
        this.#log.info('no window after all', { window: id, reason });
      },
      onLook: (nowMs) => this.#looked(nowMs),
      toolVersion: this.#options.toolVersion,
      command: this.#options.command,
    });
  }

  async close(): Promise<void> {
    process.off('SIGHUP', this.#onHangup);
    await this.#changes?.close();
    for (const server of this.#servers) await server.close();
    await this.#post.close();
    this.#store.close();
    this.#notifier.close();
  }

  status(): DaemonStatus {
    const { statePath, toolVersion } = this.#options;
    return describeDaemon({
      run: this.#run,
      plan: this.#plan,
      ledger: this.#ledger,
      problems: this.#problems,
      upkeep: this.#upkeep,
      store: this.#patient,
      alerts: this.#post.standing,
      startedMs: this.#startedMs,
      loadedMs: this.#loadedMs,
      statePath,
      toolVersion,
    });
  }

  verdicts(query: VerdictQuery): WindowVerdict[] {
    return this.#ledger.verdicts(query);
  }

  openWindow(id: string): void {
    this.#run?.byHand(id, 'open');
  }

  closeWindow(id: string): void {
    this.#run?.byHand(id, 'close');
  }

  /** Takes the configuration as it is now; what is wrong with it is refused, and the one before goes on. */
  async reload(): Promise<ReloadAnswer> {
    const before = this.#plan;
    let plan: DaemonPlan;
    try {
      plan = this.#options.load();
    } catch (error) {
      this.#problems.set('reload', null, (error as Error).message);
      throw error;
    }
    this.#problems.set('reload', null, null);
    const changed = JSON.stringify(plan) !== JSON.stringify(before);
    this.#plan = plan;
    this.#loadedMs = Date.now();
    this.#changes?.watch(plan.sources);
    if (!needsNewWatch(before, plan)) {
      if (this.#working === before) this.#working = plan;
    } else {
      this.#notifier.reloading();
      this.#restart.abort('another configuration');
    }
    return { path: plan.configPath, sha256: plan.configSha256, changed };
  }

  async #reloadOnChange(why: string): Promise<void> {
    try {
      const { changed } = await this.reload();
      this.#log.info(changed ? 'another configuration is used' : 'the configuration is as before', { why });
    } catch (error) {
      this.#log.error('the configuration was refused; the one before is used', {
        why,
        problem: (error as Error).message,
      });
    }
  }

  #looked(nowMs: number): void {
    this.#notifier.alive('loop', nowMs);
    this.#patient.retry(nowMs);
    if (this.#patient.waiting === 0) this.#notifier.alive('store', nowMs);
    this.#ledger.looked(nowMs);
    if (nowMs >= this.#dueAtMs) this.#workBesideLooks(nowMs);
  }

  #workBesideLooks(nowMs: number): void {
    const run = this.#run;
    if (run === null) return;
    this.#proofs.proveDue(nowMs, this.#plan, run);
    const isOpen = run.isAnyOpen;
    this.#post.deliverDue(nowMs, isOpen);
    // Where windows follow each other, there is no better time than between two of them.
    const isDisturbing = isOpen && !this.#isEdge;
    this.#isEdge = false;
    this.#upkeep.keep(nowMs, this.#plan, { isDisturbing, commit: () => run.commit() });
    this.#dueAtMs = Math.min(
      this.#proofs.dueAtMs,
      this.#post.dueAtMs(isOpen),
      this.#upkeep.dueAtMs(isOpen),
    );
  }

  /** Something is to be done beside the looks, at the next one at the latest. */
  #wake(isEdge: boolean): void {
    this.#dueAtMs = 0;
    this.#isEdge ||= isEdge;
  }

  #told(verdict: WindowVerdict): void {
    this.#ledger.add(verdict);
    this.#run?.document('verdict', verdict);
    const { windowId, headline, folder } = verdict;
    this.#log[verdict.verdict === 'fail' ? 'warn' : 'info'](headline, { window: windowId, folder });
    this.#notifier.status(`${windowId}: ${verdict.verdict}`);
  }
}
