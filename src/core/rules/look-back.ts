import { parseDurationMs } from '../parse/duration.ts';
import { isAboutActivities, type Rule, type RulePack } from './pack.ts';

/** A deadline is due after its last trigger, which may lie before a window that was cut, as long ones are. */
const LONGEST_WINDOW_MS = 3_600_000;

/** How far before a window activities may lie that matter in it: causes that excuse something, and triggers of deadlines. */
export function lookBackMs(packs: readonly RulePack[]): number {
  const all = packs.flatMap(({ unless = [], rules }) => [
    ...unless.map(({ within }) => parseDurationMs(within) ?? 0),
    ...rules.map(ofRule),
  ]);
  return Math.max(0, ...all);
}

function ofRule(rule: Rule): number {
  if ('after' in rule) return (parseDurationMs(rule.within) ?? 0) + LONGEST_WINDOW_MS;
  return isAboutActivities(rule) ? (parseDurationMs(rule.unless?.within ?? '') ?? 0) : 0;
}
