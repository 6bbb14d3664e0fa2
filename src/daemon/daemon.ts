import { join } from 'node:path';
import type { Outbox } from '../alerts/outbox.ts';
import type { Window } from '../model/evidence.ts';
import { EvidenceStore } from '../evidence/store.ts';
import { AlertPost } from './alert-post.ts';
import { openOutbox, secretsOf } from './alert-sinks.ts';
import { Chores } from './chores.ts';
import { closeAll } from './close-all.ts';
import { Commands } from './commands.ts';
import { DaemonHost } from './control/host.ts';
import { type ControlServer, startControlServer } from './control/server.ts';
import { EvidenceKeeper } from './evidence-keeper.ts';
import { finishCutOff } from './finish-cut-off.ts';
import { judgedWindows } from './judged-windows.ts';
import { Ledger } from './ledger.ts';
import type { Log } from './log.ts';
import { MetricsEndpoint } from './metrics/endpoint.ts';
import { createNotifier, type Notifier } from './notify.ts';
import type { DaemonPlan } from './plan.ts';
import { Problems } from './problems.ts';
import type { ProofQueue } from './proof-queue.ts';
import { Reloading } from './reloading.ts';
import type { MeasurementSchedule } from './scheduled/schedule.ts';
import { scheduledMeasurements } from './scheduled/scheduled-measurements.ts';
import { takeStateFolder } from './state-folder.ts';
import { Summaries } from './summaries.ts';
import { UnjudgedWindows } from './unjudged-windows.ts';
import { type UnprovenWindow, unprovenWindows } from './unproven.ts';
import { Upkeep } from './upkeep.ts';
import { WatchLifecycle } from './watch-lifecycle.ts';
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

/** How long the loop may not tick, and the store not answer, before the service manager is not told any more that we live. */
const LIVENESS = { loopWithinMs: 10_000, storeWithinMs: 20_000 };

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

/** What a daemon is made of, and in which order it begins and ends. */
class Daemon {
  readonly #options: DaemonOptions;
  readonly #log: Log;
  readonly #notifier: Notifier = createNotifier(LIVENESS);
  readonly #ledger: Ledger = new Ledger();
  readonly #unjudged: UnjudgedWindows;
  readonly #store: EvidenceStore;
  readonly #evidence: EvidenceKeeper;
  readonly #post: AlertPost;
  readonly #proofs: ProofQueue;
  readonly #summaries: Summaries;
  readonly #commands: Commands;
  readonly #schedule: MeasurementSchedule;
  readonly #chores: Chores;
  readonly #watching: Watching;
  readonly #endpoint: MetricsEndpoint;
  readonly #reloading: Reloading;
  readonly #host: DaemonHost;
  #control: ControlServer | null = null;

  private constructor(options: DaemonOptions, store: EvidenceStore, outbox: Outbox, watched: Watched) {
    const { load, plan, log, statePath, toolVersion, command } = options;
    const problems = new Problems();
    const notifier = this.#notifier;
    const ledger = this.#ledger;
    this.#options = options;
    this.#log = log;
    this.#store = store;
    const evidence = new EvidenceKeeper({
      store,
      notifier,
      problems,
      log,
      running: () => this.#watching.run?.evidence ?? null,
      onLoss: () => this.#watching.beginAnew('evidence was lost'),
    });
    this.#evidence = evidence;
    const post = new AlertPost(outbox, log);
    this.#post = post;
    this.#unjudged = new UnjudgedWindows({ problems, log });
    const proofs = judgedWindows({
      storePath: store.path,
      statePath,
      post,
      ledger,
      lost: () => evidence.store.lost,
      notifier,
      problems,
      unjudged: this.#unjudged,
      log,
      keep: (document) => evidence.keep('verdict', document),
    });
    this.#proofs = proofs;
    const upkeep = new Upkeep(store, log);
    const onSummary = (problem: string | null): void => problems.set('summary', null, problem);
    const waiting = (): Window[] => proofs.windows;
    const summaries = new Summaries(
      { storePath: store.path, waiting, log, onProblem: onSummary },
      plan.reports,
    );
    this.#summaries = summaries;
    const commands = new Commands({
      folder: join(statePath, 'commands'),
      log,
      onEnded: (_, fact) => this.#watching.run?.commandFact(fact),
      onProblem: (target, problem) => problems.set('command', target, problem),
    });
    this.#commands = commands;
    const schedule = scheduledMeasurements({
      storePath: store.path,
      statePath,
      plan: () => this.#watching.plan,
      started: () => commands.started,
      post,
      problems,
      log,
      keep: (taken) => evidence.keep('taken', taken),
      onChange: () => this.#measuring(),
      toolVersion,
      command,
    });
    this.#schedule = schedule;
    const chores = new Chores({ proofs, post, upkeep, commands, schedule });
    this.#chores = chores;
    post.onDue = () => chores.wake(false);
    const lifecycle = new WatchLifecycle({
      watched,
      store: evidence.store,
      commands,
      proofs,
      ledger,
      schedule,
      post,
      chores,
      notifier,
      log,
      statePath,
      toolVersion,
      command,
      onLook: (nowMs) => this.#looked(nowMs),
    });
    const watching = new Watching(plan, {
      open: (next) => lifecycle.open(next),
      onBegun: (run) => lifecycle.begun(run),
      end: (run, closedBy, judging) => lifecycle.end(run, closedBy, judging),
      onRefused: (refused, used) => this.#reloading.goBack(refused, used),
      onAttempt: () => evidence.alive(),
      problems,
      log,
    });
    this.#watching = watching;
    const endpoint = new MetricsEndpoint({ status: () => this.#host.status() });
    this.#endpoint = endpoint;
    const { stateFolder } = plan;
    const around = { watching, endpoint, summaries, schedule, post, notifier, problems, log };
    const reloading = new Reloading({ load, stateFolder, ...around });
    this.#reloading = reloading;
    const known = { ledger, problems, upkeep, schedule, store: evidence.store, startedMs: Date.now() };
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
    const left = { store: this.#store, proofs: this.#proofs, unjudged: this.#unjudged, log: this.#log };
    finishCutOff(left, plan);
    this.#control = await startControlServer(folder, this.#host);
    await this.#endpoint.use(plan.metricsAddress);
    // What cannot be started now is an error; after a reload it is absent.
    await this.#commands.use(plan.targets);
    this.#schedule.use(plan.measurements);
    this.#reloading.listen();
    await this.#watching.follow(signal);
    const isAnyOver = this.#ledger.verdicts({ windowId: null, limit: 1 }).length > 0;
    if (isAnyOver || this.#unjudged.count > 0) await this.#summaries.write();
  }

  async close(): Promise<void> {
    // Nobody asks for anything any more before the first part is gone.
    await closeAll([
      () => this.#control?.close(),
      () => this.#reloading.close(),
      () => this.#summaries.close(),
      () => this.#schedule.close(),
      () => this.#endpoint.close(),
      () => this.#commands.stop(),
      () => this.#post.close(),
      () => this.#evidence.close(),
      () => this.#notifier.close(),
    ]);
  }

  #looked(nowMs: number): void {
    this.#evidence.store.retry(nowMs);
    this.#evidence.alive();
    this.#ledger.looked(nowMs);
    const { run, judging } = this.#watching;
    if (run !== null) this.#chores.keep(nowMs, judging, run);
  }

  #measuring(): void {
    this.#watching.run?.measuring(this.#schedule.isHolding);
    this.#chores.wake(false);
  }
}
