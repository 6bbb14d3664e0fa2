import type { WindowEnd } from '../../model/evidence.ts';
import type { WindowSpec } from '../../model/window-spec.ts';

/** A window begins at this look. */
export interface OpenAction {
  kind: 'open';
  id: string;
  trigger: WindowSpec['trigger'];
  fromMs: number;
  /** How long it can become. */
  requestedMs: number;
  /** 0 for one that follows another at once. */
  settleMs: number;
  /** Left out: yes, or nobody was to wait for it. */
  isSettled?: false;
  /** The last user action, the launch, the time that cron told; null: nothing that a timer could be locked to. */
  anchorMs: number | null;
}

/** An open window ended. Its end may lie before the look at which it is told. */
export interface CloseAction {
  kind: 'close';
  id: string;
  fromMs: number;
  toMs: number;
  closedBy: WindowEnd;
}

/** Nothing is left of an open window. */
interface DiscardAction {
  kind: 'discard';
  id: string;
  fromMs: number;
  reason: string;
}

/** A window that was closed before is shorter, or follows another action, than was known then: a user action was seen late. */
export interface AmendAction {
  kind: 'amend';
  id: string;
  fromMs: number;
  toMs: number;
  closedBy: WindowEnd;
  anchorMs: number | null;
}

/** A window that was closed before was none, as a user action shows that was seen late. */
export interface WithdrawAction {
  kind: 'withdraw';
  id: string;
  fromMs: number;
  reason: string;
}

export type WindowAction = OpenAction | CloseAction | DiscardAction | AmendAction | WithdrawAction;
