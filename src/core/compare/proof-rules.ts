import type { Proof, RuleResult } from '../../model/proof.ts';
import type { ComparedChange, ComparedItem } from '../../model/proof-comparison.ts';
import type { RuleVerdict } from '../../model/verdict.ts';

const keyOf = ({ pack, id, target, window }: RuleResult): string =>
  JSON.stringify([pack, id, target, window]);

/** Rules whose verdict is another, and those that only one of the two proofs has. */
export function compareRules(before: Proof, after: Proof): ComparedItem[] {
  const old = new Map(before.rules.map((rule) => [keyOf(rule), rule]));
  const now = new Set(after.rules.map(keyOf));
  const judged = after.rules.flatMap((rule) => {
    const earlier = old.get(keyOf(rule)) ?? null;
    const change = earlier === null ? lone(rule, 'new') : changeOf(earlier.verdict, rule.verdict);
    return change === null ? [] : [itemOf(change, earlier, rule)];
  });
  const left = before.rules
    .filter((rule) => !now.has(keyOf(rule)) && rule.verdict !== 'notApplicable')
    .map((rule) => itemOf(lone(rule, 'gone') ?? 'unknown', rule, null));
  return [...judged, ...left];
}

/** A rule that only one of the two was judged by says nothing of the other, unless it is broken now. */
function lone({ verdict }: RuleResult, change: 'new' | 'gone'): ComparedChange | null {
  if (verdict === 'fail') return change === 'new' ? 'new' : 'unknown';
  return change === 'new' ? null : 'unknown';
}

/** Between what was proved and what was not, nobody can say which is worse. */
function changeOf(before: RuleVerdict, after: RuleVerdict): ComparedChange | null {
  if (before === after) return null;
  if (after === 'fail') return 'worse';
  if (after === 'pass') return 'better';
  return 'unknown';
}

function itemOf(change: ComparedChange, before: RuleResult | null, after: RuleResult | null): ComparedItem {
  const { id, target } = (after ?? before) as RuleResult;
  return { change, kind: 'rule', target, name: id, before: say(before), after: say(after) };
}

const say = (rule: RuleResult | null): string | null =>
  rule === null ? null : `${rule.verdict} (${rule.measured}; expected: ${rule.expected})`;
