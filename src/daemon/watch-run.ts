import type { CommandFact, ManualCommand } from '../core/windows/facts.ts';
import { WindowEngine } from '../core/windows/engine.ts';
import type { WindowState } from '../core/windows/machine.ts';
import type { Activity } from '../model/activity.ts';
import type { CollectorReport, Window } from '../model/evidence.ts';
import type { WatchedProcess } from '../model/process.ts';
import type { Clock, TimeSpan } from '../model/time.ts';
import type { Procfs } from '../os/procfs.ts';
import type { Recorder } from '../session/recorder.ts';
import type { Known, WatchSetup } from '../session/watch-setup.ts';
import type { TargetSet } from '../targets/target-set.ts';
import { Calming } from './calming.ts';
import { Edges } from './edges.ts';
import { Measurements } from './measurements.ts';
import { Meter, type MeterReading } from './meter.ts';
import type { PatientStore } from './patient-store.ts';
import type { DaemonPlan } from './plan.ts';
import { Schedules } from './schedules.ts';
import type { UserActions } from './user-actions.ts';
import { WindowKeeper } from './window-keeper.ts';

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

/** A step of the wall clock by more than this makes the times of rows and of looks two different ones. */
const MOST_DRIFT_MS = 2_000;
/** Everything that grows with what was seen begins anew. */
const LONGEST_RUN_MS = 24 * 3_600_000;
/** So long another process may hold its database's write lock at the end. */
const PENDING_LIMIT_MS = 10_000;
/** So long what was written before the close is waited for; a tick where that is shorter. */
const LATE_LOOK_MS = 1_000;
const MISSED = 'it was to open while the host slept or the watchdog could not run';
/** So often it is looked whether a source that could not be read when the watch began can be read now. */
const RECOVERY_EVERY_MS = 30_000;
const STILL_HIDDEN = "another process still held the database's write lock some time after the window closed";

/** Watches all targets under one configuration, until something makes it begin anew. */
export class WatchRun {
  readonly plan: DaemonPlan;
  readonly #parts: WatchRunParts;
  readonly #setup: WatchSetup;
  readonly #recorder: Recorder;
  readonly #trees: WatchSources['trees'];
  readonly #engine: WindowEngine;
  readonly #edges: Edges;
  readonly #keeper: WindowKeeper;
  readonly #users: UserActions;
  readonly #schedules: Schedules;
  readonly #meter: Meter = new Meter();
  readonly #calming: Calming = new Calming();
  readonly startedMs: number;
  readonly #measurements: Measurements | null;
  #notes: string[] = [];
  #manual: ManualCommand[] = [];
  #commandFacts: CommandFact[] = [];
  #previousMs: number;
  /** Until then there is nothing to do after a look that brought no facts. */
  #dueAtMs = 0;
  #worsened: string | null = null;
  #flawsAtStart: number;
  /** Something could not be read from the beginning on, which is told of the whole watch. */
  #mayRecover: boolean;
  #recoveryDueMs = 0;
  /** The look at which windows opened or closed, until the next tick. */
  #edgeMs: number | null = null;
  #isClosing = false;
  #lostBefore: number;

  /** Begins with a first look at everything. */
  constructor(plan: DaemonPlan, parts: WatchRunParts, { setup, recorder, trees, users }: WatchSources) {
    this.plan = plan;
    this.#parts = parts;
    this.#setup = setup;
    this.#recorder = recorder;
    this.#trees = trees;
    this.#users = users;
    const { clock, procfs } = parts;
    this.startedMs = setup.watcher.look(true);
    this.#previousMs = this.startedMs;
    this.#edges = new Edges(setup, recorder, procfs, this.startedMs);
    this.#engine = new WindowEngine(plan, this.startedMs);
    this.#measurements =
      parts.measurementsFolder === undefined
        ? null
        : new Measurements({
            folder: parts.measurementsFolder,
            procfs,
            targets: plan.targets.map(({ name }) => name),
            record: (disturbance) => recorder.disturbance(disturbance),
          });
    this.#keeper = new WindowKeeper({
      tickMs: plan.tickMs,
      windows: plan.windows,
      recorder,
      canary: setup.canary,
      ...parts,
    });
    this.#lostBefore = parts.store.lost;
    this.#flawsAtStart = flawsOf(setup.report().collectors);
    this.#schedules = new Schedules(
      plan.windows,
      () => clock.nowMs(),
      (id, atMs) => parts.onVoid(id, atMs, MISSED),
    );
    this.#mayRecover = this.#flawsAtStart > 0 && !setup.watcher.hasRecovered();
  }

  /** What was seen at a look: windows that were judged may have to be judged again. */
  seen(activities: readonly Activity[]): void {
    for (const activity of activities) this.#keeper.seen(activity);
  }

  /** Looks once a tick until the signal aborts or something makes it begin anew. @returns why it begins anew; null: aborted */
  async watch(signal: AbortSignal): Promise<string | null> {
    const { clock } = this.#parts;
    const { tickMs } = this.plan;
    let reason: string | null = null;
    const tick = (): boolean => {
      this.tick();
      reason = this.#whyAnew();
      return reason === null;
    };
    if (!this.#setup.watcher.needsReadings) await clock.every(tickMs, signal, tick);
    else {
      do {
        await clock.sleepUntil(this.#previousMs + tickMs, signal);
        await this.#setup.watcher.prepare();
      } while (!signal.aborted && tick());
    }
    return reason;
  }

  /** One look, and what follows from it for the windows. A quiet one touches as little as can be: its memory is cold. */
  tick(): void {
    const { clock, onLook } = this.#parts;
    this.#edgeMs = null;
    const nowMs = this.#setup.watcher.look(clock.nowMs() >= this.#engine.dueAtMs);
    this.#measurements?.look(nowMs, this.#previousMs, this.#trees.processes);
    const previousMs = this.#previousMs;
    this.#previousMs = nowMs;
    const isGap = nowMs - previousMs > 2 * this.plan.tickMs;
    if (isGap || nowMs >= this.#dueAtMs || this.#users.hasNews || this.#schedules.hasNews) {
      this.#follow(nowMs, previousMs, isGap);
    }
    onLook(nowMs);
  }

  /** Somebody opens or closes a window by hand; done when this returns. Nothing opens any more once all are being closed. */
  byHand(id: string, op: ManualCommand['op']): void {
    if (this.#isClosing) return;
    this.#manual.push({ id, op, atMs: this.#parts.clock.nowMs() });
    this.#dueAtMs = 0;
    this.tick();
  }

  commandFact(fact: CommandFact): void {
    this.#commandFacts.push(fact);
    this.#dueAtMs = 0;
  }

  /** For the readers of every window that lies in the stretch until the next edge, wholly or in part. */
  note(text: string): void {
    if (!this.#notes.includes(text)) this.#notes.push(text);
  }

  get states(): WindowState[] {
    return this.#engine.states;
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

  /** Whether an events table has something of before now that may still become visible. */
  get isPending(): boolean {
    return this.#setup.watcher.pending().length > 0;
  }

  /** Everything that was seen so far is written: what is judged now rests on it. */
  commit(): void {
    this.#recorder.finish(this.#parts.clock.nowMs());
  }

  /** A window is judged although something of it may still become visible: nobody knows its end. */
  giveUp({ fromMs }: TimeSpan): void {
    const toMs = this.#previousMs;
    for (const { collector, target } of this.#setup.watcher.pending())
      this.#recorder.gap({ fromMs, toMs, collector: collector.name, target, reason: STILL_HIDDEN });
  }

  /** Something that was written down beside the looks. */
  document(kind: Parameters<Recorder['document']>[0], body: unknown): void {
    this.#recorder.document(kind, body);
    this.#recorder.commit(this.#parts.clock.nowMs());
  }

  /**
   * Ends all windows, waits for what became visible a moment too late, and lets go of everything.
   * @param unjudged windows that were closed before and still wait
   */
  async close(closedBy: 'reload' | 'shutdown', unjudged: readonly Window[]): Promise<void> {
    const { clock } = this.#parts;
    const { watcher, canary } = this.#setup;
    this.#isClosing = true;
    this.tick();
    const closedMs = watcher.look(true);
    this.#previousMs = closedMs;
    const actions =
      closedBy === 'shutdown'
        ? this.#engine.shutdown(closedMs)
        : this.#engine.reload({ windows: [], tickMs: this.plan.tickMs }, closedMs);
    this.#schedules.stop();
    canary?.end();
    do await this.#lookLate();
    while (this.isPending && clock.nowMs() < closedMs + PENDING_LIMIT_MS);
    for (const window of unjudged) this.giveUp(window);
    for (const action of actions) if (action.kind === 'close') this.giveUp(action);
    this.#cut(this.#previousMs, this.#setup.stop());
    this.#keeper.carryOut(actions, closedMs);
    // A user action of before the close that was seen only now: nothing opens any more.
    const late = this.#engine.look({
      nowMs: this.#previousMs,
      previousMs: this.#previousMs,
      userActions: this.#users.take(),
    });
    this.#keeper.carryOut(
      late.filter(({ kind }) => kind === 'amend' || kind === 'withdraw'),
      this.#previousMs,
    );
    this.#recorder.finish(clock.nowMs());
  }

  async #lookLate(): Promise<void> {
    const waitMs = Math.min(this.plan.tickMs, LATE_LOOK_MS);
    await this.#parts.clock.sleepUntil(this.#previousMs + waitMs, new AbortController().signal);
    await this.#setup.watcher.prepare();
    this.#previousMs = this.#setup.watcher.look();
  }

  #follow(nowMs: number, previousMs: number, isGap: boolean): void {
    const engine = this.#engine;
    const { canary } = this.#setup;
    canary?.plant(nowMs);
    const userActions = this.#users.take();
    const manual = this.#manual.splice(0);
    const command = this.#commandFacts.splice(0);
    const cronFires = this.#schedules.take();
    const calm = this.#calming.look(engine.awaitsCalm, nowMs, this.#recorder.cpuNs);
    const hasFacts = userActions.length + manual.length + command.length + cronFires.length + calm.length > 0;
    if (hasFacts || isGap || nowMs >= engine.dueAtMs) {
      this.#do(engine.look({ nowMs, previousMs, userActions, manual, command, cronFires, calm }), nowMs);
    }
    // What calms down is looked at each time.
    const isAwaited = engine.awaitsCalm.length > 0;
    this.#dueAtMs = isAwaited ? 0 : Math.min(engine.dueAtMs, canary?.dueAtMs ?? Infinity);
  }

  #do(actions: ReturnType<WindowEngine['look']>, nowMs: number): void {
    const isEdge = actions.some(({ kind }) => kind === 'open' || kind === 'close');
    if (isEdge) {
      // An edge is where everything was read.
      if (this.#setup.watcher.fullLookMs !== nowMs) this.#previousMs = this.#setup.watcher.look(true);
      const { collectors } = this.#cut(nowMs);
      this.#edgeMs = nowMs;
      if (flawsOf(collectors) > this.#flawsAtStart)
        this.#worsened = 'a collector has got worse since it began';
    }
    this.#keeper.carryOut(actions, nowMs);
    // What goes on (a locked database) is only written when it ends: no window may be judged without it.
    if (actions.length > 0) this.#recorder.finish(nowMs);
  }

  #cut(nowMs: number, known?: Known): Known {
    const { lost } = this.#parts.store;
    const before = this.#lostBefore;
    this.#lostBefore = lost;
    this.#measurements?.cut(nowMs);
    return this.#edges.cut(nowMs, { lost: lost - before, notes: this.#notes.splice(0) }, known);
  }

  /** Only where no window is open, or all have just opened: beginning anew ends all of them. */
  #whyAnew(): string | null {
    const { clock } = this.#parts;
    if (Math.abs(clock.wallDriftMs()) > MOST_DRIFT_MS) return 'the wall clock was moved';
    const isLong = clock.nowMs() - this.startedMs > LONGEST_RUN_MS;
    const reason = this.#worsened ?? (isLong ? 'a day has passed' : null);
    if (reason === null && !this.#mayRecover) return null;
    const isWatched = ({ phase, sinceMs }: WindowState): boolean =>
      phase === 'open' && sinceMs !== this.#edgeMs;
    if (this.#engine.states.some(isWatched)) return null;
    return reason ?? (this.#isOpenedFromOutside ? null : this.#whyWhole(clock.nowMs()));
  }

  /** Somebody or cron has opened a window, or is about to: nobody would open it again. */
  get #isOpenedFromOutside(): boolean {
    return this.#engine.states.some(
      ({ phase, trigger }) => phase !== 'waiting' && trigger !== 'user-quiet' && trigger !== 'run',
    );
  }

  /** What could not be read at the beginning, such as a database that comes with its app, is held against all windows. */
  #whyWhole(nowMs: number): string | null {
    if (nowMs < this.#recoveryDueMs) return null;
    this.#recoveryDueMs = nowMs + RECOVERY_EVERY_MS;
    return this.#setup.watcher.hasRecovered() ? 'an events table can be read now' : null;
  }
}

/** How much the collectors do not see. */
function flawsOf(collectors: readonly CollectorReport[]): number {
  return collectors.reduce(
    (sum, { status, lost }) => sum + (status === 'ok' ? 0 : 1) + (lost > 0 ? 1 : 0),
    0,
  );
}
