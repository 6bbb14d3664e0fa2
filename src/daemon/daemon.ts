import { join } from 'node:path';
import type { Outbox } from '../alerts/outbox.ts';
import type { Holding } from '../core/windows/holding.ts';
import { documentRow } from '../evidence/rows.ts';
import { EvidenceStore } from '../evidence/store.ts';
import { Procfs } from '../os/procfs.ts';
import type { VerdictDocument } from '../session/judged-soak.ts';
import { AlertPost } from './alert-post.ts';
import { openOutbox, secretsOf } from './alert-sinks.ts';
import { Chores } from './chores.ts';
import { closeAll } from './close-all.ts';
import { Commands } from './commands.ts';
import { DaemonHost } from './control/host.ts';
import { type ControlServer, startControlServer } from './control/server.ts';
import { judgedWindows } from './judged-windows.ts';
import { finishCutOff } from './finish-cut-off.ts';
import { Ledger } from './ledger.ts';
import type { Log } from './log.ts';
import { withdrawProof } from '../session/withdrawn.ts';
import { measurementsFolder } from './measurement-lock.ts';
import { MetricsEndpoint } from './metrics/endpoint.ts';
import { refuseLongTick } from './liveness.ts';
import { createNotifier, type Notifier } from './notify.ts';
import { PatientStore } from './patient-store.ts';
import type { DaemonPlan } from './plan.ts';
import { Problems } from './problems.ts';
import type { ProofQueue } from './proof-queue.ts';
import { Reloading } from './reloading.ts';
import { takeStateFolder } from './state-folder.ts';
import { Summaries } from './summaries.ts';
import { type UnprovenWindow, unprovenWindows } from './unproven.ts';
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
  /** Told how to ask for the windows that would have no proof if it ended now. */
  onOpen?: (unproven: () => readonly UnprovenWindow[]) => void;
}

/** Ticks that the loop may miss, and tries of the store, before the service manager is not told any more that we live. */
const LIVENESS = { loopWithinMs: 10_000, storeWithinMs: 20_000 };

/** As the service manager counts: no step of the wall clock moves it. */
const livingMs = (): number => performance.now();

/** Watches until the signal aborts: all windows, their proofs, alerts and the control socket. */
export async function runDaemon(
  options: DaemonOptions,
  signal: AbortSignal,
  watched: Watched = THIS_HOST,
): Promise<void> {
  const { log, statePath } = options;
  const state = takeStateFolder(statePath);
  try {
    const daemon = Daemon.open(options, state.path, watched);
    try {
      await daemon.run(state.path, signal);
    } catch (error) {
      // Closing may fail as well, and be told in its place.
      log.fatal('the daemon has failed', { problem: (error as Error).message });
      throw error;
    } finally {
      await daemon.close();
    }
  } finally {
    state.release();
    log.info('stopped');
  }
}

class Daemon {
  readonly #options: DaemonOptions;
  readonly #watched: Watched;
  readonly #log: Log;
  readonly #notifier: Notifier = createNotifier(LIVENESS);
  readonly #problems: Problems = new Problems();
  readonly #ledger: Ledger = new Ledger();
  readonly #store: EvidenceStore;
  readonly #patient: PatientStore;
  readonly #post: AlertPost;
  readonly #proofs: ProofQueue;
  readonly #summaries: Summaries;
  readonly #commands: Commands;
  readonly #chores: Chores;
  readonly #watching: Watching;
  readonly #endpoint: MetricsEndpoint;
  readonly #reloading: Reloading;
  readonly #host: DaemonHost;
  #control: ControlServer | null = null;
  /** What the watch before was told and the next one has to know. */
  #holding: Holding | null = null;

  private constructor(options: DaemonOptions, store: EvidenceStore, outbox: Outbox, watched: Watched) {
    const { load, plan, log, statePath, toolVersion } = options;
    const problems = this.#problems;
    const notifier = this.#notifier;
    this.#options = options;
    this.#watched = watched;
    this.#log = log;
    this.#store = store;
    this.#patient = this.#makePatientStore();
    const post = new AlertPost(outbox, log);
    this.#post = post;
    const ledger = this.#ledger;
    const keep = (document: VerdictDocument): void => this.#keep(document);
    const lost = (): number => this.#patient.lost;
    const told = { ledger, lost, notifier, problems, log, keep };
    this.#proofs = judgedWindows({ storePath: store.path, statePath, post, ...told });
    const upkeep = new Upkeep(store, log);
    const onSummary = (problem: string | null): void => problems.set('summary', null, problem);
    const summaries = new Summaries({ storePath: store.path, log, onProblem: onSummary }, plan.reports);
    this.#summaries = summaries;
    this.#commands = new Commands({
      folder: join(statePath, 'commands'),
      log,
      onEnded: (_, fact) => this.#watching.run?.commandFact(fact),
      onProblem: (target, problem) => problems.set('command', target, problem),
    });
    this.#chores = new Chores({ proofs: this.#proofs, post, upkeep, commands: this.#commands });
    post.onDue = () => this.#chores.wake(false);
    const watching = new Watching(plan, {
      open: (next) => this.#open(next),
      onBegun: (run) => this.#begun(run),
      end: (run, closedBy, judging) => this.#end(run, closedBy, judging),
      onRefused: (refused, used) => this.#reloading.goBack(refused, used),
      onAttempt: () => this.#alive(),
      problems,
      log,
    });
    this.#watching = watching;
    const endpoint = new MetricsEndpoint({ status: () => this.#host.status() });
    this.#endpoint = endpoint;
    const { stateFolder } = plan;
    const reloading = new Reloading({
      load,
      stateFolder,
      watching,
      endpoint,
      summaries,
      post,
      notifier,
      problems,
      log,
    });
    this.#reloading = reloading;
    const known = { ledger, problems, upkeep, store: this.#patient, startedMs: Date.now() };
    this.#host = new DaemonHost({ ...known, watching, post, reloading, statePath, toolVersion });
  }

  static open(options: DaemonOptions, folder: string, watched: Watched): Daemon {
    const { log, plan } = options;
    log.hide(secretsOf(plan));
    const { store, setAside } = EvidenceStore.open(join(folder, 'evidence.db'));
    if (setAside !== null) log.error('the evidence could not be used and was set aside', setAside);
    try {
      return new Daemon(options, store, openOutbox(folder, plan, log), watched);
    } catch (error) {
      store.close();
      throw error;
    }
  }

  async run(folder: string, signal: AbortSignal): Promise<void> {
    const { plan } = this.#watching;
    this.#options.onOpen?.(() => unprovenWindows(this.#proofs, this.#watching.run));
    finishCutOff({ store: this.#store, proofs: this.#proofs, log: this.#log }, plan);
    this.#control = await startControlServer(folder, this.#host);
    await this.#endpoint.use(plan.metricsAddress);
    // What cannot be started now is an error; after a reload it is absent.
    await this.#commands.use(plan.targets);
    this.#reloading.listen();
    await this.#watching.follow(signal);
    if (this.#ledger.verdicts({ windowId: null, limit: 1 }).length > 0) await this.#summaries.write();
  }

  async close(): Promise<void> {
    // Nobody asks for anything any more before the first part is gone.
    await closeAll([
      () => this.#control?.close(),
      () => this.#reloading.close(),
      () => this.#summaries.close(),
      () => this.#endpoint.close(),
      () => this.#commands.stop(),
      () => this.#post.close(),
      () => this.#closeStore(),
      () => this.#notifier.close(),
    ]);
  }

  #closeStore(): void {
    const rows = this.#patient.flush(Date.now());
    if (rows > 0) this.#log.fatal('evidence was lost: it could not be written before the end', { rows });
    this.#store.close();
  }

  async #open(plan: DaemonPlan): Promise<WatchRun> {
    const { toolVersion, command, statePath } = this.#options;
    refuseLongTick(plan.tickMs, this.#notifier.watchdogMs);
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
        const said = this.#ledger.remove(id, fromMs);
        if (said === null) this.#log.info('no window after all', { window: id, reason });
        else {
          const { verdict, folder } = said;
          this.#withdraw(folder, reason);
          this.#log.warn('no window after all: its proof holds no more', {
            window: id,
            reason,
            verdict,
            folder,
          });
        }
      },
      onLook: (nowMs) => this.#looked(nowMs),
      measurementsFolder: measurementsFolder(statePath),
      toolVersion,
      command,
    };
    return this.#watched.open(plan, parts, this.#commands.started);
  }

  #withdraw(folder: string | null, reason: string): void {
    if (folder === null) return;
    try {
      withdrawProof(folder, reason);
    } catch (error) {
      this.#log.error('a proof that holds no more could not be marked', {
        folder,
        problem: (error as Error).message,
      });
    }
  }

  #begun(run: WatchRun): void {
    const { plan, processes, startedMs } = run;
    if (this.#holding !== null) run.goOn(this.#holding);
    const { standing } = this.#commands;
    if (standing !== null) run.commandFact(standing);
    // Each watch has a clock of its own, which may tell an earlier time than the one before.
    this.#post.ask(startedMs);
    const targets = plan.targets.map(({ name }) => name);
    const present = new Set(processes.map(({ target }) => target));
    this.#notifier.ready(`watching ${targets.join(', ')}`);
    this.#log.info('watching', {
      targets,
      absent: targets.filter((name) => !present.has(name)),
      windows: plan.windows.map(({ id }) => id),
    });
  }

  async #end(run: WatchRun, closedBy: 'reload' | 'shutdown', judging: DaemonPlan): Promise<void> {
    if (closedBy === 'shutdown') this.#notifier.stopping('closing windows');
    await run.close(closedBy, this.#proofs.windows);
    this.#holding = run.holding;
    this.#proofs.flush(judging, Date.now(), run.evidence);
    if (closedBy === 'shutdown') await this.#post.deliverLast(Date.now());
  }

  #looked(nowMs: number): void {
    this.#patient.retry(nowMs);
    this.#alive();
    this.#ledger.looked(nowMs);
    const { run, judging } = this.#watching;
    if (run !== null) this.#chores.keep(nowMs, judging, run);
  }

  #alive(): void {
    const nowMs = livingMs();
    this.#notifier.alive('loop', nowMs);
    if (this.#patient.waiting === 0) this.#notifier.alive('store', nowMs);
  }

  #keep(document: VerdictDocument): void {
    const { run } = this.#watching;
    // Of the watch that is over, whatever the clock says now: within one, times go forward.
    const lastMs = Math.max(Date.now(), this.#store.lastMs);
    if (run === null) this.#patient.append(lastMs, [documentRow('verdict', document)]);
    else run.evidence.document('verdict', document);
  }

  #makePatientStore(): PatientStore {
    const log = this.#log;
    return new PatientStore({
      store: this.#store,
      onAnswer: () => this.#notifier.alive('store', livingMs()),
      onProblem: (problem) => {
        this.#problems.set('store', null, problem);
        this.#notifier.trouble(problem === null ? null : `evidence waits in memory: ${problem}`);
        if (problem === null) log.info('evidence is written again');
        else log.error('evidence cannot be written; it waits in memory', { problem });
      },
      onLoss: (rows) => {
        log.fatal('evidence was lost: too much waited to be written', { rows });
        this.#watching.beginAnew('evidence was lost');
      },
    });
  }
}
