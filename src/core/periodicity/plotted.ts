import type { Observed } from './observed.ts';

/** What a report can draw is at most so long. */
const MOST = 1000;

/** Of the events without bursts: when they were, and in which stretch of the exposure. */
interface Placed {
  timesMs: Float64Array;
  stretch: Int32Array;
}

/** Times of the first beats, and the intervals between those that lie in one stretch. */
export function plotBeats(
  { timesMs, stretch }: Placed,
  beats: readonly number[],
): { beatsMs: number[]; intervalsSeconds: number[] } {
  const first = beats.slice(0, MOST);
  const intervalsSeconds: number[] = [];
  for (const [at, index] of first.entries()) {
    const before = first[at - 1];
    if (before === undefined || stretch[before] !== stretch[index]) continue;
    intervalsSeconds.push(((timesMs[index] as number) - (timesMs[before] as number)) / 1000);
  }
  return { beatsMs: first.map((index) => timesMs[index] as number), intervalsSeconds };
}

/** Shares of the period at which events lie, evenly chosen where there are many. */
export function plotPhases({ originMs, timesMs }: Observed, periodMs: number): number[] {
  const count = Math.min(MOST, timesMs.length);
  return Array.from({ length: count }, (_, at) => {
    const index = Math.floor((at * timesMs.length) / count);
    const turns = ((timesMs[index] as number) - originMs) / periodMs;
    return turns - Math.floor(turns);
  });
}
