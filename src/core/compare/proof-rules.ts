import type { Proof, RuleResult } from '../../model/proof.ts';
import type { ComparedChange, ComparedItem } from '../../model/proof-comparison.ts';
import { counted } from '../wording/amounts.ts';
import { asksOther, claimsLess, isOnlyWarned, provesLess, ruleKey, sayClaim } from './rule-strength.ts';

/** Rules whose verdict is another, and those that only one of the two proofs has. */
export function compareRules(before: Proof, after: Proof): ComparedItem[] {
  const old = new Map(before.rules.map((rule) => [ruleKey(rule), rule]));
  const now = new Set(after.rules.map(ruleKey));
  const judged = after.rules.flatMap((rule) => {
    const earlier = old.get(ruleKey(rule)) ?? null;
    const change = earlier === null ? lone(rule, 'new') : changeOf(earlier, rule);
    return change === null ? [] : [itemOf(change, earlier, rule)];
  });
  const left = before.rules
    .filter((rule) => !now.has(ruleKey(rule)) && rule.verdict !== 'notApplicable')
    .map((rule) => itemOf(lone(rule, 'gone') ?? 'unknown', rule, null));
  return [...judged, ...left];
}

/** A rule that only one of the two was judged by says nothing of the other, unless it is broken now. */
function lone({ verdict }: RuleResult, change: 'new' | 'gone'): ComparedChange | null {
  if (verdict === 'fail') return change === 'new' ? 'new' : 'unknown';
  return change === 'new' ? null : 'unknown';
}

/** Between what was proved and what was not, nobody can say which is worse; nor is anything better that is only asked or seen less. */
function changeOf(before: RuleResult, after: RuleResult): ComparedChange | null {
  if (before.verdict === after.verdict) return strengthOf(before, after);
  if (after.verdict === 'fail') return 'worse';
  if (after.verdict === 'pass') return provesLess(before, after) ? 'unknown' : 'better';
  return 'unknown';
}

function strengthOf(before: RuleResult, after: RuleResult): ComparedChange | null {
  if (before.verdict === 'notApplicable') return null;
  if (isOnlyWarned(before, after)) return 'weaker';
  if (isOnlyWarned(after, before)) return 'stronger';
  if (before.verdict !== 'pass') return null;
  if (asksOther(before, after)) return 'unknown';
  if (claimsLess(before, after)) return 'weaker';
  return claimsLess(after, before) ? 'stronger' : null;
}

function itemOf(change: ComparedChange, before: RuleResult | null, after: RuleResult | null): ComparedItem {
  const { id, target } = (after ?? before) as RuleResult;
  const ofClaim = change === 'weaker' || change === 'stronger';
  const say = (rule: RuleResult | null): string | null =>
    rule === null ? null : `${rule.verdict} (${ofClaim ? sayClaim(rule) : sayResult(rule)})`;
  return { change, kind: 'rule', target, name: id, before: say(before), after: say(after) };
}

function sayResult({ measured, expected, exceptions }: RuleResult): string {
  const excused = exceptions.length === 0 ? '' : `; but for ${counted(exceptions.length, 'exception')}`;
  return `${measured}; expected: ${expected}${excused}`;
}
