import { totalMs } from '../derive/spans.ts';
import table from './beats-table.json' with { type: 'json' };
import { countEvents } from './collapse.ts';
import { mergeExposure, placeEvents } from './exposure.ts';
import { HOLES } from './judgement.ts';
import type { SeenEvents } from './periods.ts';

/** No period is claimed of fewer beats. */
const LEAST_BEATS = 4;
/** Stamps that take more of the time than that hide any timer; those that take less let fewer be found, by so much (by trial). */
const CROWDED = { most: 0.45, slope: 1.1 };

/** What a period has to stand out from, to be found. */
export interface Background {
  /** All events of the series, close ones counted once; those of periods that were found as well. */
  events: number;
  /** How often the series was looked at. */
  looks: number;
  /** How much of the time their stamps take: the more, the less their places tell. */
  crowding: number;
}

const NOTHING: Background = { events: 0, looks: 1, crowding: 0 };

/**
 * Among what a period of a series would have to be found.
 * @param resolutionMs what two stamps can be apart without telling anything
 * @param looks how often it was looked at; 1 where nobody has
 * @throws RangeError for a time that is no number
 */
export function backgroundOf(
  { timesMs, exposure }: SeenEvents,
  resolutionMs: number,
  looks: number,
): Background {
  const spans = mergeExposure(exposure);
  const seen = placeEvents(timesMs, spans);
  const crowding = (seen.timesMs.length * resolutionMs) / Math.max(totalMs(spans), resolutionMs);
  return { events: countEvents(seen, resolutionMs), looks, crowding };
}

/**
 * How many beats of a timer with a jitter of up to ± 2 % are found in 95 of 100 cases, with a false alarm probability of no more than this, among other events,
 * however those come. More beats than events cannot have been there.
 * @param hasHoles the exposure is not in one piece
 * @returns 4 or more; null where no number of beats has so small a probability, or stamps are too coarse for so many events
 */
export function beatsNeeded(
  probability: number,
  hasHoles: boolean,
  { events, looks, crowding }: Background = NOTHING,
): number | null {
  const asked = probability / looks / (hasHoles ? HOLES : 1);
  const level = table.levels.findIndex((one) => one <= asked);
  if (level === -1) return null;
  if (events < LEAST_BEATS) return LEAST_BEATS;
  if (crowding > CROWDED.most) return null;
  const needed = Math.ceil(amongEvents(events, level) / (1 - CROWDED.slope * crowding));
  return Math.max(LEAST_BEATS, Math.min(events + 1, needed));
}

/** By the table's next larger number of events; beyond the last one, a timer must stand out from noise that grows with the root of it. */
function amongEvents(events: number, level: number): number {
  const row = table.events.findIndex((one) => one >= events);
  const of = (index: number): number => table.beats.at(index)?.[level] ?? Number.POSITIVE_INFINITY;
  return row === -1 ? Math.ceil(of(-1) * Math.sqrt(events / (table.events.at(-1) as number))) : of(row);
}
