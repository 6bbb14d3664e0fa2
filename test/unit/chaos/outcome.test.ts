import { describe, expect, it } from 'vitest';
import type { Proof } from '../../../src/model/proof.ts';
import type { RuleId } from '../../chaos/activity.ts';
import { judgeSaid, type Outcome, outside, saidBy } from '../../chaos/outcome.ts';
import { proofOf } from '../../support/proofs.ts';

type Verdicts = Partial<Record<RuleId, Proof['verdict']>>;

const OPENED_MS = Date.UTC(2026, 10, 21, 15, 0, 0);

/** What a check says that gave these verdicts. */
function outcomeOf(verdict: Proof['verdict'], verdicts: Verdicts, code = 2): Outcome {
  const proof = proofOf({ openedMs: OPENED_MS, minutes: 1, verdict });
  const [rule] = proof.rules;
  proof.rules = Object.entries(verdicts).map(([id, one]) => ({ ...rule!, id, verdict: one }));
  return { proof, code, stderr: '' };
}

const judged = (outcome: Outcome, broken: RuleId[], doubtful: RuleId[] = []): string =>
  judgeSaid(saidBy(outcome, 'calls'), outcome, broken, doubtful);

describe('what is said of a window in which something was done', () => {
  it.each<[string, Outcome, string]>([
    ['a fail', outcomeOf('fail', { calls: 'fail', cpu: 'pass' }, 1), 'ok'],
    ['doubt', outcomeOf('inconclusive', { calls: 'inconclusive' }), 'ok'],
    ['nothing', { proof: null, code: 4, stderr: 'the disk is full' }, 'ok'],
    ['a pass', outcomeOf('pass', { calls: 'pass' }, 0), 'false pass'],
    ['a pass of the rule, and doubt elsewhere', outcomeOf('inconclusive', { calls: 'pass' }), 'false pass'],
    ['a pass of the window, since the rule was left out', outcomeOf('pass', { cpu: 'pass' }), 'false pass'],
    ['an exit code of a pass, and no proof', { proof: null, code: 0, stderr: '' }, 'false pass'],
    ['a fail of another rule', outcomeOf('fail', { calls: 'inconclusive', tools: 'fail' }, 1), 'false fail'],
  ])('is right or wrong: %s', (_, outcome, expected) => {
    expect(judged(outcome, ['calls'])).toBe(expected);
  });

  it('must not pass any of the rules that were broken', () => {
    const outcome = outcomeOf('fail', { calls: 'fail', children: 'pass' }, 1);
    expect(judged(outcome, ['calls', 'children'])).toBe('false pass');
  });
});

describe('what is said of a window in which nothing was done', () => {
  it.each<[string, Outcome, string]>([
    ['a pass', outcomeOf('pass', { calls: 'pass' }, 0), 'ok'],
    ['doubt', outcomeOf('inconclusive', { calls: 'inconclusive' }), 'ok'],
    ['a fail', outcomeOf('fail', { calls: 'fail' }, 1), 'false fail'],
  ])('is right or wrong: %s', (_, outcome, expected) => {
    expect(judged(outcome, [])).toBe(expected);
  });

  it('may fail a rule that the fault can break by itself, and no other', () => {
    const outcome = outcomeOf('fail', { cpu: 'fail' }, 1);
    expect(judged(outcome, [], ['cpu'])).toBe('ok');
    expect(judged(outcome, [], ['tools'])).toBe('false fail');
  });
});

describe('an activity', () => {
  const outcome = outcomeOf('pass', { calls: 'pass' });
  it.each([
    ['inside', 1_000, 2_000, false],
    ['before the window', -10, 5, true],
    ['after it', 59_990, 60_010, true],
  ])('counts where it was inside of the window: %s', (_, fromMs, toMs, expected) => {
    const acted = { fromMs: OPENED_MS + fromMs, toMs: OPENED_MS + toMs };
    expect(outside(outcome, acted, 'activity') !== null).toBe(expected);
  });
});
