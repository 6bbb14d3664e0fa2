import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/core/rules/evaluate.ts';
import { compileMatch } from '../../../../src/core/rules/match.ts';
import type { Match } from '../../../../src/core/rules/pack.ts';
import type { Truth } from '../../../../src/core/rules/conditions/truth.ts';
import type { Activity, FieldValue } from '../../../../src/model/activity.ts';
import { Scene } from '../../support/evidence.ts';
import { ruleOf } from '../../support/packs.ts';

/** The first whole number that a double does not keep; it is read as the one before. */
const LIMIT = 2 ** 53;
/** As cells of a database keep whole numbers beyond 2^53. */
const EXACT = '9007199254740993';

function test(match: Match, n: FieldValue): Truth {
  const compiled = compileMatch('event', match);
  expect(compiled.problems).toEqual([]);
  const [row] = new Scene().row(1, 'tool_run', { data: { n } }).evidence.activities;
  return compiled.test(row as Activity, null);
}

describe('a number with more digits than a double keeps', () => {
  it.each<[string, Match, FieldValue, Truth]>([
    [
      'is more than another, or not, only where both differ as doubles',
      { 'data.n|gt': LIMIT },
      LIMIT,
      'unknown',
    ],
    ['the same, of one that is kept as text', { 'data.n|gt': LIMIT }, EXACT, 'unknown'],
    ['at least', { 'data.n|gte': LIMIT }, LIMIT, 'unknown'],
    ['less', { 'data.n|lt': LIMIT }, LIMIT, 'unknown'],
    ['more for certain', { 'data.n|gt': 5 }, LIMIT, 'yes'],
    ['less for certain', { 'data.n|lt': 5 }, LIMIT, 'no'],
    ['less than one that differs as a double', { 'data.n|lt': 2 ** 60 }, EXACT, 'yes'],
    ['may be a text of digits', { 'data.n': EXACT }, LIMIT, 'unknown'],
    ['may end as a text does', { 'data.n|endswith': '93' }, LIMIT, 'unknown'],
    ['is there', { 'data.n|exists': true }, LIMIT, 'yes'],
    ['is no truth', { 'data.n': true }, LIMIT, 'no'],
    ['that is kept as text is that text', { 'data.n': EXACT }, EXACT, 'yes'],
    ['that is kept as text is no other', { 'data.n': '9007199254740992' }, EXACT, 'no'],
    ['one that a double keeps is exact', { 'data.n': LIMIT - 1 }, LIMIT - 1, 'yes'],
    ['as text, too', { 'data.n': '9007199254740991' }, LIMIT - 1, 'yes'],
    ['and so is a limit', { 'data.n|gt': LIMIT - 1 }, LIMIT - 1, 'no'],
  ])('%s', (_, match, value, truth) => {
    expect(test(match, value)).toBe(truth);
  });

  it('is refused in a rule that asks for just that one', () => {
    expect(compileMatch('event', { 'data.n': LIMIT }).problems).toMatchObject([
      { message: '«9007199254740992» has more digits than a number keeps; put it in quotes' },
    ]);
  });

  it('is excused by no exception for its neighbour', () => {
    const rules = ruleOf({
      kind: 'absence',
      activity: 'log',
      except: [{ match: { 'data.user': '9007199254740992' }, reason: 'the health check', optional: true }],
    });
    const scene = new Scene().withLogs(['request']).line(20, 'request', { user: LIMIT });
    const [result] = judge(scene.evidence, [rules], { strict: false, acceptSampledMs: null });
    expect(result?.verdict).not.toBe('pass');
  });
});
