import { isAppRecord } from '../../core/derive/app-record.ts';
import { dropOldest } from '../../core/derive/oldest.ts';
import { belongsTo } from '../../core/rules/membership.ts';
import type { OpenAction, WindowAction } from '../../core/windows/action.ts';
import type { Activity } from '../../model/activity.ts';
import type { OpenedWindow, Window } from '../../model/evidence.ts';
import type { WindowSpec } from '../../model/window-spec.ts';
import type { Canary } from '../../session/canary.ts';
import type { Recorder } from '../../session/recorder.ts';

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
  readonly #open: Map<string, OpenedWindow> = new Map();
  readonly #closed: Map<string, Window> = new Map();
  #lastToMs = -Infinity;

  constructor(parts: WindowKeeperParts) {
    this.#parts = parts;
  }

  carryOut(actions: readonly WindowAction[], nowMs: number): void {
    for (const action of actions) this.#carryOut(action, nowMs);
  }

  /** What was seen only now: windows that held some of it, and were closed before, are to be judged again. */
  seen(activities: readonly Activity[]): void {
    const late = activities.filter((activity) => earliestMs(activity) <= this.#lastToMs);
    if (late.length === 0) return;
    const { tickMs } = this.#parts;
    for (const [key, window] of this.#closed)
      if (late.some((activity) => belongsTo(activity, window, tickMs))) this.#write(key, window);
  }

  #carryOut(action: WindowAction, nowMs: number): void {
    const { canary, recorder, onVoid } = this.#parts;
    const key = `${action.id} ${action.fromMs}`;
    switch (action.kind) {
      case 'open': {
        const opened = openedBy(action, this.#minDurationOf(action.id));
        this.#open.set(key, opened);
        // Who comes after a watchdog that was killed finds that it was open.
        recorder.document('opening', opened);
        canary?.plan({ fromMs: nowMs, toMs: action.fromMs + action.requestedMs });
        break;
      }
      case 'close': {
        const opened = this.#open.get(key);
        this.#open.delete(key);
        const { toMs, closedBy } = action;
        if (opened !== undefined) this.#write(key, { ...opened, toMs, closedBy });
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
        const { id, fromMs, reason } = action;
        const before = this.#closed.get(key);
        // Who reads the evidence later finds that nothing is left of it.
        if (before !== undefined) recorder.document('window', { ...before, toMs: before.fromMs });
        else if (this.#open.has(key)) recorder.document('noWindow', { id, fromMs, reason });
        this.#open.delete(key);
        this.#closed.delete(key);
        onVoid(id, fromMs, reason);
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
    dropOldest(this.#closed, KEPT);
    onWindow(window);
  }
}

/** When something can have happened at the earliest, as far as that is told. */
function earliestMs(activity: Activity): number {
  if (!isAppRecord(activity)) return activity.atMs;
  const { atMs, stampedAtMs, stampDoubtful, notBeforeMs } = activity;
  if (stampedAtMs !== null && !stampDoubtful) return atMs;
  return Math.min(atMs, stampedAtMs ?? atMs, notBeforeMs ?? -Infinity);
}

function openedBy(
  { id, trigger, fromMs, requestedMs, settleMs, isSettled, anchorMs }: OpenAction,
  minDurationMs: number | undefined,
): OpenedWindow {
  return {
    id,
    kind: 'idle',
    trigger,
    fromMs,
    requestedMs,
    settleMs,
    ...(isSettled === undefined ? {} : { isSettled }),
    ...(anchorMs === null ? {} : { anchorMs }),
    ...(minDurationMs === undefined ? {} : { minDurationMs }),
  };
}
