import type { MetricSummary, WindowVerdict } from '../../model/window-verdict.ts';
import { dimensionNamed } from '../derive/metrics.ts';
import { quantity } from '../wording/amounts.ts';
import { type ComparedMetric, comparedIn } from './compared-metrics.ts';
import {
  ENOUGH_WINDOWS,
  type MetricReference,
  referenceOf,
  type Statistic,
  STATISTICS,
} from './reference.ts';
import { regressionKey } from './regression-key.ts';
import { middle } from '../stats/robust.ts';
import type { PastWindow } from './state.ts';
import type { Sighting, Track } from './track.ts';

/** A window of less than a quarter of the usual length has other peaks and another mean. */
const COMPARABLE_SHARE = 0.25;

/** One hour's peak is an accident. Where it breaks a budget, the budget's rule says so at once. */
const STRIKES = 2;

const shiftKey = (target: string, metric: string): string => regressionKey('shift', target, metric);

/** What later windows are held against: those pinned, those before, or whichever of both shows a rise. */
export interface Yardsticks {
  pinned: readonly WindowVerdict[];
  trailing: readonly PastWindow[];
}

/** Every metric of a window that can be compared, with whether it has risen. */
export function shiftSightings(
  window: WindowVerdict,
  tracks: Readonly<Record<string, Track>>,
  yardsticks: Yardsticks,
): Sighting[] {
  return Object.entries(window.metrics ?? {}).flatMap(([target, metrics]) =>
    comparedIn(metrics).flatMap(({ metric, summary }) => {
      const key = shiftKey(target, metric.name);
      const track = tracks[key];
      const references =
        track?.isOpen === true
          ? [track.reference]
          : referencesOf(key, target, metric, yardsticks, window.toMs - window.fromMs);
      const sightings = references
        .filter((reference) => reference !== null)
        .map((reference) => sightingOf(key, target, metric, summary, reference));
      const worst = sightings.find(({ presence }) => presence === 'present') ?? sightings[0];
      return worst === undefined ? [] : [worst];
    }),
  );
}

function referencesOf(
  key: string,
  target: string,
  metric: ComparedMetric,
  { pinned, trailing }: Yardsticks,
  durationMs: number,
): (MetricReference | null)[] {
  const steady = trailing.filter(({ risen }) => !risen.includes(key));
  const before = exactOnly(steady.map(({ metrics }) => metrics[target]?.[metric.name]));
  const isEnough = before.length >= ENOUGH_WINDOWS && isComparable(durationMs, trailing);
  return [
    referenceOf(exactOnly(pinned.map(({ metrics }) => metrics?.[target]?.[metric.name])), metric.floor),
    isEnough ? referenceOf(before, metric.floor) : null,
  ];
}

function exactOnly(summaries: readonly (MetricSummary | undefined)[]): MetricSummary[] {
  return summaries.filter((summary) => summary !== undefined && summary.atLeast !== true) as MetricSummary[];
}

function isComparable(durationMs: number, windows: readonly PastWindow[]): boolean {
  return durationMs >= COMPARABLE_SHARE * middle(windows.map(({ fromMs, toMs }) => toMs - fromMs));
}

function sightingOf(
  key: string,
  target: string,
  metric: ComparedMetric,
  summary: MetricSummary,
  reference: MetricReference,
): Sighting {
  const compared = STATISTICS.flatMap((statistic) => {
    const level = reference[statistic];
    return level === undefined ? [] : [{ statistic, level, value: summary[statistic] }];
  });
  const risen = compared.filter(({ level, value }) => value > level.above);
  const isBack = summary.atLeast !== true && compared.every(({ level, value }) => value <= level.back);
  const presence = risen.length > 0 ? 'present' : isBack ? 'absent' : 'unknown';
  const shown = risen[0] ?? compared[0];
  const degree = Math.max(
    0,
    ...risen.map(({ level, value }) => (value - level.center) / (level.above - level.center)),
  );
  return {
    key,
    severity: 'warn',
    target,
    ruleId: null,
    presence,
    least: degree,
    most: degree,
    strikesNeeded: STRIKES,
    periodMs: 0,
    sinceMs: null,
    reference,
    title: `${metric.name} of ${target} has risen`,
    text: shown === undefined ? '' : sentence(metric.name, shown.statistic, shown.value, shown.level),
  };
}

function sentence(
  metric: string,
  statistic: Statistic,
  value: number,
  { center, above }: { center: number; above: number },
): string {
  const dimension = dimensionNamed(metric);
  const say = (amount: number): string => quantity(amount, dimension);
  return `${statistic} of ${metric}: ${say(value)}; it was ${say(center)} (median), up to ${say(above)} is usual`;
}
