import type { WindowVerdict } from '../../model/window-verdict.ts';
import { spell } from '../wording/amounts.ts';
import { regressionKey } from './regression-key.ts';
import type { CompareState } from './state.ts';
import type { Change } from './track.ts';

/** So long nothing could be proved before it is told; twice as long each time it was told before, up to two days. */
const UNPROVED_MS = 6 * 3_600_000;
const MOST_DOUBLINGS = 3;

type Unproved = Pick<CompareState, 'unproved' | 'unprovedTold'>;

/** Windows that proved nothing: no regression, and no proof that there is none. Told once, and resolved by a window that proves. */
export function followUnproved(
  { unproved, unprovedTold }: Unproved,
  window: WindowVerdict,
): { next: Unproved; change: Change | null } {
  if (window.verdict !== 'inconclusive') {
    const change = unproved?.isTold === true ? changeOf(window, unproved.sinceMs, 'resolved') : null;
    return { next: { unproved: null, unprovedTold }, change };
  }
  const series = unproved ?? { sinceMs: window.fromMs, isTold: false };
  const neededMs = UNPROVED_MS * 2 ** Math.min(unprovedTold, MOST_DOUBLINGS);
  if (series.isTold || window.toMs - series.sinceMs < neededMs) {
    return { next: { unproved: series, unprovedTold }, change: null };
  }
  return {
    next: { unproved: { ...series, isTold: true }, unprovedTold: unprovedTold + 1 },
    change: changeOf(window, series.sinceMs, 'firing'),
  };
}

function changeOf({ windowId, toMs }: WindowVerdict, sinceMs: number, status: Change['status']): Change {
  const isOver = status === 'resolved';
  return {
    key: regressionKey('unproved', windowId),
    severity: 'warn',
    target: null,
    ruleId: null,
    status,
    why: isOver ? 'gone' : 'new',
    repeat: 0,
    firstSeenMs: sinceMs,
    title: `Nothing could be proved in the windows «${windowId}»`,
    text: isOver
      ? 'A window proved something again.'
      : `Nothing could be proved for ${spell(toMs - sinceMs)}: every window was inconclusive.`,
  };
}
