import { closest } from 'fastest-levenshtein';
import { placeOfRule } from '../config/rule-place.ts';
import type { RulePack } from '../core/rules/pack.ts';
import { unknownSources } from '../core/rules/unknown-sources.ts';
import { IdleproofError } from '../errors.ts';
import type { TargetSpec } from '../model/target.ts';

/** What rules are asked about. */
export type RuleTarget = Pick<TargetSpec, 'name' | 'events'>;

/** A rule about a table of events that nobody reads would never match; where there is none at all, it is not applicable. */
export function refuseUnknownSources(packs: readonly RulePack[], targets: readonly RuleTarget[]): void {
  for (const pack of packs) {
    for (const rule of pack.rules) {
      const concerned = targets.filter(({ name }) => rule.target === undefined || name === rule.target);
      const tables = concerned.flatMap(({ events }) => (events === null ? [] : [events.table]));
      const [unknown] = tables.length === 0 ? [] : unknownSources(rule, tables);
      if (unknown === undefined) continue;
      const file = placeOfRule(pack, rule.id, unknown.key);
      const nearest = closest(unknown.value, tables);
      throw new IdleproofError('RULE_SOURCE_UNKNOWN', {
        file,
        id: rule.id,
        source: unknown.value,
        nearest,
      });
    }
  }
}

/** A rule for a target that is not watched would never be judged. */
export function refuseUnknownTargets(packs: readonly RulePack[], targets: readonly { name: string }[]): void {
  const names = targets.map(({ name }) => name);
  for (const pack of packs) {
    for (const { id, target } of pack.rules) {
      if (target === undefined || names.includes(target)) continue;
      const nearest = closest(target, names);
      const file = placeOfRule(pack, id, 'target');
      throw new IdleproofError('RULE_TARGET_UNKNOWN', { file, id, target, nearest });
    }
  }
}
