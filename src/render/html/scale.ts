import type { Plot, PlotId } from '../../model/charts.ts';

/** What a curve is drawn in at least, so that a quiet one is a flat line and not the noise of its last digit. */
export const LEAST_TOP: Readonly<Record<PlotId, number>> = { cpu: 1, memory: 1e6, wakeups: 10, network: 100 };

/** Of the largest value: how much of it the axis of a level shows at least. */
const LEAST_SPAN = 0.1;

/** The range of a plot's axis. Rates start at 0; a level shows its change, but never less than a tenth of itself. */
export function rangeOf({ id, lines }: Plot): { from: number; to: number } {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { values } of lines) {
    for (const value of values) {
      if (value === null) continue;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  if (most < least) return { from: 0, to: LEAST_TOP[id] };
  if (id !== 'memory') return { from: 0, to: Math.max(LEAST_TOP[id], most) };
  const span = Math.max(most - least, most * LEAST_SPAN, LEAST_TOP.memory);
  const middle = (most + least) / 2;
  return { from: Math.max(0, middle - span / 2), to: Math.max(0, middle - span / 2) + span };
}
