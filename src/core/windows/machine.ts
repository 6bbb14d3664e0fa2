import type { WindowEnd } from '../../model/evidence.ts';
import type { WindowSpec } from '../../model/window-spec.ts';
import type { OpenAction, WindowAction } from './action.ts';
import { LONGEST_SETTLE_MS } from './limits.ts';
import { whyEmpty } from './reasons.ts';
import type { Ending, IdleStretch } from './stretch.ts';

/** What concerns one configured window at a look. */
export interface Step {
  nowMs: number;
  /** What ended what was open; null: nothing. */
  ending: Ending | null;
  /** What holds now. */
  idle: IdleStretch | null;
  isCalm: boolean;
  /** A measurement of our own is awaited, or goes on: what is open stays so, and nothing opens. */
  isMeasuring: boolean;
}

/** `untilMs`: the earliest time of the next change that is known; Infinity: none is. */
export interface WindowState {
  id: string;
  trigger: WindowSpec['trigger'];
  phase: 'waiting' | 'settling' | 'open';
  /** null while waiting. */
  sinceMs: number | null;
  untilMs: number;
}

/** One configured window: waiting, settling, open. Windows open and are cut at looks; they may end between two. */
export class WindowMachine {
  readonly spec: WindowSpec;
  #open: OpenAction | null = null;
  #idle: IdleStretch | null = null;
  /** Settling begins no sooner: the last window, or a gap, ended here. */
  #restartMs: number;

  constructor(spec: WindowSpec, startMs: number) {
    this.spec = spec;
    this.#restartMs = startMs;
  }

  get open(): OpenAction | null {
    return this.#open;
  }

  step({ nowMs, ending, idle, isCalm, isMeasuring }: Step): WindowAction[] {
    const actions: WindowAction[] = [];
    if (this.#open !== null && ending !== null) actions.push(this.#close(this.#open, ending));
    if (actions.length > 0 || ending?.closedBy === 'gap') this.#restartMs = nowMs;
    this.#idle = idle;
    const isDue = this.#open !== null && nowMs >= this.#open.fromMs + this.spec.maxDurationMs;
    if (this.#open !== null && idle !== null && isDue) {
      actions.push(this.#close(this.#open, { toMs: nowMs, closedBy: 'maxDuration' }));
      if (!isMeasuring) actions.push(this.#begin(idle, nowMs, { settleMs: 0 }));
    } else if (this.#open === null && idle !== null && !isMeasuring) {
      actions.push(...this.#settle(idle, nowMs, isCalm));
    }
    // What holds is asked again when that is over.
    if (this.#open === null && isMeasuring) this.#idle = null;
    return actions;
  }

  /** Ends what is open. */
  stop(nowMs: number, closedBy: WindowEnd): WindowAction[] {
    return this.#open === null ? [] : [this.#close(this.#open, { toMs: nowMs, closedBy })];
  }

  state(nowMs: number): WindowState {
    const { id, trigger, settleMs, maxDurationMs } = this.spec;
    const untilMs = this.#idle?.toMs ?? Infinity;
    if (this.#open !== null) {
      const { fromMs } = this.#open;
      return {
        id,
        trigger,
        phase: 'open',
        sinceMs: fromMs,
        untilMs: Math.min(untilMs, fromMs + maxDurationMs),
      };
    }
    if (this.#idle === null) return { id, trigger, phase: 'waiting', sinceMs: null, untilMs };
    const sinceMs = this.#settleFromMs(this.#idle);
    if (nowMs < sinceMs) return { id, trigger, phase: 'waiting', sinceMs: null, untilMs: sinceMs };
    const openMs = sinceMs + (settleMs === 'auto' ? LONGEST_SETTLE_MS : settleMs);
    return { id, trigger, phase: 'settling', sinceMs, untilMs: Math.min(untilMs, openMs) };
  }

  #settleFromMs({ fromMs }: IdleStretch): number {
    return Math.max(fromMs, this.#restartMs);
  }

  #settle(idle: IdleStretch, nowMs: number, isCalm: boolean): WindowAction[] {
    const settledMs = nowMs - this.#settleFromMs(idle);
    const { settleMs } = this.spec;
    if (settleMs !== 'auto') return settledMs >= settleMs ? [this.#begin(idle, nowMs, { settleMs })] : [];
    if (isCalm && settledMs > 0) return [this.#begin(idle, nowMs, { settleMs: settledMs })];
    if (settledMs < LONGEST_SETTLE_MS) return [];
    return [this.#begin(idle, nowMs, { settleMs: settledMs, isSettled: false })];
  }

  #begin(
    { toMs, anchorMs }: IdleStretch,
    fromMs: number,
    settling: Pick<OpenAction, 'settleMs' | 'isSettled'>,
  ): OpenAction {
    const { id, trigger, maxDurationMs } = this.spec;
    const requestedMs = Math.min(maxDurationMs, toMs - fromMs);
    this.#open = { kind: 'open', id, trigger, fromMs, requestedMs, ...settling, anchorMs };
    return this.#open;
  }

  #close({ id, fromMs }: OpenAction, { toMs, closedBy }: Ending): WindowAction {
    this.#open = null;
    if (toMs > fromMs) return { kind: 'close', id, fromMs, toMs, closedBy };
    return { kind: 'discard', id, fromMs, reason: whyEmpty(closedBy, toMs + this.spec.guardMs - fromMs) };
  }
}
