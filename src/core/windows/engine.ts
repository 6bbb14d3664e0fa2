import type { WindowSpec } from '../../model/window-spec.ts';
import { MAX_GAP_TICKS } from '../derive/timeline.ts';
import type { OpenAction, WindowAction } from './action.ts';
import { ClosedWindows } from './closed-windows.ts';
import { checkTimes, type LookFacts } from './facts.ts';
import type { Holding } from './holding.ts';
import { WindowMachine, type WindowState } from './machine.ts';
import { Standing } from './standing.ts';
import type { Ending } from './stretch.ts';
import { idleStretch, triggerEnding } from './trigger.ts';

/** What is configured: the windows, and the tick of the loop. */
export interface WindowPlan {
  windows: readonly WindowSpec[];
  tickMs: number;
}

/**
 * Says when configured windows open and close, by what the loop tells it at its looks. It has no clock and no timers: it is
 * to be asked at each look at which there are facts, after a gap, and from `dueAtMs` on; at every look does no harm.
 *
 * Windows of one id never overlap, and each begins at a look. No `user-quiet` window contains a user action, nor the guard
 * before one, however late it is told: what was closed before is amended or withdrawn. Where users are seen by several
 * sources, some a moment later than others, an end is often amended within a tick or two.
 */
export class WindowEngine {
  readonly #standing: Standing;
  readonly #closed = new ClosedWindows();
  readonly #machines: readonly WindowMachine[];
  readonly #maxGapMs: number;
  #nowMs: number;
  #dueAtMs: number;

  /** @param startMs since when user actions, cron and commands are told */
  constructor({ windows, tickMs }: WindowPlan, startMs: number) {
    this.#standing = new Standing(startMs);
    this.#machines = windows.map((spec) => new WindowMachine(spec, startMs));
    this.#maxGapMs = MAX_GAP_TICKS * tickMs;
    this.#nowMs = startMs;
    this.#dueAtMs = startMs;
  }

  /**
   * What is to be done, in this order.
   * @throws RangeError for a look before the one before, or a time that is no number
   */
  look(facts: LookFacts): WindowAction[] {
    checkTimes(facts);
    const { nowMs, calm = [], userActions = [] } = facts;
    this.#goOn(nowMs);
    const amended = this.late(userActions);
    const endings = this.#machines.map(({ spec }) => this.#endingOf(spec, facts));
    this.#standing.take(facts);
    const actions = this.#machines.flatMap((machine, index) => {
      const { spec, open } = machine;
      const idle = idleStretch(spec, this.#standing, nowMs);
      const ending = endings[index] ?? null;
      const { isMeasuring } = this.#standing;
      const steps = machine.step({ nowMs, ending, idle, isCalm: calm.includes(spec.id), isMeasuring });
      this.#remember(machine.spec, open, steps);
      return steps;
    });
    this.#dueAtMs = this.states.reduce((due, { untilMs }) => Math.min(due, untilMs), Infinity);
    return [...amended, ...actions];
  }

  /** Closes all windows for good. To be called after a look. */
  close(nowMs: number, closedBy: 'reload' | 'shutdown'): WindowAction[] {
    this.#goOn(nowMs);
    return this.#machines.flatMap((machine) => {
      const { open } = machine;
      const actions = machine.stop(nowMs, closedBy);
      this.#remember(machine.spec, open, actions);
      return actions;
    });
  }

  /** What user actions change about windows that are over. After `close` nothing else is asked: nothing opens any more. */
  late(userActions: readonly number[]): WindowAction[] {
    return this.#closed.late(userActions.map((atMs) => Math.min(this.#nowMs, atMs)));
  }

  /** What it was told that holds on; see `stillHolding`. */
  get holding(): Holding {
    const { fires, manual } = this.#standing;
    return { windows: this.#machines.map(({ spec }) => spec), fires, manual };
  }

  /** Until then no look changes anything that has no facts, and comes after no gap; Infinity: not at all. */
  get dueAtMs(): number {
    return this.#dueAtMs;
  }

  /** How each window stands, in the order of the plan. */
  get states(): WindowState[] {
    return this.#machines.map((machine) => machine.state(this.#nowMs));
  }

  /** Windows that wait for the app to calm down since a time; another time begins anew. `LookFacts.calm` tells that it has. */
  get awaitsCalm(): { id: string; sinceMs: number }[] {
    return this.#machines.flatMap((machine) => {
      const { id, phase, sinceMs } = machine.state(this.#nowMs);
      return phase === 'settling' && sinceMs !== null && machine.spec.settleMs === 'auto'
        ? [{ id, sinceMs }]
        : [];
    });
  }

  #endingOf(spec: WindowSpec, facts: LookFacts): Ending | null {
    const { nowMs, previousMs } = facts;
    const ending = triggerEnding(spec, this.#standing, facts);
    if (previousMs === null || nowMs - previousMs <= this.#maxGapMs) return ending;
    return ending !== null && ending.toMs <= previousMs ? ending : { toMs: previousMs, closedBy: 'gap' };
  }

  #remember(spec: WindowSpec, open: OpenAction | null, actions: readonly WindowAction[]): void {
    if (spec.trigger !== 'user-quiet') return;
    for (const action of actions)
      if (action.kind === 'close') this.#closed.add(action, open?.anchorMs ?? null, spec);
  }

  #goOn(nowMs: number): void {
    if (!(nowMs >= this.#nowMs)) throw new RangeError(`a look at ${nowMs} after one at ${this.#nowMs}`);
    this.#nowMs = nowMs;
  }
}
