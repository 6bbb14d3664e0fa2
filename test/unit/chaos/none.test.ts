import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../chaos/faults/all.ts';
import type { Outcome } from '../../chaos/outcome.ts';
import { needsTrace } from '../../chaos/trace-instances.ts';
import type { Proof } from '../../../src/model/proof.ts';
import { proofOf } from '../../support/proofs.ts';

const without = needsTrace();
if (without !== null) console.log(`skipped: what has to be proved where nothing goes wrong: ${without}`);

const said = (verdict: Proof['verdict'] | null): Outcome => ({
  proof: verdict === null ? null : proofOf({ openedMs: 0, verdict }),
  code: 2,
  stderr: '',
});

describe.skipIf(without !== null).each(['none', 'watch-none'])('where nothing goes wrong: %s', (name) => {
  it.each([
    ['pass', false],
    ['fail', false],
    ['inconclusive', true],
    [null, true],
  ] as const)('%s shows nothing: %s', (verdict, expected) => {
    const fault = FAULTS.find((one) => one.name === name);
    expect(fault?.missed?.(said(verdict)) != null).toBe(expected);
  });
});
