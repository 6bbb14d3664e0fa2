import type { TimeSpan } from '../../model/time.ts';
import { type Collapsed, exposedSpanMs } from './collapse.ts';

/** Events of one stretch without a hole; times in mean gaps since the stretch began. */
export interface Segment {
  x: Float64Array;
  /** exp(−gap/2) to the event before: how much of a paused chain is still paused. */
  decay: Float64Array;
  /** Length of the stretch. */
  length: number;
  /** Index in the series of the first event. */
  first: number;
  /** Of events around here, by the mean gap of the series. */
  rate: number;
}

/** Collapsed events on the scale of their mean gap, from the first event to the last. */
export interface Series {
  count: number;
  meanGapMs: number;
  /** In mean gaps. */
  deadTime: number;
  /** What two stamps can be apart without telling anything, in mean gaps. */
  resolution: number;
  segments: () => Segment[];
  /** Times since the first event in mean gaps, holes included. */
  positions: Float64Array;
  /** The exposure on the same axis. */
  window: { from: number; to: number }[];
  /** Its length. */
  exposed: number;
}

/** @param exposure sorted and disjoint, and holding all the events */
export function normalise(events: Collapsed, exposure: readonly TimeSpan[], resolutionMs: number): Series {
  const { timesMs } = events;
  const count = timesMs.length;
  const meanGapMs = exposedSpanMs(events) / (count - 1);
  const firstMs = timesMs[0] ?? 0;
  const lastMs = timesMs.at(-1) ?? 0;
  const scaled = (atMs: number): number => (atMs - firstMs) / meanGapMs;
  const inside = exposure.flatMap(({ fromMs, toMs }) => {
    const from = Math.max(fromMs, firstMs);
    const to = Math.min(toMs, lastMs);
    return from <= to ? [{ from: scaled(from), to: scaled(to) }] : [];
  });
  const positions = new Float64Array(count);
  for (let index = 0; index < count; index += 1) positions[index] = scaled(timesMs[index] as number);
  let segments: Segment[] | undefined;
  return {
    count,
    meanGapMs,
    deadTime: events.deadTimeMs / meanGapMs,
    resolution: resolutionMs / meanGapMs,
    segments: () => (segments ??= cutAtHoles(positions, 0, inside, 1)),
    positions,
    window: inside,
    exposed: inside.reduce((sum, { from, to }) => sum + to - from, 0),
  };
}

/** @param begin index in the series of the first of the positions */
function cutAtHoles(
  positions: Float64Array,
  begin: number,
  window: Series['window'],
  rate: number,
): Segment[] {
  let first = 0;
  return window.map(({ from, to }) => {
    let end = first;
    while (end < positions.length && (positions[end] as number) <= to) end += 1;
    const x = positions.slice(first, end);
    const decay = new Float64Array(x.length);
    let before = 0;
    for (let index = 0; index < x.length; index += 1) {
      const at = (x[index] as number) - from;
      x[index] = at;
      decay[index] = Math.exp((before - at) / 2);
      before = at;
    }
    const segment = { x, decay, length: to - from, first: begin + first, rate };
    first = end;
    return segment;
  });
}

/** Above, blocks are judged instead of the whole: their likelihood is more than enough. */
export const WHOLE = 1024;
const BLOCKS = 4;
const BLOCK_SIZE = 256;

/** What the likelihood of chains is taken over: all segments, or blocks of a long series. */
export function segmentsFor(series: Series): Segment[] {
  return series.count > WHOLE ? blocksOf(series, BLOCKS, BLOCK_SIZE) : series.segments();
}

/**
 * Evenly spread runs of consecutive events, each cut at the holes, on the scale of the whole series. Rates change in a long one: where events are
 * twice as dense, the dead time alone would make them look as regular as a chain among fewer.
 */
function blocksOf(series: Series, blocks: number, size: number): Segment[] {
  const { positions, count, window } = series;
  return Array.from({ length: blocks }, (_, block) => {
    const first = Math.round((block * (count - size)) / Math.max(1, blocks - 1));
    const run = positions.subarray(first, first + size);
    const from = run[0] as number;
    const to = run[size - 1] as number;
    const inside = window.flatMap((span) =>
      span.from < to && span.to > from
        ? [{ from: Math.max(span.from, from), to: Math.min(span.to, to) }]
        : [],
    );
    const length = inside.reduce((sum, span) => sum + span.to - span.from, 0);
    return cutAtHoles(run, first, inside, (size - 1) / length);
  }).flat();
}
