import type { Tier } from '../../model/collector.ts';
import type { PeriodsTold, RuleResult } from '../../model/proof.ts';
import type { Claim } from './claim.ts';

/** What judging a claim comes to, beside the facts of its rule. */
export type Judgement = Pick<
  RuleResult,
  'verdict' | 'measured' | 'expected' | 'reason' | 'exceptions' | 'findings'
> & {
  tier: Tier | null;
  /** Of a periodicity rule that was judged. */
  periodsTold?: PeriodsTold;
};

/**
 * Fail when a finding breaks the rule, whatever the coverage; else inconclusive when the evidence cannot carry the
 * claim; else pass.
 * @param accepted what the user accepted for a pass, in words
 */
export function conclude(
  judgement: Omit<Judgement, 'verdict' | 'reason'>,
  doubts: readonly string[],
  accepted: string | null,
): Judgement {
  const [first] = judgement.findings;
  if (first !== undefined) return { ...judgement, verdict: 'fail', reason: first.text };
  if (doubts.length > 0)
    return { ...judgement, verdict: 'inconclusive', reason: [...new Set(doubts)].join('; ') };
  return { ...judgement, verdict: 'pass', reason: accepted };
}

/** Only a source that the user never named makes a rule not applicable; one that failed does not. */
export function notApplicable(reason: string, expected: string): Judgement {
  return {
    verdict: 'notApplicable',
    measured: 'not watched',
    expected,
    reason,
    tier: null,
    exceptions: [],
    findings: [],
  };
}

/** A judgement as the proof shows it. */
export function resultOf(
  { rule, pack, target, window, acceptSampledMs }: Claim,
  judgement: Judgement,
): RuleResult {
  const title = rule.title ?? rule.id;
  const { periodsTold = null, ...rest } = judgement;
  return {
    id: rule.id,
    pack: pack.pack,
    target,
    window: window.kind,
    windowId: window.id,
    title: judgement.verdict === 'fail' ? (rule.failureTitle ?? title) : title,
    kind: rule.kind,
    severity: rule.severity,
    ...rest,
    periodsTold,
    acceptedSeconds: acceptedSecondsOf(judgement, acceptSampledMs),
  };
}

/** A pass has a reason only where something had to be accepted for it. */
function acceptedSecondsOf({ verdict, reason }: Judgement, acceptSampledMs: number | null): number | null {
  return verdict === 'pass' && reason !== null && acceptSampledMs !== null ? acceptSampledMs / 1000 : null;
}
