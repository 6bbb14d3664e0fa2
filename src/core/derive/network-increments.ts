import type { NetworkActivity } from '../../model/activity.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { TimeSpan } from '../../model/time.ts';
import { activitiesOf } from './activities-of.ts';
import type { Increments } from './growth.ts';
import { GrowingColumn } from './growing-column.ts';
import { holds } from './spans.ts';

export type NetworkAmount = 'connections' | 'bytesSent' | 'bytesReceived';

/** Connections opened, or bytes moved, as far as a target's network activities tell. */
export function networkIncrements(
  evidence: Evidence,
  target: string,
  amount: NetworkAmount,
  window: TimeSpan,
): Increments {
  const times = new GrowingColumn();
  const amounts = new GrowingColumn();
  let uncounted: string | null = null;
  for (const activity of activitiesOf(evidence, 'network')) {
    if (activity.target !== target || !holds(window, activity.atMs)) continue;
    const value = amountOf(activity, amount);
    if (value === null) uncounted ??= 'the size of some transfers is not known';
    else if (value > 0) {
      times.push(activity.atMs);
      amounts.push(value);
    }
  }
  // The portable collectors see connections and no bytes: that none were told is not that none were moved.
  const isTold = amount === 'connections' || evidence.run.collectors !== 'portable';
  return {
    amounts: [{ atMs: times.values(), values: amounts.values() }],
    uncounted,
    isLost: false,
    missing: isTold ? null : 'the portable collectors do not see bytes',
  };
}

function amountOf(activity: NetworkActivity, amount: NetworkAmount): number | null {
  if (amount === 'connections') return activity.op === 'connect' || activity.op === 'accept' ? 1 : 0;
  const moved = activity[amount];
  const carries = amount === 'bytesSent' ? 'send' : 'receive';
  return moved ?? (activity.op === carries ? null : 0);
}
