import type { RuleResult } from '../../model/proof.ts';
import { missesMore } from '../coverage/tiers.ts';

/** Ranges of periods differ a little with the length of the window. */
const NEARLY = 0.9;

/** A rule of one target, in both proofs. */
export const ruleKey = ({ pack, id, target, window }: RuleResult): string =>
  JSON.stringify([pack, id, target, window]);

/** Whether a pass now may be one because less is asked or seen. */
export const provesLess = (before: RuleResult, after: RuleResult): boolean =>
  asksOther(before, after) || isOnlyWarned(before, after) || claimsLess(before, after);

/** Whether it decided the verdict of its window, and no longer does. */
export const isOnlyWarned = (before: RuleResult, after: RuleResult): boolean =>
  before.severity === 'error' && after.severity === 'warn';

/** Whether a rule that holds says less in the later proof: known less surely, or with more accepted and excused. */
export const claimsLess = (before: RuleResult, after: RuleResult): boolean =>
  missesMore(after.tier, before.tier) ||
  (after.acceptedSeconds ?? 0) > (before.acceptedSeconds ?? 0) ||
  tellsFewerPeriods(before, after);

function tellsFewerPeriods({ periodsTold: before }: RuleResult, { periodsTold: after }: RuleResult): boolean {
  if (before === null) return false;
  if (after === null) return true;
  return (
    after.upToSeconds < NEARLY * before.upToSeconds ||
    NEARLY * after.fromSeconds > before.fromSeconds ||
    (after.butExcused && !before.butExcused)
  );
}

/** Whether a rule of the same name asks for something else, or excuses what it did not excuse. */
export function asksOther(before: RuleResult, after: RuleResult): boolean {
  const excused = new Set(before.exceptions.map(({ reason }) => reason));
  if (after.exceptions.some(({ reason }) => !excused.has(reason))) return true;
  // Which periods a window could have shown depends on its length, and is told for itself.
  const isOfPeriods = before.periodsTold !== null || after.periodsTold !== null;
  return !isOfPeriods && before.expected !== after.expected;
}

/** What a rule rests on, as a comparison shows it. */
export function sayClaim({ tier, acceptedSeconds, severity, periodsTold }: RuleResult): string {
  const parts = [tier ?? 'nothing', severity === 'warn' ? 'a warning only' : null];
  if (acceptedSeconds !== null) parts.push(`what lived shorter than ${acceptedSeconds} s accepted`);
  if (periodsTold !== null) {
    const { fromSeconds, upToSeconds, butExcused } = periodsTold;
    parts.push(
      `periods of ${fromSeconds} to ${upToSeconds} s${butExcused ? ', but for what was excused' : ''}`,
    );
  }
  return parts.filter((part) => part !== null).join(', ');
}
