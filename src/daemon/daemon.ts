import { join } from 'node:path';
import type { Outbox } from '../alerts/outbox.ts';
import type { CompareOptions } from '../core/compare/compare.ts';
import type { SoakWindow } from '../core/windows/soak-exclusion.ts';
import { documentRow } from '../evidence/rows.ts';
import { EvidenceStore } from '../evidence/store.ts';
import type { ControlHost, ReloadAnswer, VerdictQuery } from '../model/control-api.ts';
import type { DaemonStatus, WindowVerdict } from '../model/daemon-status.ts';
import { systemClock } from '../os/clock.ts';
import { Procfs } from '../os/procfs.ts';
import { pinnedWindows } from './baselines.ts';
import { Commands } from './commands.ts';
import { type ControlServer, startControlServer } from './control/server.ts';
import { AlertPost } from './alert-post.ts';
import { openOutbox, sinksOf } from './alert-sinks.ts';
import { type ChangeWatcher, watchChanges } from './change-watcher.ts';
import { Ledger } from './ledger.ts';
import type { Log } from './log.ts';
import { measurementsFolder } from './measurement-lock.ts';
import { MetricsEndpoint } from './metrics/endpoint.ts';
import { createNotifier, type Notifier } from './notify.ts';
import { PatientStore } from './patient-store.ts';
import { type DaemonPlan, needsNewWatch } from './plan.ts';
import { ProofQueue } from './proof-queue.ts';
import { Problems } from './problems.ts';
import { takeStateFolder } from './state-folder.ts';
import { describeDaemon } from './status.ts';
import { Upkeep } from './upkeep.ts';
import { Summaries, type VerdictDocument } from './summaries.ts';
import { WatchRun, type WatchRunParts } from './watch-run.ts';

export interface DaemonOptions {
  /** Reads the configuration. @throws IdleproofError for what is wrong with it */
  load: () => DaemonPlan;
  plan: DaemonPlan;
  statePath: string;
  log: Log;
  toolVersion: string;
  command: string;
}

/** Ticks that the loop may miss, and commits, before the service manager is not told any more that we live. */
const LIVENESS = { loopWithinMs: 10_000, storeWithinMs: 60_000 };

const SENT =
  'alerts were sent while the window was open: their traffic is in what was counted for the whole host';

/** Watches until the signal aborts: all windows, their proofs, alerts and the control socket. */
export async function runDaemon(options: DaemonOptions, signal: AbortSignal): Promise<void> {
  const { log, statePath } = options;
  const state = takeStateFolder(statePath);
  try {
    const daemon = await Daemon.open(options, state.path);
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
  #run: WatchRun | null = null;
  #restart: AbortController = new AbortController();
  readonly #commands: Commands;
  readonly #endpoint: MetricsEndpoint = new MetricsEndpoint(this);
  readonly #summaries: Summaries;
  #changes: ChangeWatcher | null = null;
  #control: ControlServer | null = null;
  readonly #onHangup = (): void => void this.#reloadOnChange('SIGHUP');

  private constructor(options: DaemonOptions, store: EvidenceStore, outbox: Outbox) {
    const { plan, log } = options;
    this.#options = options;
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
    this.#proofs = new ProofQueue(store.path, this.#post, {
      onVerdict: (verdict, soak) => this.#told(verdict, soak),
      pinned: (windowId) => this.#pinned(windowId),
      onProblem: (windowId, problem) => {
        this.#problems.set('window', windowId, problem);
        if (problem !== null) log.error('a window could not be proved', { window: windowId, problem });
      },
    });
    this.#upkeep = new Upkeep(store, log);
    this.#summaries = new Summaries(
      {
        storePath: store.path,
        log,
        onProblem: (problem) => this.#problems.set('summary', null, problem),
      },
      plan.reports,
    );
    this.#commands = new Commands({
      folder: join(options.statePath, 'commands'),
      log,
      onEnded: (_, fact) => this.#run?.commandFact(fact),
      onProblem: (target, problem) => this.#problems.set('command', target, problem),
    });
  }

  static async open(options: DaemonOptions, folder: string): Promise<Daemon> {
    const { log, plan } = options;
    const opened = EvidenceStore.open(join(folder, 'evidence.db'));
    if (opened.setAside !== null)
      log.error('the evidence could not be used and was set aside', opened.setAside);
    const outbox = openOutbox(folder, plan, log);
    const daemon = new Daemon(options, opened.store, outbox);
    try {
      await daemon.#listen(folder);
    } catch (error) {
      await daemon.close();
      throw error;
    }
    return daemon;
  }

  async #listen(folder: string): Promise<void> {
    this.#control = await startControlServer(folder, this);
    await this.#endpoint.use(this.#plan.metricsAddress);
    await this.#commands.use(this.#plan.targets);
    this.#changes = watchChanges(this.#plan.sources, () => void this.#reloadOnChange('a file has changed'));
    process.on('SIGHUP', this.#onHangup);
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#restart = new AbortController();
      await this.#useCommands();
      const run = await this.#begin();
      const reason = await run.watch(AbortSignal.any([signal, this.#restart.signal]));
      if (signal.aborted) this.#notifier.stopping('closing windows');
      run.close(signal.aborted ? 'shutdown' : 'reload');
      this.#run = null;
      this.#proofs.flush(this.#plan);
      if (!signal.aborted)
        this.#log.info('beginning anew', { reason: reason ?? String(this.#restart.signal.reason) });
    }
    if (this.#ledger.verdicts({ windowId: null, limit: 1 }).length > 0) await this.#summaries.write();
  }

  async #begin(): Promise<WatchRun> {
    const { toolVersion, command, statePath } = this.#options;
    const parts: WatchRunParts = {
      clock: systemClock(),
      procfs: new Procfs(),
      store: this.#patient,
      onWindow: (window) => this.#proofs.add(window),
      onVoid: (id, fromMs, reason) => {
        this.#proofs.remove(id, fromMs);
        this.#log.info('no window after all', { window: id, reason });
      },
      onLook: (nowMs) => this.#looked(nowMs),
      measurementsFolder: measurementsFolder(statePath),
      toolVersion,
      command,
    };
    const run = await WatchRun.open(this.#plan, parts, this.#commands.started);
    this.#run = run;
    const { standing } = this.#commands;
    if (standing !== null) run.commandFact(standing);
    const targets = this.#plan.targets.map(({ name }) => name);
    const present = new Set(run.processes.map(({ target }) => target));
    this.#notifier.ready(`watching ${targets.join(', ')}`);
    this.#log.info('watching', {
      targets,
      absent: targets.filter((name) => !present.has(name)),
      windows: this.#plan.windows.map(({ id }) => id),
    });
    return run;
  }

  /** What cannot be started after a reload is absent, and said so. */
  async #useCommands(): Promise<void> {
    try {
      await this.#commands.use(this.#plan.targets);
    } catch (error) {
      this.#log.error('a command could not be started', { problem: (error as Error).message });
    }
  }

  async close(): Promise<void> {
    process.off('SIGHUP', this.#onHangup);
    await this.#summaries.close();
    await this.#changes?.close();
    await this.#endpoint.close();
    await this.#control?.close();
    await this.#commands.stop();
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
      await this.#endpoint.use(plan.metricsAddress);
    } catch (error) {
      this.#problems.set('reload', null, (error as Error).message);
      throw error;
    }
    this.#problems.set('reload', null, null);
    const changed = JSON.stringify(plan) !== JSON.stringify(before);
    this.#plan = plan;
    this.#loadedMs = Date.now();
    this.#changes?.watch(plan.sources);
    this.#summaries.use(plan.reports);
    if (JSON.stringify(plan.alerts) !== JSON.stringify(before.alerts))
      await this.#post.use(sinksOf(plan), this.#loadedMs);
    if (changed && needsNewWatch(before, plan)) {
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
    if (this.#patient.waiting === 0) this.#notifier.alive('store', nowMs);
    this.#ledger.looked(nowMs);
    const run = this.#run;
    if (run === null) return;
    this.#proofs.proveDue(nowMs, this.#plan, run.isPending);
    const isOpen = run.states.some(({ phase }) => phase === 'open');
    this.#post.deliverDue(nowMs, isOpen);
    if (isOpen && this.#post.isSending) run.note(SENT);
    this.#commands.keep(nowMs);
    if (!isOpen) this.#upkeep.keep(nowMs, this.#plan.retention);
  }

  #told(verdict: WindowVerdict, soak: SoakWindow | null): void {
    this.#ledger.add(verdict);
    const document: VerdictDocument = { ...verdict, soak };
    if (this.#run === null) this.#patient.append(Date.now(), [documentRow('verdict', document)]);
    else this.#run.document('verdict', document);
    const { windowId, headline, folder } = verdict;
    this.#log[verdict.verdict === 'fail' ? 'warn' : 'info'](headline, { window: windowId, folder });
    this.#notifier.status(`${windowId}: ${verdict.verdict}`);
  }

  #pinned(windowId: string): CompareOptions['pinned'] {
    const { windows, problem } = pinnedWindows(this.#options.statePath, windowId);
    this.#problems.set('baseline', null, problem);
    return windows;
  }
}
