import type { CommandFact, ManualCommand } from '../../core/windows/facts.ts';
import { type Holding, stillHolding } from '../../core/windows/holding.ts';
import type { WindowState } from '../../core/windows/machine.ts';
import type { Activity } from '../../model/activity.ts';
import type { Window } from '../../model/evidence.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { Clock } from '../../model/time.ts';
import type { Procfs } from '../../os/procfs.ts';
import { PENDING_LIMIT_MS } from '../../session/pending-reason.ts';
import type { Recorder } from '../../session/recorder.ts';
import type { WatchSetup } from '../../session/watch-setup.ts';
import type { TargetSet } from '../../targets/target-set.ts';
import { Edges } from './edges.ts';
import { LookLoop } from './look-loop.ts';
import { Measurements, type MeasurementsParts } from './measurements.ts';
import { Meter, type MeterReading } from './meter.ts';
import type { PatientStore } from '../patient-store.ts';
import type { DaemonPlan } from '../plan.ts';
import { Renewal } from './renewal.ts';
import { RunEvidence } from './run-evidence.ts';
import type { UserActions } from './user-actions.ts';
import { WindowFollower } from './window-follower.ts';

export interface WatchRunParts {
  clock: Clock;
  procfs: Procfs;
  store: PatientStore;
  /** A window has ended, or is shorter than was known before. */
  onWindow: (window: Window) => void;
  /** What was no window after all. */
  onVoid: (id: string, fromMs: number, reason: string) => void;
  onLook: (nowMs: number) => void;
  /** Where other commands announce what they measure; left out: none does. */
  measurementsFolder?: string;
  toolVersion: string;
  command: string;
}

/** What one watch looks through, and where what it sees goes. */
export interface WatchSources {
  setup: WatchSetup;
  recorder: Recorder;
  trees: Pick<TargetSet, 'processes'>;
  users: UserActions;
}

/** So long what was written before the close is waited for; a tick where that is shorter. */
const LATE_LOOK_MS = 1_000;

/** Watches all targets under one configuration, until something makes it begin anew. */
export class WatchRun {
  readonly plan: DaemonPlan;
  readonly evidence: RunEvidence;
  readonly #parts: WatchRunParts;
  readonly #setup: WatchSetup;
  readonly #recorder: Recorder;
  readonly #trees: WatchSources['trees'];
  readonly #edges: Edges;
  readonly #windows: WindowFollower;
  readonly #users: UserActions;
  readonly #meter: Meter = new Meter();
  readonly startedMs: number;
  readonly #measurements: Measurements | null;
  readonly #loop: LookLoop;
  #previousMs: number;
  #isClosing = false;
  #isMeasuring = false;
  /** Why it is to begin anew, by the last look. */
  #anew: string | null = null;

  /** Begins with a first look at everything. */
  constructor(plan: DaemonPlan, parts: WatchRunParts, { setup, recorder, trees, users }: WatchSources) {
    this.plan = plan;
    this.#parts = parts;
    this.#setup = setup;
    this.#recorder = recorder;
    this.#trees = trees;
    this.#users = users;
    const { clock, procfs, store, measurementsFolder: folder } = parts;
    this.evidence = new RunEvidence({ watcher: setup.watcher, recorder, store, clock });
    this.startedMs = setup.watcher.look(true);
    this.#previousMs = this.startedMs;
    const targets = plan.targets.map(({ name }) => name);
    const record: MeasurementsParts['record'] = (disturbance) => recorder.disturbance(disturbance);
    this.#measurements = folder === undefined ? null : new Measurements({ folder, procfs, targets, record });
    const measurements = this.#measurements;
    this.#edges = new Edges({ setup, recorder, procfs, store, measurements }, this.startedMs);
    const { canary, watcher } = setup;
    const { onWindow, onVoid } = parts;
    const nowMs = (): number => clock.nowMs();
    const lookFully = (atMs: number): void => {
      this.#lookFully(atMs);
    };
    const around = { recorder, canary, edges: this.#edges, users, nowMs, lookFully, onWindow, onVoid };
    this.#windows = new WindowFollower({ plan, ...around }, this.startedMs);
    const renewal = new Renewal({
      clock,
      watcher,
      edges: this.#edges,
      startedMs: this.startedMs,
      isWindowOpen: () => this.#windows.isAnyLasting,
    });
    const isOver = (): boolean => {
      this.#anew = renewal.reason();
      return this.#anew !== null;
    };
    this.#loop = new LookLoop({ clock, watcher, tickMs: plan.tickMs, look: () => this.tick(), isOver });
  }

  /** What was seen at a look: windows that were judged may have to be judged again. */
  seen(activities: readonly Activity[]): void {
    this.#windows.seen(activities);
  }

  /** Looks once a tick until the signal aborts or something makes it begin anew. @returns why it begins anew; null: aborted */
  async watch(signal: AbortSignal): Promise<string | null> {
    await this.#loop.run(signal);
    return this.#anew;
  }

  /** One look, and what follows from it for the windows. */
  tick(): void {
    const { clock, onLook } = this.#parts;
    const nowMs = this.#setup.watcher.look(clock.nowMs() >= this.#windows.edgeDueAtMs);
    this.#measurements?.look(nowMs, this.#previousMs, this.#trees.processes);
    const previousMs = this.#previousMs;
    this.#previousMs = nowMs;
    this.#windows.look(nowMs, previousMs);
    onLook(nowMs);
  }

  /** Somebody opens or closes a window by hand; done when this resolves. Nothing opens any more once all are being closed. */
  async byHand(id: string, op: ManualCommand['op']): Promise<void> {
    if (this.#isClosing) return;
    const atMs = this.#parts.clock.nowMs();
    await this.#loop.now(() => this.#windows.tell({ manual: [{ id, op, atMs }] }));
  }

  /** Whether a measurement of ours is awaited or goes on: no window opens meanwhile, and what comes after it settles anew. */
  measuring(isMeasuring: boolean): void {
    if (isMeasuring === this.#isMeasuring) return;
    this.#isMeasuring = isMeasuring;
    this.#windows.tell({ measuring: [isMeasuring ? 'awaited' : 'over'] });
  }

  commandFact(fact: CommandFact): void {
    this.#windows.tell({ command: [fact] });
  }

  /** Takes over what another watch was told that still holds. */
  goOn(before: Holding): void {
    this.#windows.tell(stillHolding(before, this.plan.windows, this.startedMs));
  }

  /** What the watch that follows has to be told; see `goOn`. */
  get holding(): Holding {
    return this.#windows.holding;
  }

  /** For the readers of every window that lies in the stretch until the next edge, wholly or in part. */
  note(text: string): void {
    this.#edges.note(text);
  }

  get states(): WindowState[] {
    return this.#windows.states;
  }

  get isAnyOpen(): boolean {
    return this.states.some(({ phase }) => phase === 'open');
  }

  get processes(): readonly WatchedProcess[] {
    return this.#trees.processes;
  }

  /** When somebody last used the app since this began; null: nobody did. */
  get lastActionMs(): number | null {
    return this.#users.lastMs;
  }

  /** What some processes use, by the last looks; CPU and wakeups since this was last asked of them. */
  metricsOf(processes: readonly WatchedProcess[]): MeterReading {
    const nowMs = this.#parts.clock.nowMs();
    return this.#meter.read(processes, (id) => this.#recorder.metricsOf(id), nowMs);
  }

  /**
   * Ends all windows, waits for what became visible a moment too late, and lets go of everything.
   * @param unjudged windows that were closed before and still wait
   */
  async close(closedBy: 'reload' | 'shutdown', unjudged: readonly Window[]): Promise<void> {
    const { clock } = this.#parts;
    this.#isClosing = true;
    await this.#loop.last(() => this.tick());
    const closedMs = this.#lookFully(this.#previousMs);
    const actions = this.#windows.close(closedMs, closedBy);
    do await this.#lookLate();
    while (this.evidence.isPending && clock.nowMs() < closedMs + PENDING_LIMIT_MS);
    for (const window of unjudged) this.evidence.giveUp(window);
    for (const action of actions) if (action.kind === 'close') this.evidence.giveUp(action);
    this.#edges.cut(this.#previousMs, this.#setup.stop());
    this.#windows.finish(actions, closedMs, this.#previousMs);
    this.#recorder.finish(clock.nowMs());
  }

  /** Lets go of everything as it is, where a fault is in the way of `close`. */
  release(): void {
    this.#isClosing = true;
    this.#loop.release();
    this.#windows.stop();
    this.#setup.stop();
  }

  async #lookLate(): Promise<void> {
    const waitMs = Math.min(this.plan.tickMs, LATE_LOOK_MS);
    await this.#parts.clock.sleepUntil(this.#previousMs + waitMs, new AbortController().signal);
    await this.#setup.watcher.prepare();
    // Nobody looks after it: what became visible is to be found wherever it is.
    this.#previousMs = this.#setup.watcher.look(true);
  }

  /** Unless the look at that time was one. @returns when everything was read */
  #lookFully(nowMs: number): number {
    const { watcher } = this.#setup;
    if (watcher.fullLookMs !== nowMs) this.#previousMs = watcher.look(true);
    return this.#previousMs;
  }
}
