import { parseDurationMs } from '../parse/duration.ts';
import type { RulePack } from './pack.ts';

/** How far before a window causes may lie that excuse something in it: the longest `within` of any `unless`. */
export function lookBackMs(packs: readonly RulePack[]): number {
  const causes = packs.flatMap(({ unless = [], rules }) => [
    ...unless,
    ...rules.flatMap((rule) => (rule.kind === 'threshold' ? [] : (rule.unless ?? []))),
  ]);
  return Math.max(0, ...causes.map(({ within }) => parseDurationMs(within) ?? 0));
}
