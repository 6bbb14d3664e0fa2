import type { ProcessMetric } from '../../model/sample.ts';
import { sayProcess } from '../wording/process.ts';
import { type Lifetime, livedIn } from './lifetimes.ts';
import type { Metric } from './metrics.ts';
import type { Series } from './metric-series.ts';
import { GAP_TICKS, type LookInterval } from './timeline.ts';

interface Change {
  atMs: number;
  level: number;
  /** +1 when a live process becomes one whose level is not known, −1 when it no longer is. */
  unknown: number;
}

/**
 * A level summed over the live processes at the end of each interval. The last known value holds until the next one is
 * read; a live process of which none was ever read makes the level unknown.
 */
export function gaugeSeries(
  metric: Metric,
  field: ProcessMetric,
  lives: readonly Lifetime[],
  intervals: readonly LookInterval[],
  tickMs: number,
): Series {
  const changes: Change[] = [];
  const window = { fromMs: intervals[0]?.fromMs ?? 0, toMs: intervals.at(-1)?.toMs ?? 0 };
  let uncounted: string | null = null;
  for (const life of lives) {
    if (life.looksAtMs.length > 0 || !isBrief(life, tickMs)) {
      for (const change of levelChanges(life, field)) changes.push(change);
    } else if (livedIn(life, window)) {
      uncounted ??= `${sayProcess(life.process)} ended before it could be read`;
    }
  }
  const { points, unknownAtMs } = walk(changes, intervals);
  const unread = lives.find((life) =>
    life.looksAtMs.length === 0
      ? livedIn(life, window) && !isBrief(life, tickMs)
      : unknownAtMs !== null && !isRead(life, field, unknownAtMs) && isAlive(life, unknownAtMs),
  );
  const missing =
    unread === undefined ? null : `${metric.name} of ${sayProcess(unread.process)} was not read`;
  return { metric, points, lowerBound: uncounted !== null, uncounted, isLost: false, missing };
}

/** How many processes were alive at the end of each interval. */
export function processCountSeries(
  metric: Metric,
  lives: readonly Lifetime[],
  intervals: readonly LookInterval[],
): Series {
  const changes = lives.flatMap((life) => [
    { atMs: life.fromMs, level: 1, unknown: 0 },
    ...(life.exitMs === null ? [] : [{ atMs: life.exitMs, level: -1, unknown: 0 }]),
  ]);
  return {
    metric,
    points: walk(changes, intervals).points,
    lowerBound: false,
    uncounted: null,
    isLost: false,
    missing: null,
  };
}

function levelChanges(life: Lifetime, field: ProcessMetric): Change[] {
  const changes: Change[] = [{ atMs: life.fromMs, level: 0, unknown: 1 }];
  let last: number | null = null;
  const { atMs, values } = life.readings(field);
  for (const [index, value] of values.entries()) {
    const unknown = last === null ? -1 : 0;
    changes.push({ atMs: atMs[index] as number, level: value - (last ?? 0), unknown });
    last = value;
  }
  if (life.exitMs !== null) {
    changes.push({ atMs: life.exitMs, level: -(last ?? 0), unknown: last === null ? -1 : 0 });
  }
  return changes;
}

function walk(
  unsorted: readonly Change[],
  intervals: readonly LookInterval[],
): { points: Series['points']; unknownAtMs: number | null } {
  const changes = unsorted.toSorted((a, b) => a.atMs - b.atMs);
  let next = 0;
  let level = 0;
  let unknown = 0;
  let unknownAtMs: number | null = null;
  const points = intervals.map((interval) => {
    for (
      let change = changes[next];
      change !== undefined && change.atMs <= interval.toMs;
      change = changes[next]
    ) {
      level += change.level;
      unknown += change.unknown;
      next += 1;
    }
    const { fromMs, toMs, looks } = interval;
    if (unknown > 0) unknownAtMs ??= toMs;
    return { fromMs, toMs, looks, value: level };
  });
  return { points, unknownAtMs };
}

function isRead(life: Lifetime, field: ProcessMetric, byMs: number): boolean {
  return (life.readings(field).atMs[0] ?? Number.POSITIVE_INFINITY) <= byMs;
}

function isAlive(life: Lifetime, atMs: number): boolean {
  return life.fromMs <= atMs && (life.exitMs === null || life.exitMs > atMs);
}

function isBrief(life: Lifetime, tickMs: number): boolean {
  return life.exitMs !== null && life.exitMs - life.fromMs <= GAP_TICKS * tickMs;
}
