import type { WindowVerdict } from '../../model/window-verdict.ts';
import { dimensionNamed } from '../derive/metrics.ts';
import { quantity, spell } from '../wording/amounts.ts';
import { type ComparedMetric, comparedIn } from './compared-metrics.ts';
import { regressionKey } from './regression-key.ts';
import { middle, robustDeviation } from '../stats/robust.ts';
import { type PastWindow, TRAILING_WINDOWS } from './state.ts';
import type { Sighting, Track } from './track.ts';
import { mannKendall, varianceInflation } from '../stats/mann-kendall.ts';
import { type SlopePoint, theilSenSlope } from '../stats/theil-sen.ts';

/** Fewer windows cannot show a trend that chance does not. */
const ENOUGH_FOR_TREND = 8;

/** One-sided 0.1 % of a normal variable: it is asked anew at each window, of each metric. */
const SIGNIFICANT = 3.09;

/** Where growth is no longer to be seen: one-sided 10 %. */
const INSIGNIFICANT = 1.28;

/** A smaller share of the level is no leak yet, nor one that the scatter about the line could hide. */
const RELATIVE_FLOOR = 0.05;
const DEVIATIONS = 3;

/** A step, or a start that dies down, grows in one half only. */
const SHARE_OF_SLOPE = 0.3;

interface Growth {
  presence: 'present' | 'absent' | 'unknown';
  amount: number;
  sinceMs: number;
  /** Level at the beginning. */
  start: number;
}

/** Whether memory, threads or files grow from window to window. `past` ends with this window. */
export function leakSightings(
  window: WindowVerdict,
  past: readonly PastWindow[],
  tracks: Readonly<Record<string, Track>>,
): Sighting[] {
  return Object.entries(window.metrics ?? {}).flatMap(([target, metrics]) =>
    comparedIn(metrics).flatMap(({ metric }): Sighting[] => {
      if (!metric.canLeak) return [];
      const key = regressionKey('leak', target, metric.name);
      const points = past.flatMap(({ fromMs, metrics: all }) => {
        const summary = all[target]?.[metric.name];
        return summary === undefined ? [] : [{ x: fromMs, y: summary.mean }];
      });
      // What was not known exactly in this window has no point of it.
      if (points.at(-1)?.x !== window.fromMs) return [];
      const track = tracks[key];
      const growth = track?.isOpen === true ? openGrowth(points, track) : newGrowth(points, metric);
      return growth === null ? [] : [sightingOf(key, target, metric, growth, window)];
    }),
  );
}

function newGrowth(points: readonly SlopePoint[], { floor }: ComparedMetric): Growth | null {
  const first = points[0];
  if (first === undefined || points.length < ENOUGH_FOR_TREND) return null;
  const slope = theilSenSlope(points);
  const amount = slope * ((points.at(-1)?.x ?? first.x) - first.x);
  const level = middle(points.map(({ y }) => y));
  const residuals = points.map(({ x, y }) => y - slope * (x - first.x));
  const half = points.length >> 1;
  const goesOn = [points.slice(0, half), points.slice(half)].every(
    (part) => theilSenSlope(part) >= SHARE_OF_SLOPE * slope,
  );
  const isLeak =
    mannKendall(
      points.map(({ y }) => y),
      varianceInflation(residuals),
    ) >= SIGNIFICANT &&
    amount >= Math.max(floor, RELATIVE_FLOOR * Math.abs(level), DEVIATIONS * robustDeviation(residuals)) &&
    goesOn;
  return { presence: isLeak ? 'present' : 'absent', amount, sinceMs: first.x, start: first.y };
}

/** Gone: it fell back by half of what it had grown when it was told, or nothing of all that is remembered shows it any more. */
function openGrowth(points: readonly SlopePoint[], { reference, firstSeenMs }: Track): Growth | null {
  const level = reference?.mean;
  const latest = points.at(-1)?.y;
  if (level === undefined || latest === undefined) return null;
  const values = points.map(({ y }) => y);
  const hasStopped = values.length === TRAILING_WINDOWS && mannKendall(values) < INSIGNIFICANT;
  const presence = latest <= level.back || hasStopped ? 'absent' : 'present';
  return { presence, amount: latest - level.center, sinceMs: firstSeenMs, start: level.center };
}

function sightingOf(
  key: string,
  target: string,
  { name }: ComparedMetric,
  { presence, amount, sinceMs, start }: Growth,
  { toMs }: WindowVerdict,
): Sighting {
  const dimension = dimensionNamed(name);
  const say = (value: number): string => quantity(value, dimension);
  return {
    key,
    severity: 'warn',
    target,
    ruleId: null,
    presence,
    least: amount,
    most: amount,
    strikesNeeded: 1,
    periodMs: 0,
    sinceMs,
    reference: { mean: { center: start, above: start + amount, back: start + amount / 2 } },
    title: `${name} of ${target} grows from window to window`,
    text:
      presence === 'absent'
        ? `${name} does not grow any more: ${say(start)} at first, ${say(start + amount)} now`
        : `${name} has grown by ${say(amount)} in ${spell(toMs - sinceMs)}, from ${say(start)}`,
  };
}
