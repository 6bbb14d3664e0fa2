import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestProof, type ProofDigest } from '../../../../src/core/proof/digest.ts';
import { proofOf } from '../../../support/proofs.ts';

const openedMs = Date.UTC(2026, 10, 20, 6);
const problemOf = (text: string): string => (digestProof('x', text) as { problem: string }).problem;

describe('digestProof', () => {
  it('keeps what summaries need', () => {
    const digest = digestProof(
      'a/proof.json',
      JSON.stringify(proofOf({ openedMs, agent: true })),
    ) as ProofDigest;
    expect(digest).toMatchObject({ path: 'a/proof.json', windowId: 'after-chat', verdict: 'fail', openedMs });
    expect(digest.findings[0]).toMatchObject({
      ruleId: 'network-activity',
      severity: 'error',
      target: 'app',
    });
    // Of a metric: no times of its own.
    expect(digest.findings.find(({ ruleId }) => ruleId === 'idle-cpu')).toMatchObject({
      firstAt: digest.opened,
    });
  });

  it('reads a proof that has more in it than is known', () => {
    const newer = { ...proofOf({ openedMs }), more: [1] };
    expect(digestProof('x', JSON.stringify(newer))).not.toHaveProperty('problem');
  });

  it.each([
    ['', /empty/],
    ['{"schemaVersion": 1, "verd', /not whole JSON/],
    ['{"verdict": "pass",\n"verdict": "fail"}', /«verdict» twice in one object \(line 2, column 1\)/],
    ['null', /not a proof/],
    ['[]', /not a proof/],
    ['{"schemaVersion": 2}', /not a proof of this version \(schemaVersion\)/],
  ])('%j is a problem', (text, problem) => expect(problemOf(text)).toMatch(problem));

  it('takes no verdict, time or number that is none', () => {
    const proof = proofOf({ openedMs });
    expect(problemOf(JSON.stringify({ ...proof, verdict: 'passed' }))).toMatch(/verdict/);
    const closed = { utc: 'yesterday', local: 'yesterday' };
    expect(problemOf(JSON.stringify({ ...proof, window: { ...proof.window, closed } }))).toMatch(
      /window\.closed/,
    );
    const early = { ...proof.window, closed: { ...proof.window.closed, utc: '2020-01-01T00:00:00.000Z' } };
    expect(problemOf(JSON.stringify({ ...proof, window: early }))).toMatch(/closed before it opened/);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(problemOf(text)).toBeTypeOf('string');
      }),
    );
  });
});
