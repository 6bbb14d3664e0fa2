import type { RuleResult } from '../../model/proof.ts';
import type { Verdict } from '../../model/verdict.ts';

export interface VerdictOptions {
  strict: boolean;
  /** Warnings of the headline; see warningsOf. */
  warnings: readonly string[];
}

/**
 * The verdict of a window: fail if a rule of severity error failed; else inconclusive if one is inconclusive, if nothing
 * was judged at all, or if a warning stands and warnings count; else pass. Rules of severity warn never change it.
 */
export function windowVerdict(results: readonly RuleResult[], { strict, warnings }: VerdictOptions): Verdict {
  const errors = results.filter(({ severity }) => severity === 'error');
  if (errors.some(({ verdict }) => verdict === 'fail')) return 'fail';
  if (errors.some(({ verdict }) => verdict === 'inconclusive')) return 'inconclusive';
  // Where a pack has nothing but warnings, something must at least have been judged.
  const counted = errors.length > 0 ? errors : results;
  const isJudged = counted.some(({ verdict }) => verdict === 'pass' || verdict === 'fail');
  if (!isJudged) return 'inconclusive';
  return strict && warnings.length > 0 ? 'inconclusive' : 'pass';
}
