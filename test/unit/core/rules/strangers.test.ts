import { describe, expect, it } from 'vitest';
import type { Rule } from '../../../../src/core/rules/pack.ts';
import { strangersIn } from '../../../../src/core/rules/strangers.ts';
import { ruleOf } from '../../support/packs.ts';

const WATCHED = { targets: ['backend', 'model'], tables: ['events'] };

const rule = (given: Record<string, unknown>): Rule => ruleOf(given).rules[0]!;

const EVENTS = { kind: 'absence', activity: 'event' };

const named = (given: Record<string, unknown>, watched = WATCHED): string[] =>
  strangersIn(rule('metric' in given ? given : { ...EVENTS, ...given }), watched).map(
    ({ name, path }) => `${name} at ${path.join('.')}`,
  );

describe('what a rule names in vain', () => {
  it.each<[Record<string, unknown>, string[]]>([
    [{ target: 'modell' }, ['modell at target']],
    [{ match: { target: 'modell' } }, ['modell at match.target']],
    [{ match: { target: ['model', 'modell'] } }, ['modell at match.target.1']],
    [{ match: [{ type: 'a' }, { source: 'evnts' }] }, ['evnts at match.1.source']],
    [{ match: { 'source|startswith': 'evi' } }, ['evi at match.source|startswith']],
    [{ match: { source: 'e?ents?' } }, ['e?ents? at match.source']],
    [{ activity: 'network', match: { 'remote.target': 'mode' } }, ['mode at match.remote.target']],
    [
      { unless: { after: { activity: 'event', match: { source: 'evnts' } }, within: '5s' } },
      ['evnts at unless.after.match.source'],
    ],
  ])('%j', (given, expected) => expect(named(given)).toEqual(expected));

  it('is told of the trigger of a deadline', () => {
    const after = { activity: 'event', match: { target: 'modell' } };
    const given = {
      kind: 'deadline',
      metric: 'memory.pss',
      within: '5m',
      expect: { max: '< 1GB' },
    };
    expect(named({ ...given, after })).toEqual(['modell at after.match.target']);
  });

  it.each<Record<string, unknown>>([
    { target: 'model', match: { target: 'BACKEND', source: 'EVENTS' } },
    { match: { 'target|re': '^mod', 'source|contains': 'vent' } },
    { match: { source: 'ev*', type: 'modell' } },
    { activity: 'network', match: { 'remote.target': null } },
    { activity: 'network', match: { 'remote.target|exists': false } },
    { activity: 'log', match: { source: 'app.log' } },
  ])('is nothing in %j', (given) => expect(named(given)).toEqual([]));

  it('is no table where no target has one: rules about events do not apply then', () => {
    expect(named({ match: { source: 'evnts' } }, { ...WATCHED, tables: [] })).toEqual([]);
  });
});
