import type { Finding, Proof, RuleResult } from '../../model/proof.ts';
import type { ComparedChange, ComparedItem } from '../../model/proof-comparison.ts';
import type { WindowVerdict } from '../../model/window-verdict.ts';
import { presenceIn, ratePerHour } from './findings.ts';
import { windowVerdictOf } from './from-proof.ts';
import { regressionKey, subjectKey } from './regression-key.ts';
import { provesLess, ruleKey } from './rule-strength.ts';

/** What a rule found of one subject in one window. */
interface Found {
  rule: RuleResult;
  findings: Finding[];
}

/** Findings by rule, target and subject: those of one proof alone, and those of both that are clearly more or fewer. */
export function compareFindings(before: Proof, after: Proof): ComparedItem[] {
  const [old, now] = [foundIn(before), foundIn(after)];
  const [oldWindow, nowWindow] = [before, after].map(windowOf) as [WindowVerdict, WindowVerdict];
  const rules = new Map(after.rules.map((rule) => [ruleKey(rule), rule]));
  const isSeenAsWell = (rule: RuleResult): boolean => {
    const later = rules.get(ruleKey(rule));
    return later !== undefined && !provesLess(rule, later);
  };
  const seen = [...now].flatMap(([key, found]) => {
    const earlier = old.get(key);
    const change =
      earlier === undefined ? 'new' : changeOf(rateOf(earlier, oldWindow), rateOf(found, nowWindow));
    if (change === null) return [];
    const isTold = change !== 'better' || earlier === undefined || isSeenAsWell(earlier.rule);
    return [itemOf(isTold ? change : 'unknown', earlier, found)];
  });
  const gone = [...old]
    .filter(([key]) => !now.has(key))
    .map(([, found]) => {
      const { id: ruleId, target } = found.rule;
      const isGone = presenceIn(nowWindow, { ruleId, target }) === 'absent' && isSeenAsWell(found.rule);
      return itemOf(isGone ? 'gone' : 'unknown', found, undefined);
    });
  return [...seen, ...gone];
}

function foundIn({ rules }: Proof): Map<string, Found> {
  const found = new Map<string, Found>();
  for (const rule of rules) {
    for (const finding of rule.findings) {
      const key = regressionKey('finding', rule.id, rule.target, rule.window, subjectKey(finding.subject));
      const known = found.get(key) ?? { rule, findings: [] };
      known.findings.push(finding);
      found.set(key, known);
    }
  }
  return found;
}

function windowOf(proof: Proof): WindowVerdict {
  const { opened, closed } = proof.window;
  return windowVerdictOf(proof, { fromMs: Date.parse(opened.utc), toMs: Date.parse(closed.utc) });
}

const rateOf = ({ rule: { id, target, verdict, severity }, findings }: Found, window: WindowVerdict) =>
  ratePerHour(
    { id, target, verdict, severity, findings: [] },
    findings.map(({ subject, count }) => ({ subject, count })),
    window,
  );

interface Rate {
  least: number;
  most: number;
}

/** Only what chance does not explain. */
function changeOf(before: Rate, after: Rate): ComparedChange | null {
  if (after.least > before.most) return 'worse';
  return after.most < before.least ? 'better' : null;
}

function itemOf(change: ComparedChange, before: Found | undefined, after: Found | undefined): ComparedItem {
  const { rule } = (after ?? before) as Found;
  const say = (found: Found | undefined): string | null =>
    found === undefined ? null : found.findings.map(({ text }) => text).join('; ');
  return {
    change,
    kind: 'finding',
    target: rule.target,
    name: rule.id,
    before: say(before),
    after: say(after),
  };
}
