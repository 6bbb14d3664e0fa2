import type { Evidence, Window } from '../../model/evidence.ts';
import type { TargetSettling } from '../../model/proof.ts';
import { METRICS } from './metrics.ts';
import type { Point, Series } from './metric-series.ts';
import { deriveSeries } from './series.ts';
import { initialTransient } from './steady-state.ts';

/** What dies down in an app that has just started or been used, and below which level nobody minds. */
const METERS: readonly { metric: string; least: number }[] = [
  { metric: 'cpu.percent', least: 0.05 },
  { metric: 'wakeups.rate', least: 0.5 },
];

/** As many stretches as a window is cut into at most. */
const MOST_STRETCHES = 30;
const LEAST_LOOKS = 2;

/** Whether the activity of a target died down in the window, so that its beginning says little about its idle state. */
export function settlingOf(evidence: Evidence, target: string, window: Window): TargetSettling | null {
  const found = METERS.flatMap(({ metric: name, least }) => {
    const metric = METRICS.get(name);
    if (metric === undefined) return [];
    const series = deriveSeries(evidence, target, metric, window);
    const { values, stretchMs } = stretches(series, evidence.run.tickMs, window);
    // What is not known has not died down.
    if (series.missing !== null || values.some(Number.isNaN)) return [];
    const transient = initialTransient(values);
    if (transient === null || transient.before < least) return [];
    const { length, before, after, isOpen } = transient;
    return [{ metric: name, before, after, steadyAfterSeconds: isOpen ? null : (length * stretchMs) / 1000 }];
  });
  return found.sort((a, b) => lasting(b) - lasting(a))[0] ?? null;
}

const lasting = (one: TargetSettling): number => one.steadyAfterSeconds ?? Number.POSITIVE_INFINITY;

/** Means over equal stretches of the window; NaN for one without a look. */
function stretches(
  { points }: Series,
  tickMs: number,
  window: Window,
): { values: number[]; stretchMs: number } {
  const durationMs = window.toMs - window.fromMs;
  const count = Math.min(MOST_STRETCHES, Math.floor(durationMs / (LEAST_LOOKS * tickMs)));
  const stretchMs = durationMs / count;
  let first = 0;
  const values = Array.from({ length: Math.max(0, count) }, (_, index) => {
    const fromMs = window.fromMs + index * stretchMs;
    const toMs = fromMs + stretchMs;
    let covered = 0;
    let sum = 0;
    // Points are in order, and a long one can lie in several stretches.
    while ((points[first]?.toMs ?? Number.POSITIVE_INFINITY) <= fromMs) first += 1;
    for (let at = first; at < points.length; at += 1) {
      const point = points[at] as Point;
      if (point.fromMs >= toMs) break;
      const share = Math.min(point.toMs, toMs) - Math.max(point.fromMs, fromMs);
      if (share <= 0) continue;
      covered += share;
      sum += share * point.value;
    }
    return covered > 0 ? sum / covered : Number.NaN;
  });
  return { values, stretchMs };
}
