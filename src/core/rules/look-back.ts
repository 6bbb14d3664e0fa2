import { parseDurationMs } from '../parse/duration.ts';
import { recordMetric } from './records/record-metric.ts';
import { isAboutActivities, type Rule, type RulePack } from './pack.ts';

/** A deadline is due after its last trigger, which may lie before a window that was cut, as long ones are. */
const LONGEST_WINDOW_MS = 3_600_000;

/** A request that ends in a window has begun before it: no longer ago, or its end is that of an unknown one. */
const LONGEST_REQUEST_MS = 3_600_000;

/** How far before a window activities may lie that matter in it: causes that excuse something, triggers of deadlines, and starts of requests. */
export function lookBackMs(packs: readonly RulePack[]): number {
  const all = packs.flatMap(({ unless = [], rules }) => [
    ...unless.map(({ within }) => parseDurationMs(within) ?? 0),
    ...rules.map(ofRule),
  ]);
  return Math.max(0, ...all);
}

function ofRule(rule: Rule): number {
  if ('after' in rule) return (parseDurationMs(rule.within) ?? 0) + LONGEST_WINDOW_MS;
  if ('metric' in rule && recordMetric(rule.metric ?? '')?.of === 'derived') return LONGEST_REQUEST_MS;
  return isAboutActivities(rule) ? (parseDurationMs(rule.unless?.within ?? '') ?? 0) : 0;
}
