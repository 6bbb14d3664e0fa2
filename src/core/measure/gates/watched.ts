import type { GateResult } from '../../../model/gate-sheet.ts';
import type { Proof, RuleResult } from '../../../model/proof.ts';
import type { RuleVerdict, Verdict } from '../../../model/verdict.ts';
import { windowVerdict } from '../../rules/verdict.ts';
import { counted, spell } from '../../wording/amounts.ts';

type Row = Omit<GateResult, 'gate' | 'target'>;

/** The row of the idle window: all rules but those that have a row of their own. What counts of warnings is as the proof has it. */
export function judgeWindow(proof: Proof, others: ReadonlySet<string>): Row {
  const rules = proof.rules.filter(({ id }) => !others.has(id));
  const byRules = windowVerdict(rules, BY_RULES);
  const isWarned = byRules === 'pass' && isHeldBack(proof);
  const verdict = isWarned ? 'inconclusive' : byRules;
  return {
    expected: `${counted(rules.filter(mustHold).length, 'rule')} kept`,
    measured: `${spell(proof.window.durationSeconds * 1000)} watched, ${countsOf(rules)}`,
    verdict,
    reason: isWarned ? WARNED : verdict === 'pass' ? null : whyNot(rules, verdict),
  };
}

const BY_RULES = { strict: false, warnings: [] };
const WARNED = 'a warning stands in the headline, and warnings count (strict)';

/** By a warning, and by no rule. Where a rule that has a row of its own failed, the proof does not say; the sheet has failed then. */
const isHeldBack = ({ rules, verdict }: Proof): boolean =>
  verdict === 'inconclusive' && windowVerdict(rules, BY_RULES) === 'pass';

/** It decides of the window. */
const mustHold = ({ severity, verdict }: RuleResult): boolean =>
  severity === 'error' && verdict !== 'notApplicable';

/** How many are kept of those that decide, and what else there is. */
function countsOf(rules: readonly RuleResult[]): string {
  const decisive = rules.filter(mustHold);
  const kept = decisive.filter(({ verdict }) => verdict === 'pass').length;
  const unjudged = rules.filter(({ verdict }) => verdict === 'notApplicable').length;
  const warnings = rules.filter(({ severity, verdict }) => severity === 'warn' && isOpen(verdict)).length;
  return [
    `${kept} of ${decisive.length} kept`,
    ...(unjudged > 0 ? [`${unjudged} not judged`] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ].join(', ');
}

const isOpen = (verdict: RuleVerdict): boolean => verdict === 'fail' || verdict === 'inconclusive';

/** The row of one rule, of all targets. A rule that nothing was judged by proves nothing. */
export function judgeRule(proof: Proof, id: string): Row {
  const rules = proof.rules.filter((rule) => rule.id === id);
  const failed = rules.some(({ verdict }) => verdict === 'fail');
  const passed = rules.length > 0 && rules.every(({ verdict }) => verdict === 'pass');
  const verdict = failed ? 'fail' : passed ? 'pass' : 'inconclusive';
  return {
    expected: [...new Set(rules.map((rule) => rule.expected))].join(', '),
    measured: rules.map(({ measured }) => measured).join(', '),
    verdict,
    reason: verdict === 'pass' ? null : whyNot(rules, verdict),
  };
}

function whyNot(rules: readonly RuleResult[], verdict: Verdict): string {
  const broken = rules.filter((rule) => rule.verdict === verdict);
  const named = broken.map(({ id, reason }) => (reason === null ? id : `${id}: ${reason}`));
  return [...new Set(named)].join('; ') || 'nothing was judged';
}

/** Fail before inconclusive before pass. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('fail')) return 'fail';
  return verdicts.length === 0 || verdicts.includes('inconclusive') ? 'inconclusive' : 'pass';
}
