import type { ResourceDescriptor } from '../../model/attestation.ts';
import type { Proof, RuleResult } from '../../model/proof.ts';
import type { RuleVerdict } from '../../model/verdict.ts';

/**
 * Predicate test-result v0.1. It knows no «inconclusive»: such a proof is FAILED, and so are its rules, named as what they are in the
 * annotations. Rules that were not judged are no tests.
 */
export function testResult(proof: Proof, document: ResourceDescriptor): Record<string, unknown> {
  const { rules, rulePacks = [], headline } = proof;
  const named = (wanted: (rule: RuleResult) => boolean): string[] => rules.filter(wanted).map(testName);
  const ofVerdict = (verdict: RuleVerdict): string[] => named((rule) => rule.verdict === verdict);
  const warnedTests = named((rule) => isBroken(rule) && rule.severity === 'warn');
  const annotations = {
    ...document.annotations,
    headline,
    inconclusive: ofVerdict('inconclusive'),
    notApplicable: ofVerdict('notApplicable'),
  };
  return {
    result: proof.verdict === 'pass' ? (warnedTests.length > 0 ? 'WARNED' : 'PASSED') : 'FAILED',
    configuration: [
      ...rulePacks.map(({ pack, sha256 }) => ({ name: pack, digest: { sha256 } })),
      { ...document, annotations },
    ],
    passedTests: ofVerdict('pass'),
    warnedTests,
    failedTests: named((rule) => isBroken(rule) && rule.severity === 'error'),
  };
}

const isBroken = ({ verdict }: RuleResult): boolean => verdict === 'fail' || verdict === 'inconclusive';

/** A rule can be judged for several targets, and in the window of the stop as well. */
const testName = ({ pack, id, target, window }: RuleResult): string =>
  `${pack}/${id} (${target}${window === 'idle' ? '' : `, ${window}`})`;
