import table from './beats-table.json' with { type: 'json' };
import { HOLES } from './judgement.ts';
import type { Remainder } from './periods.ts';

/** No period is claimed of fewer beats. */
const LEAST_BEATS = 4;

/**
 * How many beats of a timer with a jitter of up to ± 2 % are found in 95 of 100 cases, with a false alarm probability of no more than this, among events
 * that no period explains, however those come. More beats than events cannot have been there.
 * @param hasHoles the exposure is not in one piece
 * @returns 4 or more; null where no number of beats has so small a probability
 */
export function beatsNeeded(
  probability: number,
  hasHoles: boolean,
  { events, look }: Remainder = { events: 0, look: 1 },
): number | null {
  const asked = probability / look / (hasHoles ? HOLES : 1);
  const level = table.levels.findIndex((one) => one <= asked);
  if (level === -1) return null;
  return Math.max(LEAST_BEATS, Math.min(events + 1, amongEvents(events, level)));
}

/** By the table's next larger number of events; beyond the last one, a timer must stand out from noise that grows with the root of it. */
function amongEvents(events: number, level: number): number {
  const row = table.events.findIndex((one) => one >= events);
  const of = (index: number): number => table.beats.at(index)?.[level] ?? Number.POSITIVE_INFINITY;
  return row === -1 ? Math.ceil(of(-1) * Math.sqrt(events / (table.events.at(-1) as number))) : of(row);
}
