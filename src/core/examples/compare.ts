import type { Proof, RuleResult } from '../../model/proof.ts';
import type { Example, Expected } from './example.ts';

/** Where an example and what came of it part. */
export interface Difference {
  /** `pack/rule (target)`, or the window. */
  of: string;
  expected: string;
  found: string;
  /** Why it was judged so. */
  reason: string | null;
}

/** Holds the proof of an example's evidence against what the example expects; empty: it is as it should be. */
export function differences(
  example: Example,
  proof: Pick<Proof, 'verdict' | 'headline' | 'rules'>,
): Difference[] {
  const found: Difference[] = [];
  if (example.verdict !== undefined && example.verdict !== proof.verdict) {
    found.push({ of: 'the window', expected: example.verdict, found: proof.verdict, reason: proof.headline });
  }
  for (const [name, told] of Object.entries(example.expect ?? {})) {
    const results = proof.rules.filter(({ id, pack }) => id === name || `${pack}/${id}` === name);
    const all: Expected[] = Array.isArray(told)
      ? told
      : [typeof told === 'string' ? { verdict: told } : told];
    for (const expected of all) found.push(...against(name, expected, results));
  }
  return found;
}

function against(name: string, expected: Expected, results: readonly RuleResult[]): Difference[] {
  const concerned = results.filter(
    ({ target }) => expected.target === undefined || target === expected.target,
  );
  if (concerned.length === 0) {
    const of = expected.target === undefined ? name : `${name} (${expected.target})`;
    return [{ of, expected: expected.verdict, found: 'not judged', reason: null }];
  }
  return concerned.flatMap((result): Difference[] => {
    const { pack, id, target, verdict, reason, findings } = result;
    const of = `${pack}/${id} (${target})`;
    if (verdict !== expected.verdict) return [{ of, expected: expected.verdict, found: verdict, reason }];
    if (expected.findings !== undefined && expected.findings !== findings.length) {
      const wanted = `${expected.findings} findings`;
      return [{ of, expected: wanted, found: String(findings.length), reason }];
    }
    const isSaid = expected.reason === undefined || (reason ?? '').includes(expected.reason);
    return isSaid ? [] : [{ of, expected: `a reason with «${expected.reason}»`, found: verdict, reason }];
  });
}
