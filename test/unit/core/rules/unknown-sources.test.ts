import { describe, expect, it } from 'vitest';
import type { Rule } from '../../../../src/core/rules/pack.ts';
import { unknownSources } from '../../../../src/core/rules/unknown-sources.ts';
import { ruleOf } from '../../support/packs.ts';

const rule = (fields: object): Rule => ruleOf({ kind: 'absence', activity: 'event', ...fields }).rules[0]!;

describe('sources of events that nobody reads', () => {
  it.each([
    [{ source: 'event' }, ['event']],
    [{ source: 'Events' }, []],
    [{ source: 'ev*' }, []],
    [{ source: ['events', 'audit', 'logs'] }, ['audit', 'logs']],
    [
      [{ source: 'audit' }, { 'source|startswith': 'x' }],
      ['audit', 'x'],
    ],
    [{ 'source|contains|all': ['ev', 'z'] }, ['z']],
    [{ 'source|re': '^E' }, []],
    [{ 'source|exists': true }, []],
    [{ type: 'audit' }, []],
  ])('%j', (match, unknown) => {
    const found = unknownSources(rule({ match }), ['events', 'turns']);
    expect(found).toEqual(unknown.map((value) => ({ key: 'match', value })));
  });

  it('are told of causes, and not of other activities', () => {
    const unless = { after: { activity: 'event', match: { source: 'audit' } }, within: '3s' };
    expect(unknownSources(rule({ unless }), ['events'])).toEqual([{ key: 'unless', value: 'audit' }]);
    const log = rule({ activity: 'log', match: { source: 'backend.log' } });
    expect(unknownSources(log, ['events'])).toEqual([]);
  });
});
