import type { Holding } from '../../core/windows/holding.ts';
import { Procfs } from '../../os/procfs.ts';
import type { AlertPost } from '../alert-post.ts';
import type { Chores } from '../chores.ts';
import type { Commands } from '../commands.ts';
import type { Ledger } from '../ledger.ts';
import { refuseLongTick } from '../liveness.ts';
import type { Log } from '../log/log.ts';
import { measurementsFolder } from '../measurement-lock.ts';
import type { Notifier } from '../notify.ts';
import type { PatientStore } from '../patient-store.ts';
import type { DaemonPlan } from '../plan.ts';
import type { ProofQueue } from '../proofs/proof-queue.ts';
import type { MeasurementSchedule } from '../scheduled/schedule.ts';
import { takeBack } from '../proofs/take-back.ts';
import type { WatchRun, WatchRunParts } from './watch-run.ts';
import type { Watched } from './watched.ts';

export interface WatchLifecycleParts {
  watched: Watched;
  store: PatientStore;
  commands: Commands;
  proofs: ProofQueue;
  ledger: Ledger;
  schedule: Pick<MeasurementSchedule, 'isHolding'>;
  post: AlertPost;
  chores: Chores;
  notifier: Notifier;
  log: Log;
  statePath: string;
  toolVersion: string;
  command: string;
  onLook: (nowMs: number) => void;
}

/** How each watch of a daemon begins, what becomes of its windows, and how it ends; what one was told that the next has to know. */
export class WatchLifecycle {
  readonly #parts: WatchLifecycleParts;
  /** What the watch before was told. */
  #holding: Holding | null = null;

  constructor(parts: WatchLifecycleParts) {
    this.#parts = parts;
  }

  /** Begins to watch. @throws IdleproofError for what cannot be watched */
  async open(plan: DaemonPlan): Promise<WatchRun> {
    const { watched, commands, notifier, log } = this.#parts;
    refuseLongTick(plan.tickMs, notifier.watchdogMs);
    try {
      await commands.use(plan.targets);
    } catch (error) {
      log.error('a command could not be started', { problem: (error as Error).message });
    }
    return watched.open(plan, this.#runParts(), commands.started);
  }

  /** Tells it what already holds, and everybody that it watches. */
  begun(run: WatchRun): void {
    const { schedule, commands, post, notifier, log } = this.#parts;
    const { plan, processes, startedMs } = run;
    if (this.#holding !== null) run.goOn(this.#holding);
    run.measuring(schedule.isHolding);
    const { standing } = commands;
    if (standing !== null) run.commandFact(standing);
    // Each watch has a clock of its own, which may tell an earlier time than the one before.
    post.ask(startedMs);
    const targets = plan.targets.map(({ name }) => name);
    const present = new Set(processes.map(({ target }) => target));
    notifier.ready(`watching ${targets.join(', ')}`);
    log.info('watching', {
      targets,
      absent: targets.filter((name) => !present.has(name)),
      windows: plan.windows.map(({ id }) => id),
    });
  }

  /** Ends it, and has its windows judged by a plan. */
  async end(run: WatchRun, closedBy: 'reload' | 'shutdown', judging: DaemonPlan): Promise<void> {
    const { notifier, proofs, post } = this.#parts;
    if (closedBy === 'shutdown') notifier.stopping('closing windows');
    await run.close(closedBy, proofs.windows);
    this.#holding = run.holding;
    proofs.flush(judging, Date.now(), run.evidence);
    if (closedBy === 'shutdown') await post.deliverLast(Date.now());
  }

  #runParts(): WatchRunParts {
    const { watched, store, proofs, ledger, chores, log, statePath, toolVersion, command, onLook } =
      this.#parts;
    return {
      clock: watched.clock(),
      procfs: new Procfs(),
      store,
      onWindow: (window) => {
        proofs.add(window);
        chores.wake(true);
      },
      onVoid: (id, fromMs, reason) => {
        takeBack({ proofs, ledger, log }, { id, fromMs }, reason);
        chores.wake(true);
      },
      onLook,
      measurementsFolder: measurementsFolder(statePath),
      toolVersion,
      command,
    };
  }
}
