import { belongsTo } from '../core/rules/membership.ts';
import type { OpenAction, WindowAction } from '../core/windows/action.ts';
import type { Activity } from '../model/activity.ts';
import type { Window } from '../model/evidence.ts';
import type { WindowSpec } from '../model/window-spec.ts';
import type { Canary } from '../session/canary.ts';
import type { Recorder } from '../session/recorder.ts';

export interface WindowKeeperParts {
  tickMs: number;
  windows: readonly Pick<WindowSpec, 'id' | 'minDurationMs'>[];
  recorder: Pick<Recorder, 'document'>;
  canary: Pick<Canary, 'plan'> | null;
  onWindow: (window: Window) => void;
  onVoid: (id: string, fromMs: number, reason: string) => void;
}

/** As many closed windows as can still be amended. */
const KEPT = 1_000;

/** Does what the windows' engine says: plans the controls of those that open, writes down those that close. */
export class WindowKeeper {
  readonly #parts: WindowKeeperParts;
  readonly #open: Map<string, OpenAction> = new Map();
  readonly #closed: Map<string, Window> = new Map();
  #lastToMs = -Infinity;

  constructor(parts: WindowKeeperParts) {
    this.#parts = parts;
  }

  carryOut(actions: readonly WindowAction[], nowMs: number): void {
    for (const action of actions) this.#carryOut(action, nowMs);
  }

  /** Something that was seen only now: a window that held it, and was closed before, is to be judged again. */
  seen(activity: Activity): void {
    if (earliestMs(activity) > this.#lastToMs) return;
    for (const window of this.#closed.values())
      if (belongsTo(activity, window, this.#parts.tickMs)) this.#parts.onWindow(window);
  }

  #carryOut(action: WindowAction, nowMs: number): void {
    const { canary, recorder, onVoid } = this.#parts;
    const key = `${action.id} ${action.fromMs}`;
    switch (action.kind) {
      case 'open':
        this.#open.set(key, action);
        canary?.plan({ fromMs: nowMs, toMs: action.fromMs + action.requestedMs });
        break;
      case 'close': {
        const opened = this.#open.get(key);
        this.#open.delete(key);
        if (opened !== undefined) this.#write(key, windowOf(opened, action, this.#minDurationOf(action.id)));
        break;
      }
      case 'amend': {
        const { toMs, closedBy, anchorMs } = action;
        const before = this.#closed.get(key);
        if (before !== undefined)
          this.#write(key, { ...before, toMs, closedBy, ...(anchorMs === null ? {} : { anchorMs }) });
        break;
      }
      default: {
        const before = this.#closed.get(key);
        this.#open.delete(key);
        this.#closed.delete(key);
        // Who reads the evidence later finds that nothing is left of it.
        if (before !== undefined) recorder.document('window', { ...before, toMs: before.fromMs });
        onVoid(action.id, action.fromMs, action.reason);
      }
    }
  }

  #minDurationOf(id: string): number | undefined {
    return this.#parts.windows.find((spec) => spec.id === id)?.minDurationMs;
  }

  #write(key: string, window: Window): void {
    const { recorder, onWindow } = this.#parts;
    recorder.document('window', window);
    this.#closed.set(key, window);
    this.#lastToMs = Math.max(this.#lastToMs, window.toMs);
    const [oldest] = this.#closed.keys();
    if (this.#closed.size > KEPT && oldest !== undefined) this.#closed.delete(oldest);
    onWindow(window);
  }
}

/** When something can have happened at the earliest, as far as that is told. */
function earliestMs(activity: Activity): number {
  if (activity.kind !== 'event') return activity.atMs;
  const { atMs, stampedAtMs, stampDoubtful, notBeforeMs } = activity;
  if (stampedAtMs !== null && !stampDoubtful) return atMs;
  return Math.min(atMs, stampedAtMs ?? atMs, notBeforeMs ?? -Infinity);
}

function windowOf(
  { id, trigger, fromMs, requestedMs, settleMs, isSettled, anchorMs }: OpenAction,
  { toMs, closedBy }: Pick<Window, 'toMs' | 'closedBy'>,
  minDurationMs: number | undefined,
): Window {
  return {
    id,
    kind: 'idle',
    trigger,
    fromMs,
    toMs,
    requestedMs,
    settleMs,
    ...(isSettled === undefined ? {} : { isSettled }),
    ...(anchorMs === null ? {} : { anchorMs }),
    ...(minDurationMs === undefined ? {} : { minDurationMs }),
    closedBy,
  };
}
