import { join } from 'node:path';
import type { Outbox } from '../alerts/outbox.ts';
import type { SoakWindow } from '../core/windows/soak-exclusion.ts';
import { documentRow } from '../evidence/rows.ts';
import { EvidenceStore } from '../evidence/store.ts';
import type { ControlHost, ReloadAnswer, VerdictQuery } from '../model/control-api.ts';
import type { DaemonStatus, WindowVerdict } from '../model/daemon-status.ts';
import { Procfs } from '../os/procfs.ts';
import { AlertPost } from './alert-post.ts';
import { openOutbox } from './alert-sinks.ts';
import { pinnedWindows } from './baselines.ts';
import { Chores } from './chores.ts';
import { Commands } from './commands.ts';
import { type ControlServer, startControlServer } from './control/server.ts';
import { Ledger } from './ledger.ts';
import type { Log } from './log.ts';
import { measurementsFolder } from './measurement-lock.ts';
import { MetricsEndpoint } from './metrics/endpoint.ts';
import { createNotifier, type Notifier } from './notify.ts';
import { PatientStore } from './patient-store.ts';
import type { DaemonPlan } from './plan.ts';
import { Problems } from './problems.ts';
import { ProofQueue } from './proof-queue.ts';
import { Reloading } from './reloading.ts';
import { takeStateFolder } from './state-folder.ts';
import { describeDaemon } from './status.ts';
import { Summaries, type VerdictDocument } from './summaries.ts';
import { Upkeep } from './upkeep.ts';
import type { WatchRun, WatchRunParts } from './watch-run.ts';
import { THIS_HOST, type Watched } from './watched.ts';
import { Watching } from './watching.ts';

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
  readonly #notifier: Notifier = createNotifier(LIVENESS);
  readonly #problems: Problems = new Problems();
  readonly #ledger: Ledger = new Ledger();
  readonly #startedMs: number = Date.now();
  readonly #store: EvidenceStore;
  readonly #patient: PatientStore;
  readonly #post: AlertPost;
  readonly #proofs: ProofQueue;
  readonly #upkeep: Upkeep;
  readonly #summaries: Summaries;
  readonly #commands: Commands;
  readonly #chores: Chores;
  readonly #watching: Watching;
  readonly #endpoint: MetricsEndpoint = new MetricsEndpoint(this);
  readonly #reloading: Reloading;
  #control: ControlServer | null = null;

  private constructor(options: DaemonOptions, store: EvidenceStore, outbox: Outbox, watched: Watched) {
    const { plan, log, statePath } = options;
    const problems = this.#problems;
    this.#options = options;
    this.#watched = watched;
    this.#log = log;
    this.#store = store;
    this.#patient = new PatientStore({
      store,
      onCommit: (nowMs) => this.#notifier.alive('store', nowMs),
      onProblem: (problem) => {
        problems.set('store', null, problem);
        if (problem === null) log.info('evidence is written again');
        else log.error('evidence cannot be written; it waits in memory', { problem });
      },
      onLoss: (rows) => {
        log.fatal('evidence was lost: too much waited to be written', { rows });
        this.#watching.beginAnew('evidence was lost');
      },
    });
    this.#post = new AlertPost(outbox, log);
    this.#proofs = new ProofQueue(store.path, this.#post, {
      onVerdict: (verdict, soak) => this.#told(verdict, soak),
      pinned: (windowId) => {
        const { windows, problem } = pinnedWindows(statePath, windowId);
        problems.set('baseline', null, problem);
        return windows;
      },
      onProblem: (windowId, problem) => {
        problems.set('window', windowId, problem);
        if (problem !== null) log.error('a window could not be proved', { window: windowId, problem });
      },
    });
    this.#upkeep = new Upkeep(store, log);
    const onProblem = (problem: string | null): void => problems.set('summary', null, problem);
    this.#summaries = new Summaries({ storePath: store.path, log, onProblem }, plan.reports);
    this.#commands = new Commands({
      folder: join(statePath, 'commands'),
      log,
      onEnded: (_, fact) => this.#watching.run?.commandFact(fact),
      onProblem: (target, problem) => problems.set('command', target, problem),
    });
    this.#chores = new Chores({
      proofs: this.#proofs,
      post: this.#post,
      upkeep: this.#upkeep,
      commands: this.#commands,
    });
    this.#post.onDue = () => this.#chores.wake(false);
    this.#watching = new Watching(plan, {
      open: (next) => this.#open(next),
      onBegun: (run, begun) => this.#begun(run, begun),
      end: (run, closedBy) => this.#end(run, closedBy),
      onRefused: (refused, used) => this.#reloading.follow([...refused.sources, ...used.sources]),
      problems,
      log,
    });
    this.#reloading = new Reloading({
      load: options.load,
      watching: this.#watching,
      endpoint: this.#endpoint,
      summaries: this.#summaries,
      post: this.#post,
      notifier: this.#notifier,
      problems,
      log,
    });
  }

  static async open(options: DaemonOptions, folder: string, watched: Watched): Promise<Daemon> {
    const { log, plan } = options;
    const opened = EvidenceStore.open(join(folder, 'evidence.db'));
    if (opened.setAside !== null)
      log.error('the evidence could not be used and was set aside', opened.setAside);
    const daemon = new Daemon(options, opened.store, openOutbox(folder, plan, log), watched);
    try {
      await daemon.#listen(folder);
    } catch (error) {
      await daemon.close();
      throw error;
    }
    return daemon;
  }

  async #listen(folder: string): Promise<void> {
    const { plan } = this.#watching;
    this.#control = await startControlServer(folder, this);
    await this.#endpoint.use(plan.metricsAddress);
    // What cannot be started now is an error; after a reload it is absent.
    await this.#commands.use(plan.targets);
    this.#reloading.listen();
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#watching.follow(signal);
    if (this.#ledger.verdicts({ windowId: null, limit: 1 }).length > 0) await this.#summaries.write();
  }

  async #open(plan: DaemonPlan): Promise<WatchRun> {
    const { toolVersion, command, statePath } = this.#options;
    try {
      await this.#commands.use(plan.targets);
    } catch (error) {
      this.#log.error('a command could not be started', { problem: (error as Error).message });
    }
    const parts: WatchRunParts = {
      clock: this.#watched.clock(),
      procfs: new Procfs(),
      store: this.#patient,
      onWindow: (window) => {
        this.#proofs.add(window);
        this.#chores.wake(true);
      },
      onVoid: (id, fromMs, reason) => {
        this.#proofs.remove(id, fromMs);
        this.#chores.wake(true);
        this.#log.info('no window after all', { window: id, reason });
      },
      onLook: (nowMs) => this.#looked(nowMs),
      measurementsFolder: measurementsFolder(statePath),
      toolVersion,
      command,
    };
    return this.#watched.open(plan, parts, this.#commands.started);
  }

  #begun(run: WatchRun, plan: DaemonPlan): void {
    const { standing } = this.#commands;
    if (standing !== null) run.commandFact(standing);
    const targets = plan.targets.map(({ name }) => name);
    const present = new Set(run.processes.map(({ target }) => target));
    this.#notifier.ready(`watching ${targets.join(', ')}`);
    this.#log.info('watching', {
      targets,
      absent: targets.filter((name) => !present.has(name)),
      windows: plan.windows.map(({ id }) => id),
    });
  }

  async #end(run: WatchRun, closedBy: 'reload' | 'shutdown'): Promise<void> {
    if (closedBy === 'shutdown') this.#notifier.stopping('closing windows');
    await run.close(closedBy, this.#proofs.windows);
    this.#proofs.flush(this.#watching.plan, Date.now());
    if (closedBy === 'shutdown') await this.#post.deliverLast(Date.now());
  }

  async close(): Promise<void> {
    await this.#reloading.close();
    await this.#summaries.close();
    await this.#endpoint.close();
    await this.#control?.close();
    await this.#commands.stop();
    await this.#post.close();
    this.#store.close();
    this.#notifier.close();
  }

  status(): DaemonStatus {
    const { statePath, toolVersion } = this.#options;
    const { run, plan } = this.#watching;
    return describeDaemon({
      run,
      plan,
      ledger: this.#ledger,
      problems: this.#problems,
      upkeep: this.#upkeep,
      store: this.#patient,
      alerts: this.#post.standing,
      startedMs: this.#startedMs,
      loadedMs: this.#reloading.loadedMs,
      statePath,
      toolVersion,
    });
  }

  verdicts(query: VerdictQuery): WindowVerdict[] {
    return this.#ledger.verdicts(query);
  }

  openWindow(id: string): void {
    this.#watching.run?.byHand(id, 'open');
  }

  closeWindow(id: string): void {
    this.#watching.run?.byHand(id, 'close');
  }

  reload(): Promise<ReloadAnswer> {
    return this.#reloading.reload();
  }

  #looked(nowMs: number): void {
    this.#notifier.alive('loop', nowMs);
    this.#patient.retry(nowMs);
    if (this.#patient.waiting === 0) this.#notifier.alive('store', nowMs);
    this.#ledger.looked(nowMs);
    const { run, plan } = this.#watching;
    if (run !== null) this.#chores.keep(nowMs, plan, run);
  }

  #told(verdict: WindowVerdict, soak: SoakWindow | null): void {
    this.#ledger.add(verdict);
    const document: VerdictDocument = { ...verdict, soak };
    const { run } = this.#watching;
    if (run === null) this.#patient.append(Date.now(), [documentRow('verdict', document)]);
    else run.document('verdict', document);
    const { windowId, headline, folder } = verdict;
    this.#log[verdict.verdict === 'fail' ? 'warn' : 'info'](headline, { window: windowId, folder });
    this.#notifier.status(`${windowId}: ${verdict.verdict}`);
  }
}
