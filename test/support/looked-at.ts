import type { Proof, RuleResult } from '../../src/model/proof.ts';

/** As rules say it; see src/core/rules/doubts/window.ts. */
const SELDOM = / of the window was looked at|nothing was looked at for .* at a stretch/;

/**
 * Whether enough of the window was looked at. On a host so busy that looks are left out, the verdict rightly is that nothing can
 * be said, by whatever was watched well; the reason is printed then.
 */
export function wasLookedAt({ rules, headline }: Pick<Proof, 'rules' | 'headline'>): boolean {
  const isSeldom = rules.some(({ reason }) => SELDOM.test(reason ?? ''));
  if (isSeldom)
    console.log(`skipped: that it passes, since the host was too busy for some looks: ${headline}`);
  return !isSeldom;
}

/** The same of one rule, which may be about another window than the others. */
export const wasLookedAtFor = (rule: RuleResult): boolean =>
  wasLookedAt({ rules: [rule], headline: rule.reason ?? '' });

/** The verdict of whoever does nothing, as far as enough of the window was looked at. */
export const idleVerdict = (proof: Proof): 'pass' | 'inconclusive' =>
  wasLookedAt(proof) ? 'pass' : 'inconclusive';
