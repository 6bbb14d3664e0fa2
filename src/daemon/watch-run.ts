import { resolveFolders } from '../collectors/files/folders.ts';
import type { CommandFact, ManualCommand } from '../core/windows/facts.ts';
import { WindowEngine } from '../core/windows/engine.ts';
import type { WindowState } from '../core/windows/machine.ts';
import type { CollectorReport, RunInfo, Window } from '../model/evidence.ts';
import type { WatchedProcess } from '../model/process.ts';
import type { Clock } from '../model/time.ts';
import type { Procfs } from '../os/procfs.ts';
import { Calm } from '../session/calm.ts';
import { describeHost } from '../session/host.ts';
import { Recorder } from '../session/recorder.ts';
import { type Known, setUpWatch, type WatchSetup } from '../session/watch-setup.ts';
import { resolveTargets, type TargetSet } from '../targets/target-set.ts';
import type { StartedCommand } from '../targets/command.ts';
import { Edges } from './edges.ts';
import { Measurements } from './measurements.ts';
import { Meter, type MeterReading } from './meter.ts';
import type { PatientStore } from './patient-store.ts';
import type { DaemonPlan } from './plan.ts';
import { Schedules } from './schedules.ts';
import { UserActions } from './user-actions.ts';
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

/** A step of the wall clock by more than this makes the times of rows and of looks two different ones. */
const MOST_DRIFT_MS = 2_000;
/** Everything that grows with what was seen begins anew. */
const LONGEST_RUN_MS = 24 * 3_600_000;

/** Watches all targets under one configuration, until something makes it begin anew. */
export class WatchRun {
  readonly plan: DaemonPlan;
  readonly #parts: WatchRunParts;
  readonly #setup: WatchSetup;
  readonly #recorder: Recorder;
  readonly #trees: TargetSet;
  readonly #engine: WindowEngine;
  readonly #edges: Edges;
  readonly #keeper: WindowKeeper;
  readonly #users: UserActions;
  readonly #schedules: Schedules;
  readonly #meter: Meter = new Meter();
  readonly #calm: Map<string, { sinceMs: number; calm: Calm }> = new Map();
  readonly startedMs: number;
  readonly #measurements: Measurements | null;
  #notes: string[] = [];
  #manual: ManualCommand[] = [];
  #commandFacts: CommandFact[] = [];
  #previousMs: number;
  #worsened: string | null = null;
  #flawsAtStart: number;

  private constructor(
    plan: DaemonPlan,
    parts: WatchRunParts,
    {
      setup,
      recorder,
      trees,
      users,
    }: { setup: WatchSetup; recorder: Recorder; trees: TargetSet; users: UserActions },
  ) {
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
    this.#keeper = new WindowKeeper({ recorder, canary: setup.canary, ...parts });
    this.#flawsAtStart = flawsOf(setup.report().collectors);
    this.#schedules = new Schedules(plan.windows, () => clock.nowMs());
  }

  static async open(
    plan: DaemonPlan,
    parts: WatchRunParts,
    started: ReadonlyMap<string, StartedCommand> = new Map(),
  ): Promise<WatchRun> {
    const { clock, procfs, store } = parts;
    const recorder = new Recorder(store);
    const nowMs = (): number => clock.nowMs();
    const trees = resolveTargets(plan.targets, { procfs, nowMs, commands: started, mayBeAbsent: true });
    resolveFolders(plan.targets.flatMap(({ files = [] }) => files));
    const users = new UserActions(plan.user);
    const actorOf = (processId: number | null): WatchedProcess | null =>
      processId === null ? null : (trees.everSeen[processId - 1] ?? null);
    recorder.document('run', runInfo(plan, parts));
    const setup = await setUpWatch(
      { ...plan, folder: null },
      {
        clock,
        procfs,
        trees,
        recorder,
        command: { started },
        onActivities: (activities) => users.see(activities, actorOf),
      },
    );
    await setup.watcher.prepare();
    return new WatchRun(plan, parts, { setup, recorder, trees, users });
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

  /** One look, and what follows from it for the windows. */
  tick(): void {
    const { clock, onLook } = this.#parts;
    const engine = this.#engine;
    const nowMs = this.#setup.watcher.look(clock.nowMs() >= engine.dueAtMs);
    this.#measurements?.look(nowMs, this.#previousMs, this.#trees.processes);
    this.#setup.canary?.plant(nowMs);
    const userActions = this.#users.take();
    const manual = this.#manual.splice(0);
    const command = this.#commandFacts.splice(0);
    const cronFires = this.#schedules.take();
    const calm = this.#calmIds(nowMs);
    const previousMs = this.#previousMs;
    this.#previousMs = nowMs;
    const hasFacts = userActions.length + manual.length + command.length + cronFires.length + calm.length > 0;
    const isGap = nowMs - previousMs > 2 * this.plan.tickMs;
    if (hasFacts || isGap || nowMs >= engine.dueAtMs) {
      this.#do(engine.look({ nowMs, previousMs, userActions, manual, command, cronFires, calm }), nowMs);
    }
    onLook(nowMs);
  }

  /** Somebody opens or closes a window by hand; done when this returns. */
  byHand(id: string, op: ManualCommand['op']): void {
    this.#manual.push({ id, op, atMs: this.#parts.clock.nowMs() });
    this.tick();
  }

  commandFact(fact: CommandFact): void {
    this.#commandFacts.push(fact);
  }

  /** For the readers of every window that lies in the stretch until the next edge, wholly or in part. */
  note(text: string): void {
    if (!this.#notes.includes(text)) this.#notes.push(text);
  }

  get states(): WindowState[] {
    return this.#engine.states;
  }

  get processes(): readonly WatchedProcess[] {
    return this.#trees.processes;
  }

  get lookedUntilMs(): number {
    return this.#previousMs;
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

  /** Something that was written down beside the looks. */
  document(kind: Parameters<Recorder['document']>[0], body: unknown): void {
    this.#recorder.document(kind, body);
    this.#recorder.commit(this.#parts.clock.nowMs());
  }

  /** Ends all windows and lets go of everything. */
  close(closedBy: 'reload' | 'shutdown'): void {
    const nowMs = this.#setup.watcher.look(true);
    this.#measurements?.look(nowMs, this.#previousMs, this.#trees.processes);
    this.#setup.canary?.end();
    const actions =
      closedBy === 'shutdown'
        ? this.#engine.shutdown(nowMs)
        : this.#engine.reload({ windows: [], tickMs: this.plan.tickMs }, nowMs);
    this.#schedules.stop();
    const known = this.#setup.stop();
    this.#cut(nowMs, known);
    this.#keeper.carryOut(actions, nowMs);
    this.#recorder.finish(nowMs);
  }

  #do(actions: ReturnType<WindowEngine['look']>, nowMs: number): void {
    const isEdge = actions.some(({ kind }) => kind === 'open' || kind === 'close');
    if (isEdge) {
      // An edge is where everything was read.
      if (this.#setup.watcher.fullLookMs !== nowMs) this.#previousMs = this.#setup.watcher.look(true);
      const { collectors } = this.#cut(nowMs);
      if (flawsOf(collectors) > this.#flawsAtStart)
        this.#worsened = 'a collector has got worse since it began';
    }
    this.#keeper.carryOut(actions, nowMs);
    if (actions.length > 0) this.#recorder.commit(nowMs);
  }

  #cut(nowMs: number, known?: Known): Known {
    this.#measurements?.cut(nowMs);
    return this.#edges.cut(nowMs, this.#notes.splice(0), known);
  }

  #calmIds(nowMs: number): string[] {
    const awaited = this.#engine.awaitsCalm;
    for (const id of this.#calm.keys()) if (!awaited.some((one) => one.id === id)) this.#calm.delete(id);
    return awaited.flatMap(({ id, sinceMs }) => {
      const known = this.#calm.get(id);
      const entry = known?.sinceMs === sinceMs ? known : { sinceMs, calm: new Calm() };
      this.#calm.set(id, entry);
      return entry.calm.look(nowMs, this.#recorder.cpuNs) ? [id] : [];
    });
  }

  /** Only where no window is open: beginning anew ends all of them. */
  #whyAnew(): string | null {
    const { clock } = this.#parts;
    if (Math.abs(clock.wallDriftMs()) > MOST_DRIFT_MS) return 'the wall clock was moved';
    if (this.#engine.states.some(({ phase }) => phase === 'open')) return null;
    if (this.#worsened !== null) return this.#worsened;
    return clock.nowMs() - this.startedMs > LONGEST_RUN_MS ? 'a day has passed' : null;
  }
}

/** How much the collectors do not see. */
function flawsOf(collectors: readonly CollectorReport[]): number {
  return collectors.reduce(
    (sum, { status, lost }) => sum + (status === 'ok' ? 0 : 1) + (lost > 0 ? 1 : 0),
    0,
  );
}

function runInfo(
  { tickMs, collectors }: DaemonPlan,
  { clock, toolVersion, command }: WatchRunParts,
): RunInfo {
  const startedAtMs = clock.nowMs();
  const at = new Date(startedAtMs);
  return {
    id: at.toISOString(),
    toolVersion,
    nodeVersion: process.versions.node,
    host: describeHost(at),
    command,
    startedAtMs,
    tickMs,
    ...(collectors === 'portable' ? { collectors } : {}),
  };
}
