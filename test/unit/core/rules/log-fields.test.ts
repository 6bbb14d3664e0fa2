import { describe, expect, it } from 'vitest';
import type { RulePack } from '../../../../src/core/rules/pack.ts';
import { warningsOf } from '../../../../src/core/rules/warnings.ts';
import { judge } from '../../../../src/core/rules/evaluate.ts';
import type { RuleResult } from '../../../../src/model/proof.ts';
import { Scene } from '../../support/evidence.ts';
import { pack } from '../../support/packs.ts';

const OPTIONS = { strict: false, acceptSampledMs: null };
const INFERENCE = { inference: ['category', 'total_ms'], load: ['category', 'model'] };
const LOGS = [{ file: '/a.log', format: 'jsonl' as const }];

/** A target whose lines had these fields, by category; null: nobody recorded them. */
function logged(logFields: Record<string, string[]> | null, categories = Object.keys(INFERENCE)): Scene {
  const known = logFields === null ? {} : { logFields };
  return new Scene()
    .target({ logs: LOGS, logCategories: categories, ...known })
    .report('logs', { tier: 'counter', target: 'app' });
}

const absence = (fields: Record<string, unknown>, activity = 'log'): RulePack =>
  pack({ rules: [{ id: 'quiet', kind: 'absence', activity, ...fields }] });

function only({ evidence }: Scene, rules: RulePack): RuleResult {
  const [result] = judge(evidence, [rules], OPTIONS);
  if (result === undefined) throw new Error('nothing was judged');
  return result;
}

describe('a field that no line of a log ever had', () => {
  it.each<[string, Record<string, unknown>]>([
    ['match', { match: { category: 'inference', 'data.totl_ms|gt': 5000 } }],
    ['a field of another category', { match: { category: 'load', 'data.total_ms|gt': 5000 } }],
    ['match by pattern', { match: { 'category|startswith': 'inf', 'data.totl_ms|gt': 5000 } }],
    ['groupBy', { groupBy: ['category', 'data.totl_ms'] }],
    ['groupBy, of lines of another category', { match: { category: 'load' }, groupBy: ['data.total_ms'] }],
    ['except', { except: [{ match: { 'data.totl_ms|exists': false }, reason: 'r', optional: true }] }],
  ])('in %s', (_, fields) => {
    const { verdict, reason } = only(logged(INFERENCE), absence(fields));
    expect(verdict).toBe('inconclusive');
    expect(reason).toMatch(/^there is no field «tot(?:a)?l_ms» in the lines of app; the nearest is «\w+»$/);
  });

  it('in causes, of whichever target, and in the exceptions of a pack', () => {
    const after = { activity: 'log', match: { category: 'inference', 'data.totl_ms|gt': 1 } };
    const scene = logged(INFERENCE);
    const reason = 'there is no field «totl_ms» in the lines of app; the nearest is «total_ms»';
    expect(only(scene, absence({ unless: { after, within: '30s' } }, 'network'))).toMatchObject({
      verdict: 'inconclusive',
      reason,
    });
    const shared = pack({
      except: [{ activity: 'log', match: { 'data.usr|exists': false }, reason: 'r', optional: true }],
      rules: [{ id: 'quiet', kind: 'absence', activity: 'log' }],
    });
    expect(only(scene, shared).verdict).toBe('inconclusive');
  });

  it('is none where the rule is for any target, and lines of another one have it', () => {
    const both = (): Scene =>
      logged(INFERENCE)
        .target({ name: 'other', logs: LOGS, logCategories: ['line'], logFields: { line: ['model'] } })
        .process({ id: 2, pid: 200, name: 'other', target: 'other' })
        .report('logs', { target: null });
    const match = { 'data.total_ms|gt': 5000 };
    const verdicts = (fields: Record<string, unknown>): string[] =>
      judge(both().evidence, [absence(fields)], OPTIONS).map(({ verdict }) => verdict);
    expect(verdicts({ match })).toEqual(['pass', 'pass']);
    expect(verdicts({ match, target: 'other' })).toEqual(['inconclusive']);
    expect(verdicts({ match: { 'data.totl_ms|gt': 5000 } })).toEqual(['inconclusive', 'inconclusive']);
  });

  it('is none that a rule groups by where lines of one alternative have it, or need not', () => {
    for (const match of [
      [{ category: 'load' }, { category: 'inference', 'data.total_ms|gt': 5 }],
      { category: 'load', 'data.total_ms|exists': true },
      { category: 'unseen' },
    ])
      expect(only(logged(INFERENCE), absence({ match, groupBy: ['data.total_ms'] })).verdict).toBe('pass');
  });

  it('is a warning where its map says that lines need not have it', () => {
    const rules = absence({
      match: { category: 'inference', 'data.error|exists': true, 'data.error': 'lost' },
    });
    const { evidence } = logged(INFERENCE);
    const results = judge(evidence, [rules], OPTIONS);
    expect(results).toMatchObject([{ verdict: 'pass' }]);
    expect(warningsOf(evidence, [rules], results)).toEqual([
      'data.error never seen in the logs of app; fields seen: category, total_ms',
    ]);
  });

  it.each<[string, Scene, Record<string, unknown>]>([
    ['one that there is', logged(INFERENCE), { category: 'inference', 'data.total_ms|gt': 5 }],
    ['one of some category', logged(INFERENCE), { 'data.model': 'gpt' }],
    ['a category that never came', logged(INFERENCE), { category: 'retry', 'data.count|gt': 5 }],
    ['a log that told nothing yet', logged({}, []), { 'data.count|gt': 5 }],
    ['evidence that does not have them', logged(null), { 'data.count|gt': 5 }],
    [
      'a category whose fields are not all known',
      logged({ load: ['model'] }),
      { category: 'inference', 'data.x': 5 },
    ],
  ])('is nothing to complain of: %s', (_, scene, match) => {
    expect(only(scene, absence({ match })).verdict).toBe('pass');
  });
});
