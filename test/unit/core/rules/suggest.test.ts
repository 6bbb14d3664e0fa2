import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldValue } from '../../../../src/model/activity.ts';
import type { Finding, Proof, RuleResult } from '../../../../src/model/proof.ts';
import { checkPack } from '../../../../src/core/rules/check.ts';
import { judge } from '../../../../src/core/rules/evaluate.ts';
import { compileMatch } from '../../../../src/core/rules/match.ts';
import type { RulePack } from '../../../../src/core/rules/pack.ts';
import { suggestionsFor } from '../../../../src/core/rules/suggest.ts';
import { Scene } from '../../support/evidence.ts';
import { NO_NETWORK, ruleOf } from '../../support/packs.ts';

const OPTIONS = { strict: false, acceptSampledMs: null };

function proofOf(scene: Scene, packs: RulePack[]): Proof {
  return { rules: judge(scene.evidence, packs, OPTIONS) } as unknown as Proof;
}

const NO_EVENTS = ruleOf({ kind: 'absence', activity: 'event' });

function finding(subject: Record<string, FieldValue>, more: Partial<Finding> = {}): Proof {
  const found = { kind: 'absence', subject, count: 1, period: null, text: 'it happened', ...more } as Finding;
  const result = {
    pack: 'theirs',
    id: 'rule',
    severity: 'error',
    findings: [found],
  } as unknown as RuleResult;
  return { rules: [result] } as unknown as Proof;
}

describe('suggestionsFor', () => {
  it('excuses what was found, and nothing beside it', () => {
    const scene = new Scene()
      .network(10)
      .network(12)
      .network(20, { remote: { ip: '192.0.2.1', port: 80, process: null, target: null } });
    const { except, packs, others } = suggestionsFor([proofOf(scene, [NO_NETWORK])], [NO_NETWORK]);
    expect({ packs, others }).toEqual({ packs: ['test'], others: [] });
    expect(except).toMatchObject([
      {
        activity: 'network',
        match: { protocol: 'tcp', 'remote.ip': '203.0.113.7', 'remote.port': 443 },
        maxCount: 2,
        every: 'TODO',
      },
      { match: { 'remote.ip': '192.0.2.1', 'remote.port': 80 }, maxCount: 1 },
    ]);
    const filled = except.map(({ found: _found, ...entry }) => ({ ...entry, reason: 'known', every: '1h' }));
    const allowing = { ...NO_NETWORK, except: filled };
    expect(checkPack(allowing)).toEqual([]);
    expect(proofOf(scene, [allowing]).rules).toMatchObject([{ findings: [] }]);
    const more = scene.network(40, {
      remote: { ip: '198.51.100.1', port: 443, process: null, target: null },
    });
    expect(proofOf(more, [allowing]).rules).toMatchObject([{ verdict: 'fail', findings: [{ count: 1 }] }]);
  });

  it('is for the port that others connect to, whoever they are, and only for what they opened', () => {
    const scene = new Scene();
    for (const port of [40_001, 40_002, 40_003]) {
      const remote = { ip: '10.0.0.5', port, process: null, target: null };
      scene.network(10, { op: 'accept', direction: 'inbound', localPort: 8000, remote });
    }
    const everything = ruleOf({ kind: 'absence', activity: 'network' });
    const { except } = suggestionsFor([proofOf(scene, [everything])], []);
    expect(except).toMatchObject([
      {
        activity: 'network',
        match: { direction: 'inbound', protocol: 'tcp', 'local.port': 8000 },
        maxCount: 3,
      },
    ]);
  });

  it('is refused until a person has said why and how often', () => {
    const scene = new Scene().network(10);
    const { except } = suggestionsFor([proofOf(scene, [NO_NETWORK])], [NO_NETWORK]);
    const [entry] = except;
    const wrong = checkPack({
      ...NO_NETWORK,
      except: entry === undefined ? [] : [{ ...entry, every: '1h' }],
    });
    expect(wrong).toMatchObject([{ path: ['except', 0, 'reason'] }]);
  });

  it('matches the very texts that the app wrote, whatever is in them', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('*', '?', '\\', 'a', 'B', '…', ' '), minLength: 1, maxLength: 12 }),
        (type) => {
          const scene = new Scene().withEvents().row(10, type);
          const { except } = suggestionsFor([proofOf(scene, [NO_EVENTS])], [NO_EVENTS]);
          const match = compileMatch('event', except[0]?.match);
          expect(match.problems).toEqual([]);
          for (const row of scene.evidence.activities) expect(match.matches(row, null)).toBe(true);
          const other = new Scene().withEvents().row(10, `${type}x`).evidence.activities;
          for (const row of other) expect(match.matches(row, null)).toBe(false);
        },
      ),
    );
  });

  it('takes the beginning of a text that was cut', () => {
    const cut = `${'a'.repeat(200)}…`;
    expect(suggestionsFor([finding({ path: cut })], []).except).toMatchObject([
      { activity: 'file', match: { 'path|startswith': 'a'.repeat(200) } },
    ]);
  });

  it('names no number that a double does not tell from its neighbours', () => {
    const subject = { category: 'request', 'data.user': 2 ** 53 };
    const byUser = ruleOf({ kind: 'absence', activity: 'log', groupBy: Object.keys(subject) });
    const scene = new Scene().withLogs(['request']).line(10, 'request', { user: 2 ** 53 });
    const { except } = suggestionsFor([proofOf(scene, [byUser])], [byUser]);
    expect(except).toMatchObject([{ match: { category: 'request', 'data.user|exists': true } }]);
    expect(compileMatch('log', except[0]?.match).problems).toEqual([]);
    const ofUserAlone = ruleOf({ kind: 'absence', activity: 'log', groupBy: ['data.user'] });
    expect(suggestionsFor([proofOf(scene, [ofUserAlone])], [ofUserAlone])).toMatchObject({
      except: [],
      others: [{ because: 'what it was is not known; an exception would match whatever is not' }],
    });
  });

  it('knows the period, whichever rule found it', () => {
    const period = { seconds: 10.02 } as Finding['period'];
    const subject = { type: 'sync' };
    const both = [finding(subject, { count: 6 }), finding(subject, { count: 6, period, text: 'it repeats' })];
    expect(suggestionsFor(both, []).except).toMatchObject([
      { match: subject, maxCount: 6, every: '11s', found: ['it happened', 'it repeats'] },
    ]);
  });

  it('keeps to the kind of activity that the rule is about, and to the target where there are several', () => {
    const starts = ruleOf({ kind: 'absence', activity: 'process', match: { op: 'spawn' } });
    const found = finding({ exe: '/bin/sh' });
    const result = { ...found.rules[0]!, pack: starts.pack, id: starts.rules[0]!.id, target: 'backend' };
    const other = { ...result, target: 'mo*el', findings: [] };
    expect(suggestionsFor([{ ...found, rules: [result] }], [starts]).except).toMatchObject([
      { activity: 'process', match: { op: 'spawn', exe: '/bin/sh' } },
    ]);
    expect(suggestionsFor([{ ...found, rules: [result, other] }], [starts]).except).toMatchObject([
      { match: { target: 'backend', op: 'spawn', exe: '/bin/sh' } },
    ]);
  });

  it('keeps to everything that the rule asks for, keepalives and processes too', () => {
    const calls = ruleOf({
      kind: 'absence',
      activity: 'network',
      match: { op: 'keepalive', 'process.name|startswith': 'ap', 'remote.port|gte': 400 },
    });
    const scene = new Scene().network(10, { op: 'keepalive' }).network(20, { op: 'keepalive', processId: 2 });
    const { except } = suggestionsFor(
      [proofOf(new Scene().network(10, { op: 'keepalive' }), [calls])],
      [calls],
    );
    expect(except).toMatchObject([
      {
        match: {
          op: 'keepalive',
          'process.name|startswith': 'ap',
          protocol: 'tcp',
          'remote.ip': '203.0.113.7',
          'remote.port': 443,
        },
      },
    ]);
    const { matches } = compileMatch('network', except[0]!.match);
    const [alive] = scene.evidence.activities;
    const [actor] = scene.evidence.processes;
    expect(matches(alive!, actor!)).toBe(true);
    expect(matches({ ...alive!, op: 'send' } as never, actor!)).toBe(false);
    expect(matches(alive!, { ...actor!, name: 'curl' })).toBe(false);
  });

  it('keeps to those maps of a rule that can have found it', () => {
    const calls = ruleOf({
      kind: 'absence',
      activity: 'network',
      match: [
        { op: 'keepalive', 'remote.port': [443, 80] },
        { protocol: 'tcp', direction: 'outbound' },
        { protocol: 'udp', op: 'send' },
        { 'remote.ip|cidr': '10.0.0.0/8' },
      ],
    });
    const { except } = suggestionsFor([proofOf(new Scene().network(10), [calls])], [calls]);
    const found = { protocol: 'tcp', 'remote.ip': '203.0.113.7', 'remote.port': 443 };
    expect(except).toMatchObject([
      {
        match: [
          { op: 'keepalive', ...found },
          { direction: 'outbound', ...found },
        ],
      },
    ]);
    const filled = except.map(({ found: _found, ...entry }) => ({ ...entry, reason: 'known', every: '1h' }));
    expect(checkPack({ ...calls, except: filled })).toEqual([]);
    expect(proofOf(new Scene().network(10), [{ ...calls, except: filled }]).rules).toMatchObject([
      { findings: [] },
    ]);
  });

  it.each([
    ['an address that is not known', { protocol: 'udp', 'remote.ip': null, 'remote.port': null }, {}],
    ['a program that is not known', { exe: null }, {}],
    ['a program of which only is known how it was asked for', { exe: '/bin/sh (unresolved)' }, {}],
    ['a metric', { metric: 'cpu.percent', aggregate: 'mean' }, {}],
    ['many subjects together', {}, {}],
    ['an exception', { reason: 'old' }, { kind: 'exception' }],
    ['what a rule of a pack that is not here grouped by', { 'data.model': 'x' }, {}],
  ])('says that nothing can excuse %s', (_, subject, more) => {
    const { except, others } = suggestionsFor([finding(subject, more)], []);
    expect(except).toEqual([]);
    expect(others).toEqual([
      { rule: 'theirs/rule', text: 'it happened', because: expect.stringMatching(/\w/) as string },
    ]);
  });
});
