import type { Amount, DerivedMetric, RecordKind } from '../../../model/derived-metric.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { RuleResult } from '../../../model/proof.ts';
import type { RulePack } from '../pack.ts';
import { findDerived } from './derived-values.ts';
import { nameOf, wasEverSeen } from './records.ts';

/** Records that derived metrics rest on, as far as rules ask for them, and that were never seen: a name may be mistyped. */
export function derivedInVain(
  evidence: Evidence,
  packs: readonly RulePack[],
  results: readonly RuleResult[],
): string[] {
  const told = packs.flatMap(({ pack, rules }) =>
    rules.flatMap((rule) => {
      if (rule.kind !== 'threshold') return [];
      return results
        .filter((one) => one.pack === pack && one.id === rule.id && one.verdict !== 'notApplicable')
        .flatMap(({ target }) => {
          const derived = evidence.targets.find(({ name }) => name === target)?.derived ?? {};
          const found = findDerived(derived, rule.metric);
          const kinds = found === null ? [] : kindsOf(found.metric);
          const unseen = kinds.filter((kind) => !wasEverSeen(evidence, target, kind)).map(nameOf);
          if (unseen.length === 0) return [];
          return [
            `${[...new Set(unseen)].join(', ')} of ${rule.metric} never seen in what ${target} writes down`,
          ];
        });
    }),
  );
  return [...new Set(told)];
}

function kindsOf(metric: DerivedMetric): RecordKind[] {
  if ('ratio' in metric) {
    return metric.ratio.flatMap((amount: Amount) => ('metric' in amount ? [] : [amount]));
  }
  if ('chain' in metric) return [metric.chain.from, metric.chain.to];
  const { start, firstToken, end } = metric.requests;
  return [start, ...(firstToken === undefined ? [] : [firstToken]), end];
}
