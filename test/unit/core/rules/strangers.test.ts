import { describe, expect, it } from 'vitest';
import type { PackDocument } from '../../../../src/core/rules/pack.ts';
import { strangersIn } from '../../../../src/core/rules/strangers.ts';
import { pack, ruleOf } from '../../support/packs.ts';

const WATCHED = {
  targets: ['backend', 'model'],
  tables: ['events'],
  logs: ['/data/app.log'],
  folders: ['/srv/app/releases/42/data'],
  derived: ['derived.retry.success'],
};

const inPack = (document: PackDocument, watched = WATCHED): string[] =>
  strangersIn(document, watched).map(
    ({ name, rule, path }) => `${name} at ${[rule ?? 'pack', ...path].join('.')}`,
  );

const EVENTS = { kind: 'absence', activity: 'event' };

const named = (given: Record<string, unknown>, watched = WATCHED): string[] =>
  inPack(ruleOf('metric' in given ? given : { ...EVENTS, ...given }), watched).map((found) =>
    found.replace(' at rule.', ' at '),
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
    [{ activity: 'log', match: { source: 'app.log' } }, ['app.log at match.source']],
    [
      { activity: 'file', match: { 'path|startswith': '/srv/app/current/data/' } },
      ['/srv/app/current/data/ at match.path|startswith'],
    ],
    [
      { activity: 'file', match: { path: ['/srv/app/releases/42/data/a.db', '/srv/app/releases/42/a.db'] } },
      ['/srv/app/releases/42/a.db at match.path.1'],
    ],
    [
      { except: [{ match: { path: '/srv/a?p/dta/*' }, reason: 'known', optional: true }], activity: 'file' },
      ['/srv/a?p/dta/* at except.0.match.path'],
    ],
    ...[
      { 'path|startswith': '/srv/app' },
      { 'path|startswith': '/srv/app/releases/42/data' },
      { 'path|startswith': '/srv/*/releases/4?/data/cache/' },
      { path: '/SRV/app/releases/42/Data' },
      { path: ['*/data.db', '/srv/app/releases/42/data/*'] },
      { 'path|contains': '/current/' },
      { 'path|endswith': '/current/data/a.db' },
      { 'path|re': '^/srv/app/current/' },
      { op: 'write' },
    ].map((match): [Record<string, unknown>, string[]] => [{ activity: 'file', match }, []]),
    [{ activity: 'log', match: { 'source|endswith': '/ap.log' } }, ['/ap.log at match.source|endswith']],
    [
      { unless: { after: { activity: 'event', match: { source: 'evnts' } }, within: '5s' } },
      ['evnts at unless.after.match.source'],
    ],
    [
      { except: [{ match: { source: ['events', 'evnts'] }, reason: 'known', maxCount: 1, optional: true }] },
      ['evnts at except.0.match.source.1'],
    ],
  ])('%j', (given, expected) => expect(named(given)).toEqual(expected));

  it('is told of what excuses in the whole pack', () => {
    const document = pack({
      rules: [{ id: 'quiet', ...EVENTS, match: { source: 'evnt' } }],
      except: [
        { activity: 'network', match: { 'remote.port': 53 }, reason: 'known', optional: true },
        { activity: 'event', match: { source: 'evnts' }, reason: 'known', optional: true },
        { activity: 'network', match: { 'remote.target': 'modell' }, reason: 'known', optional: true },
        { activity: 'log', match: { source: 'app.log' }, reason: 'known', optional: true },
      ],
      unless: [
        { activity: 'event', after: { activity: 'event', match: { source: 'rows' } }, within: '5s' },
        { activity: 'event', after: { activity: 'event' }, within: '5s' },
      ],
    });
    expect(inPack(document)).toEqual([
      'evnt at quiet.match.source',
      'evnts at pack.except.1.match.source',
      'modell at pack.except.2.match.remote.target',
      'app.log at pack.except.3.match.source',
      'rows at pack.unless.0.after.match.source',
    ]);
    expect(inPack(document, { ...WATCHED, tables: [] })).toEqual([
      'modell at pack.except.2.match.remote.target',
      'app.log at pack.except.3.match.source',
    ]);
  });

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

  const threshold = { kind: 'threshold', expect: { mean: '> 90%' } };

  it('is told of a metric that the configuration does not derive', () => {
    expect(named({ ...threshold, metric: 'derived.retry.sucess' })).toEqual([
      'derived.retry.sucess at metric',
    ]);
    expect(named({ ...threshold, metric: 'derived.retry.success' })).toEqual([]);
    expect(named({ ...threshold, metric: 'log.saved.share_percent' })).toEqual([]);
  });

  it.each<Record<string, unknown>>([
    { target: 'model', match: { target: 'BACKEND', source: 'EVENTS' } },
    { match: { 'target|re': '^mod', 'source|contains': 'vent' } },
    { match: { source: 'ev*', type: 'modell' } },
    { activity: 'network', match: { 'remote.target': null } },
    { activity: 'network', match: { 'remote.target|exists': false } },
    { activity: 'log', match: { source: '/data/app.log' } },
    { activity: 'log', match: { 'source|endswith': '/app.log' } },
  ])('is nothing in %j', (given) => expect(named(given)).toEqual([]));

  it('is no table or log where no target has one: rules about them do not apply then', () => {
    expect(named({ match: { source: 'evnts' } }, { ...WATCHED, tables: [] })).toEqual([]);
    const ofLogs = { activity: 'log', match: { source: 'app.log' } };
    expect(named(ofLogs, { ...WATCHED, logs: [] })).toEqual([]);
  });
});
