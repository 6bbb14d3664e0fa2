import { describe, expect, it } from 'vitest';
import { checkPack } from '../../../../src/core/rules/check.ts';
import type { Match } from '../../../../src/core/rules/pack.ts';
import { packSchema } from '../../../../src/core/rules/schema.ts';

const problemsOf = (document: Record<string, unknown>): ReturnType<typeof checkPack> =>
  checkPack(packSchema.parse({ pack: 'test', ...document }));

interface Asked {
  activity?: string;
  match?: Match;
  target?: string;
}

/** Where a rule with exceptions is refused; every one of these excuses for good. */
const refusedAt = (asked: Asked, ...allowed: Match[]): unknown => {
  const except = allowed.map((match) => ({ match, reason: 'known', optional: true }));
  const rule = { id: 'rule', kind: 'absence', activity: 'network', ...asked, except };
  const problems = problemsOf({ rules: [rule] });
  for (const { message } of problems) expect(message).toContain('excuses everything');
  return problems.map(({ path }) => path.slice(2).join('.'));
};

const OUTBOUND: Asked = { match: { direction: 'outbound' } };

describe('an exception with which nothing is left', () => {
  it.each<[Asked, Match]>([
    [OUTBOUND, { 'remote.ip': '*' }],
    [OUTBOUND, { 'remote.ip|re': '.*' }],
    [OUTBOUND, { 'remote.ip|re': '.' }],
    [OUTBOUND, { 'remote.ip|exists': true }],
    [OUTBOUND, { 'remote.ip|cidr': ['0.0.0.0/0', '::/0'] }],
    [OUTBOUND, { 'remote.ip|cidr': '0.0.0.0/0' }],
    [OUTBOUND, { 'remote.port|gte': 0 }],
    [OUTBOUND, { 'remote.port|lte': 65_535 }],
    [OUTBOUND, { 'process.name': '*' }],
    [OUTBOUND, { 'process.name|re': '[^,]' }],
    [OUTBOUND, { target: '*' }],
    [OUTBOUND, { 'target|exists': true }],
    [OUTBOUND, { direction: 'outbound' }],
    [OUTBOUND, { direction: ['inbound', 'outbound'], 'remote.ip': '*' }],
    [OUTBOUND, { direction: 'out*' }],
    [OUTBOUND, [{ 'remote.port': 53 }, { direction: 'outbound' }]],
    [{}, { direction: ['inbound', 'outbound'] }],
    [{ match: { op: 'connect' } }, { direction: 'outbound' }],
    [{ match: { op: ['connect', 'attempt'] } }, { op: ['connect', 'attempt', 'send'] }],
    [{ match: [{ op: 'connect' }, { op: 'accept' }] }, { op: ['accept', 'connect'] }],
    [{ match: { 'remote.ip': '192.0.2.1' } }, { 'remote.ip|cidr': '192.0.2.0/24' }],
    [{ match: { 'remote.ip|cidr': '10.0.0.0/8' } }, { 'remote.ip|cidr': '10.0.0.0/8' }],
    [{ match: { 'remote.port|gte': 1024 } }, { 'remote.port|gt': 1000 }],
    [{ match: { 'remote.port': [80, 443] } }, { 'remote.port': [443, 80, 8080] }],
    [{ ...OUTBOUND, target: 'app' }, { target: 'app' }],
    [{ activity: 'process', match: { op: 'spawn' } }, { op: ['spawn', 'exit'] }],
    [{ activity: 'process', match: { op: 'spawn' } }, { exe: '*' }],
    [
      { activity: 'event', match: { type: ['tool_run', 'llm_request'] } },
      { type: ['llm_request', 'tool_run'] },
    ],
    [{ activity: 'event', match: { type: 'tool_run' } }, { 'type|startswith': 'tool' }],
    [{ activity: 'event' }, { type: '*' }],
    [{ activity: 'log' }, { 'category|exists': true }],
    [{ activity: 'file' }, { op: ['create', 'write', 'delete', 'rename'] }],
    [{ activity: 'file', match: { op: 'write' } }, { op: 'write' }],
  ])('is refused: %j but %j', (asked, match) => {
    expect(refusedAt(asked, match)).toEqual(['except.0.match']);
  });

  it('is refused where it takes several together', () => {
    const all = refusedAt({}, { direction: 'inbound' }, { 'remote.port': 53 }, { direction: 'outbound' });
    expect(all).toEqual(['except.2.match']);
  });

  it.each<[Asked, Match]>([
    [OUTBOUND, { 'remote.ip': '10.*' }],
    [OUTBOUND, { 'remote.ip|cidr': ['127.0.0.0/8', '::1/128'] }],
    [OUTBOUND, { 'remote.port': 53 }],
    [OUTBOUND, { 'remote.port|gte': 1024 }],
    [OUTBOUND, { 'remote.process|exists': true }],
    [OUTBOUND, { op: 'connect' }],
    [OUTBOUND, { direction: 'outbound', protocol: 'udp' }],
    [OUTBOUND, { target: 'app' }],
    [OUTBOUND, { 'process.name|re': '^curl$' }],
    [{}, { direction: 'outbound' }],
    [{ match: { op: ['connect', 'keepalive'] } }, { direction: 'outbound' }],
    [{ match: [{ op: 'connect' }, { op: 'accept' }] }, { op: 'connect' }],
    [{ match: { 'remote.ip|cidr': '10.0.0.0/8' } }, { 'remote.ip|cidr': '10.1.0.0/16' }],
    [{ match: { 'remote.port|gte': 1024 } }, { 'remote.port|gt': 1024 }],
    [{ match: { 'remote.port': [80, 443] } }, { 'remote.port': 443 }],
    [{ activity: 'process', match: { op: 'spawn' } }, { exe: '/usr/bin/git' }],
    [{ activity: 'process', match: { op: ['spawn', 'exit'] } }, { op: 'spawn' }],
    [{ activity: 'event', match: { type: ['tool_run', 'llm_request'] } }, { type: 'tool_run' }],
    [{ activity: 'event', match: { type: 'tool_*' } }, { type: 'tool_run' }],
    [{ activity: 'event' }, { 'data.model': '*' }],
    [{ activity: 'event' }, { 'data.model|exists': true }],
    [{ activity: 'file' }, { path: '/srv/*' }],
  ])('is told from one that leaves something: %j but %j', (asked, match) => {
    expect(refusedAt(asked, match)).toEqual([]);
  });

  it('may be for so many: the rest is found', () => {
    const except = [{ match: { direction: 'outbound' }, reason: 'one of any', maxCount: 1, optional: true }];
    const rule = { id: 'rule', kind: 'absence', activity: 'network', ...OUTBOUND, except };
    expect(problemsOf({ rules: [rule] })).toEqual([]);
  });

  it('is said once where it is wrong in another way, too', () => {
    const except = [{ match: { direction: 'outbond' }, reason: 'known', optional: true }];
    const rule = { id: 'rule', kind: 'absence', activity: 'network', ...OUTBOUND, except };
    expect(problemsOf({ rules: [rule] })).toMatchObject([
      { path: ['rules', 0, 'except', 0, 'match', 'direction'] },
    ]);
  });
});

describe('an exception of a whole pack', () => {
  const calls = { id: 'calls', kind: 'absence', activity: 'network', ...OUTBOUND };
  const beats = { ...calls, id: 'beats', kind: 'periodicity', period: { max: 'window' } };
  const dns = { ...calls, id: 'dns', match: { 'remote.port': 53 } };
  const served = { ...calls, id: 'served', match: { direction: 'inbound' }, severity: 'warn' };
  const allowing = (rules: unknown[], ...matches: Match[]): unknown =>
    problemsOf({
      rules,
      except: [
        { activity: 'event', match: { type: 'x' }, reason: 'known', optional: true },
        ...matches.map((match) => ({ activity: 'network', match, reason: 'known', optional: true })),
      ],
    }).map(({ path }) => path.join('.'));

  it('is refused where no rule of the activity could fail any more', () => {
    expect(allowing([calls, beats, served], { direction: 'outbound' })).toEqual(['except.1.match']);
    expect(allowing([dns, calls], { 'remote.port': 53 }, { 'remote.ip': '*' })).toEqual(['except.2.match']);
  });

  it('may take all from one rule that is narrower than another', () => {
    expect(allowing([calls, dns], { 'remote.port': 53 })).toEqual([]);
    expect(allowing([served], { direction: 'inbound' })).toEqual([]);
  });
});
