import type { WindowEnd } from '../../model/evidence.ts';
import { spell } from '../wording/amounts.ts';

/** Why nothing is left of an open window. `actionAfterMs`: the user action's time less the time at which it opened. */
export function whyEmpty(closedBy: WindowEnd, actionAfterMs: number): string {
  if (closedBy === 'user') return actionAfterMs > 0 ? withinGuard(actionAfterMs) : usedBefore(-actionAfterMs);
  return closedBy === 'gap'
    ? 'nothing was looked at after it had opened'
    : `it was over as soon as it had opened (${closedBy})`;
}

/** Why a window was none: the user came so soon that nothing is left before the guard. */
export function withinGuard(actionAfterMs: number): string {
  return `somebody used the app ${spell(actionAfterMs)} after it had opened, within the guard`;
}

/** Why a window was none: a row that was told late shows that it opened too early. */
export function usedBefore(actionBeforeMs: number): string {
  return `somebody had used the app ${spell(actionBeforeMs)} before it opened, which was seen late`;
}
