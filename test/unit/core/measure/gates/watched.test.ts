import { expect, it } from 'vitest';
import { judgeRule, judgeWindow, worst } from '../../../../../src/core/measure/gates/watched.ts';
import type { Proof, RuleResult } from '../../../../../src/model/proof.ts';
import type { RuleVerdict } from '../../../../../src/model/verdict.ts';

const rule = (id: string, verdict: RuleVerdict): RuleResult => ({
  id,
  pack: 'ours',
  target: 'app',
  window: 'idle',
  windowId: 'idle',
  title: id,
  kind: 'absence',
  severity: 'error',
  verdict,
  measured: '0',
  expected: 'none',
  reason: verdict === 'pass' ? null : 'why',
  tier: null,
  periodsTold: null,
  acceptedSeconds: null,
  exceptions: [],
  findings: [],
});

const proofOf = (...rules: RuleResult[]): Proof =>
  ({ rules, verdict: 'pass', warnings: [], window: { durationSeconds: 12 } }) as unknown as Proof;

const NONE: ReadonlySet<string> = new Set();

it('takes the window without the rules that have a row of their own', () => {
  const proof = proofOf(rule('cpu', 'pass'), rule('orphan-process', 'fail'));
  expect(judgeWindow(proof, new Set(['orphan-process']))).toEqual({
    expected: '1 rule kept',
    measured: '12 s watched, 1 of 1 kept',
    verdict: 'pass',
    reason: null,
  });
  expect(judgeWindow(proof, NONE)).toMatchObject({ verdict: 'fail', reason: 'orphan-process: why' });
});

it('counts the rules that decide, and says what else there is', () => {
  const warning: RuleResult = { ...rule('inbound', 'inconclusive'), severity: 'warn' };
  const proof = proofOf(rule('cpu', 'pass'), rule('wakes', 'pass'), rule('tools', 'notApplicable'), warning);
  expect(judgeWindow(proof, NONE)).toMatchObject({
    expected: '2 rules kept',
    measured: '12 s watched, 2 of 2 kept, 1 not judged, 1 warning',
    verdict: 'pass',
  });
});

it('is inconclusive by a warning where the proof is, and not by what the proof only notes', () => {
  const noted = { ...proofOf(rule('cpu', 'pass')), warnings: ['the exception excused everything'] };
  expect(judgeWindow(noted, NONE)).toMatchObject({ verdict: 'pass', reason: null });
  expect(judgeWindow({ ...noted, verdict: 'inconclusive' }, NONE)).toMatchObject({
    verdict: 'inconclusive',
    reason: 'a warning stands in the headline, and warnings count (strict)',
  });
  const open = {
    ...proofOf(rule('cpu', 'pass'), rule('wakes', 'inconclusive')),
    verdict: 'inconclusive' as const,
  };
  expect(judgeWindow(open, new Set(['wakes']))).toMatchObject({ verdict: 'pass', reason: null });
});

it('passes no window that nothing was judged in', () => {
  expect(judgeWindow(proofOf(), NONE)).toMatchObject({
    verdict: 'inconclusive',
    reason: 'nothing was judged',
  });
  expect(judgeWindow(proofOf(rule('events', 'notApplicable')), NONE).verdict).toBe('inconclusive');
});

it('passes a rule only where it passed for every target', () => {
  expect(judgeRule(proofOf(rule('a', 'pass'), rule('a', 'pass')), 'a').verdict).toBe('pass');
  expect(judgeRule(proofOf(rule('a', 'pass'), rule('a', 'fail')), 'a').verdict).toBe('fail');
  for (const verdict of ['inconclusive', 'notApplicable'] as const)
    expect(judgeRule(proofOf(rule('a', 'pass'), rule('a', verdict)), 'a').verdict).toBe('inconclusive');
  expect(judgeRule(proofOf(rule('a', 'pass')), 'b').verdict).toBe('inconclusive');
});

it('is as bad as the worst row', () => {
  expect(worst(['pass', 'inconclusive', 'fail'])).toBe('fail');
  expect(worst(['pass', 'inconclusive'])).toBe('inconclusive');
  expect(worst(['pass', 'pass'])).toBe('pass');
  expect(worst([])).toBe('inconclusive');
});
