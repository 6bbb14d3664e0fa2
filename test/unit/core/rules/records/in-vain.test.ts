import { describe, expect, it } from 'vitest';
import { judge } from '../../../../../src/core/rules/evaluate.ts';
import type { RulePack } from '../../../../../src/core/rules/pack.ts';
import type { RuleResult } from '../../../../../src/model/proof.ts';
import { Scene } from '../../../support/evidence.ts';
import { pack, ruleOf } from '../../../support/packs.ts';

function only(scene: Scene, rules: RulePack): RuleResult {
  const [result] = judge(scene.evidence, [rules], { strict: false, acceptSampledMs: null });
  if (result === undefined) throw new Error('expected a result');
  return result;
}

const absence = (activity: string, fields: Record<string, unknown>): RulePack =>
  ruleOf({ kind: 'absence', activity, ...fields });

describe('an activity that may match', () => {
  const byName = absence('event', { match: { 'process.name': 'worker' } });

  it('leaves the rule open', () => {
    expect(only(new Scene().withEvents().row(10, 'tool_run'), byName)).toMatchObject({
      verdict: 'inconclusive',
      reason: '1 tool_run row may match: process.name is not known',
      findings: [],
    });
    expect(only(new Scene().withEvents(), byName).verdict).toBe('pass');
  });

  it('does not hide a finding', () => {
    const rules = absence('network', { match: [{ 'bytesSent|gt': 1000 }, { 'remote.port': 80 }] });
    const remote = { ip: '203.0.113.7', port: 80, process: null, target: null };
    expect(only(new Scene().network(10), rules).verdict).toBe('inconclusive');
    expect(only(new Scene().network(10).network(20, { remote }), rules)).toMatchObject({
      verdict: 'fail',
      findings: [{ count: 1 }],
    });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['an exception', { except: [{ match: { 'remote.port': 443 }, reason: 'r', optional: true }] }, 'pass'],
    [
      'an exception that is over',
      { except: [{ match: { 'remote.port': 443 }, reason: 'r', optional: true, expires: '2020-01-01' }] },
      'fail',
    ],
    [
      'an exception that only may match',
      { except: [{ match: { 'lifetimeSeconds|lt': 1 }, reason: 'r', optional: true }] },
      'inconclusive',
    ],
    [
      'an exception with a count',
      { except: [{ match: { 'remote.port': 443 }, reason: 'r', optional: true, maxCount: 1 }] },
      'inconclusive',
    ],
    [
      'a cause',
      { unless: { after: { activity: 'event', match: { type: 'user_message' } }, within: '30s' } },
      'pass',
    ],
    [
      'a cause that only may match',
      { unless: { after: { activity: 'event', match: { 'process.name': 'app' } }, within: '30s' } },
      'inconclusive',
    ],
  ])('is excused for certain or not at all: %s', (_, fields, verdict) => {
    const rules = absence('network', { match: { 'bytesSent|gt': 1000 }, ...fields });
    expect(only(new Scene().withEvents().row(5, 'user_message').network(10), rules).verdict).toBe(verdict);
  });

  it('except and unless that only may match do not excuse a finding', () => {
    const rules = absence('network', {
      match: { direction: 'outbound' },
      except: [{ match: { 'lifetimeSeconds|lt': 1 }, reason: 'short', optional: true }],
    });
    expect(only(new Scene().network(10), rules).verdict).toBe('fail');
  });

  it('an exception that may have been used is not called unused', () => {
    const rules = absence('network', {
      match: { op: 'accept' },
      except: [{ match: { 'lifetimeSeconds|lt': 1 }, reason: 'short', every: '10s' }],
    });
    expect(only(new Scene(), rules).verdict).toBe('fail');
    const accepted = only(new Scene().network(10, { op: 'accept' }), rules);
    expect(accepted.exceptions).toEqual([{ reason: 'short', matched: 0, problem: null }]);
  });

  it('names a few reasons only', () => {
    const fields = ['bytesSent', 'bytesReceived', 'lifetimeSeconds'].map((name) => ({ [`${name}|gt`]: 1 }));
    expect(only(new Scene().network(10).network(20), absence('network', { match: fields })).reason).toBe(
      '2 connects may match: bytesSent is not known, bytesReceived is not known, lifetimeSeconds is not known',
    );
  });
});

describe('a column that the table does not have', () => {
  const withColumns = (columns: string[]): Scene => {
    const scene = new Scene().withEvents();
    scene.evidence.eventColumns = { app: columns };
    return scene;
  };
  const nearest = 'there is no column «modle» in the events table of app; the nearest is «model»';

  it.each<[string, Record<string, unknown>]>([
    ['match', { match: { 'data.modle': 'gpt' } }],
    ['match with a modifier', { match: { type: 'a', 'data.modle|exists': true } }],
    ['groupBy', { groupBy: ['type', 'data.modle'] }],
    [
      'groupBy, with a match of two alternatives',
      { match: [{ type: 'a' }, { 'data.model': 1 }], groupBy: ['data.modle'] },
    ],
    ['except', { except: [{ match: { 'data.modle': 'gpt' }, reason: 'r', optional: true }] }],
  ])('in %s', (_, fields) => {
    const result = only(withColumns(['id', 'type', 'model']), absence('event', fields));
    expect(result).toMatchObject({ verdict: 'inconclusive', reason: nearest });
  });

  it('in the causes of a rule and of its pack', () => {
    const after = { activity: 'event', match: { 'data.modle': 'gpt' } };
    const reason = 'there is no column «modle» in the events tables; the nearest is «model»';
    for (const rules of [
      absence('network', { unless: { after, within: '30s' } }),
      pack({
        unless: [{ activity: 'network', after, within: '30s' }],
        rules: [{ id: 'quiet', kind: 'absence', activity: 'network' }],
      }),
    ]) {
      expect(only(withColumns(['id', 'model']), rules)).toMatchObject({ verdict: 'inconclusive', reason });
    }
  });

  it('in the exceptions of its pack, for the activity that they are about', () => {
    const rules = pack({
      except: [{ activity: 'event', match: { 'data.modle': 1 }, reason: 'r', optional: true }],
      rules: [
        { id: 'rows', kind: 'absence', activity: 'event' },
        { id: 'calls', kind: 'absence', activity: 'network' },
      ],
    });
    const options = { strict: false, acceptSampledMs: null };
    const results = judge(withColumns(['model']).evidence, [rules], options);
    expect(results.map(({ verdict }) => verdict)).toEqual(['inconclusive', 'pass']);
  });

  it('is nothing to complain of where it exists, or where no columns are known', () => {
    const rules = absence('event', { match: { 'data.model': 'gpt' } });
    expect(only(withColumns(['id', 'type', 'model']), rules).verdict).toBe('pass');
    const grouped = absence('event', { groupBy: ['data.model', 'type'] });
    expect(only(withColumns(['id', 'type', 'model']), grouped).verdict).toBe('pass');
    expect(only(new Scene().withEvents(), grouped).verdict).toBe('pass');
    expect(only(new Scene().withEvents(), rules).verdict).toBe('pass');
  });
});

describe('what sampling never sees', () => {
  it.each<[Record<string, unknown> | Record<string, unknown>[], string | null]>([
    [{ op: 'attempt' }, 'attempts are not seen by sampling'],
    [{ protocol: ['icmp', 'raw'] }, 'activities over icmp, raw are not seen by sampling'],
    [{ op: 'send', protocol: 'udp' }, 'sends over udp are not seen by sampling'],
    [[{ op: 'connect' }, { protocol: 'vsock' }], 'activities over vsock are not seen by sampling'],
    [{ op: ['connect', 'attempt'] }, null],
    [{ protocol: ['tcp', 'icmp'] }, null],
    [{ direction: 'outbound' }, null],
  ])('%j', (match, reason) => {
    const rules = absence('network', { match });
    expect(only(new Scene(), rules)).toMatchObject({
      verdict: reason === null ? 'pass' : 'inconclusive',
      reason,
    });
    expect(only(new Scene().report('trace', { tier: 'zero-miss' }), rules).verdict).toBe('pass');
  });

  it('is told beside what nobody has counted', () => {
    const rules = absence('network', { match: { op: ['attempt', 'keepalive'] } });
    expect(only(new Scene(), rules)).toMatchObject({
      verdict: 'inconclusive',
      reason:
        'attempts are not seen by sampling; keepalives were not counted in the network namespace of app',
    });
  });

  it('is not seen by a trace that is not whole either', () => {
    const rules = absence('network', { match: { op: 'attempt' } });
    const scene = new Scene().report('trace', { tier: 'zero-miss', lost: 5 });
    expect(only(scene, rules).verdict).toBe('inconclusive');
  });
});
