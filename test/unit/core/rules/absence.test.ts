import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/core/rules/evaluate.ts';
import type { RulePack } from '../../../../src/core/rules/pack.ts';
import type { RuleResult } from '../../../../src/model/proof.ts';
import { Scene, at } from '../../support/evidence.ts';
import { NO_NETWORK, NO_TOOLS, pack, ruleOf } from '../../support/packs.ts';
import { cautionsOf } from '../../../../src/core/rules/warnings.ts';

function only(scene: Scene, rules: RulePack): RuleResult {
  const [result] = judge(scene.evidence, [rules], { strict: false, acceptSampledMs: null });
  if (result === undefined) throw new Error('expected a result');
  return result;
}

describe('a datagram socket that was connected', () => {
  const ZERO_MISS = { tier: 'zero-miss' } as const;
  const connected = (): Scene => new Scene().network(10, { protocol: 'udp' });

  it('has sent nothing where a trace that missed nothing tells of no datagram', () => {
    expect(only(connected().report('trace', ZERO_MISS), NO_NETWORK)).toMatchObject({
      verdict: 'pass',
      tier: 'zero-miss',
      findings: [],
    });
    const sent = connected().network(11, { protocol: 'udp', op: 'send', collector: 'trace', bytesSent: 5 });
    expect(only(sent.report('trace', ZERO_MISS), NO_NETWORK).measured).toBe('1 send');
  });

  it.each([
    ['no trace', '1 connect', (scene: Scene) => scene],
    [
      'a trace that lost records',
      'at least 1 connect',
      (scene: Scene) => scene.report('trace', { ...ZERO_MISS, lost: 1 }),
    ],
    [
      'a trace that failed for a while',
      'at least 1 connect',
      (scene: Scene) => scene.report('trace', ZERO_MISS).gap(2, 3, 'trace'),
    ],
  ])('counts with %s: datagrams may have gone on it', (_, measured, change) => {
    expect(only(change(connected()), NO_NETWORK)).toMatchObject({ verdict: 'fail', measured });
  });

  it('is not confused with a connection, or with a port that is open', () => {
    const scene = new Scene()
      .report('trace', ZERO_MISS)
      .network(10)
      .network(20, { protocol: 'udp', op: 'listen' });
    expect(only(scene, NO_NETWORK).measured).toBe('1 connect, 1 listen');
  });
});

describe('a count of what a collector has partly left out', () => {
  const twice = (): Scene => new Scene().network(10).network(20, { op: 'attempt' });

  it.each([
    ['a trace that lost records', (scene: Scene) => scene.report('trace', { tier: 'zero-miss', lost: 7 })],
    [
      'a trace that failed for a while',
      (scene: Scene) => scene.report('trace', { tier: 'zero-miss' }).gap(2, 3, 'trace'),
    ],
    [
      'a trace that could not follow everything',
      (scene: Scene) => scene.report('trace', { tier: 'zero-miss', status: 'partial' }),
    ],
  ])('is the least that there was: %s', (_, change) => {
    const result = only(change(twice()), NO_NETWORK);
    expect(result).toMatchObject({ verdict: 'fail', measured: 'at least 1 connect, 1 attempt' });
    expect(result.reason).toContain(', at least 2 times in ');
  });

  it('is exact where another collector missed nothing', () => {
    const traced = twice().report('trace', { tier: 'zero-miss' }).gap(2, 3, 'sockets');
    const result = only(traced, NO_NETWORK);
    expect(result.measured).toBe('1 connect, 1 attempt');
    expect(result.reason).toContain(', 2 times in ');
  });

  it('stays 0 where nothing was found', () => {
    const nothing = new Scene().report('trace', { tier: 'zero-miss', lost: 7 });
    expect(only(nothing, NO_NETWORK).measured).toBe('0');
  });
});

describe('what counts as one', () => {
  it('a connection counts once, whatever is sent on it within a tick', () => {
    const scene = new Scene()
      .network(10)
      .network(10, { op: 'send', bytesSent: 5 })
      .network(10.5, { op: 'receive' });
    expect(only(scene, NO_NETWORK)).toMatchObject({ measured: '1 connect', findings: [{ count: 1 }] });
  });

  it('later sends on it count one each', () => {
    const scene = new Scene().network(10);
    for (const second of [11, 12, 13]) scene.network(second, { op: 'send', bytesSent: 5 });
    expect(only(scene, NO_NETWORK).measured).toBe('3 sends, 1 connect');
  });

  it('each connection and each attempt counts', () => {
    const scene = new Scene()
      .network(10)
      .network(10, { localPort: 40_001 })
      .network(10, { op: 'attempt', localPort: null })
      .network(10, { op: 'attempt', localPort: null });
    expect(only(scene, NO_NETWORK).findings[0]?.count).toBe(4);
  });

  it('several datagrams to one remote within a tick count once', () => {
    const scene = new Scene();
    for (const localPort of [1, 2, 3]) scene.network(10, { op: 'send', protocol: 'udp', localPort });
    scene.network(11, { op: 'send', protocol: 'udp' });
    expect(only(scene, NO_NETWORK).measured).toBe('2 sends');
  });
});

describe('a transfer both ways in one look', () => {
  it('is told by what the end did that opened the connection', () => {
    const both = (scene: Scene, direction: 'inbound' | 'outbound'): Scene =>
      scene
        .network(10, { op: 'receive', direction, bytesReceived: 900 })
        .network(10, { op: 'send', direction, bytesSent: 60 });
    const everything = ruleOf({ kind: 'absence', activity: 'network' });
    expect(only(both(new Scene(), 'outbound'), everything)).toMatchObject({
      measured: '1 send',
      findings: [{ text: 'app (pid 100, app) sent to 203.0.113.7:443, 60 bytes sent, 900 received' }],
    });
    expect(only(both(new Scene(), 'inbound'), everything).measured).toBe('1 receive');
  });
});

describe('what belongs to a window', () => {
  it.each([
    [0, false],
    [0.001, true],
    [60, true],
    [60.001, false],
    [-1, false],
  ])('something at %d s: %s', (second, belongs) => {
    expect(only(new Scene().network(second), NO_NETWORK).verdict).toBe(belongs ? 'fail' : 'pass');
  });

  it.each<[string, Parameters<Scene['row']>[2], boolean]>([
    [
      'first seen in the window, stamped long before',
      { firstSeenAtMs: at(10), stampedAtMs: at(-9000) },
      true,
    ],
    ['first seen before the window, stamped in it', { firstSeenAtMs: at(-1), stampedAtMs: at(10) }, false],
    ['first seen after the close, stamped in it', { firstSeenAtMs: at(61), stampedAtMs: at(59) }, true],
    ['first seen after the close, stamped after it', { firstSeenAtMs: at(61), stampedAtMs: at(60.5) }, false],
    [
      'first seen after the close, with a doubtful stamp',
      { firstSeenAtMs: at(61), stampedAtMs: at(-9e4), stampDoubtful: true },
      true,
    ],
    [
      'first seen after the close, with an unreadable stamp',
      { firstSeenAtMs: at(61), stampedAtMs: null },
      true,
    ],
    ['first seen long after, with an unreadable stamp', { firstSeenAtMs: at(90), stampedAtMs: null }, false],
    [
      'without a stamp, that was not there at the close',
      { firstSeenAtMs: at(61), notBeforeMs: at(60), stampedAtMs: null },
      false,
    ],
    [
      'without a stamp, that may have been there at the close',
      { firstSeenAtMs: at(61), notBeforeMs: at(59.5), stampedAtMs: null },
      true,
    ],
    [
      'stamped in the window, that was not there at the close',
      { firstSeenAtMs: at(69), notBeforeMs: at(68), stampedAtMs: at(50), stampDoubtful: true },
      true,
    ],
    [
      'stamped elsewhere, that was not there at the close',
      { firstSeenAtMs: at(61), notBeforeMs: at(60), stampedAtMs: at(-9e4), stampDoubtful: true },
      false,
    ],
  ])('a row %s: %s', (_, fields, belongs) => {
    const scene = new Scene().withEvents().row(10, 'tool_run', fields);
    expect(only(scene, NO_TOOLS).verdict).toBe(belongs ? 'fail' : 'pass');
  });
});

describe('unless', () => {
  it.each([
    [-20, 5, 'pass'],
    [2, 2, 'pass'],
    [2, 32, 'pass'],
    [2, 32.001, 'fail'],
    [3, 2, 'fail'],
  ])('a message at %d s, a tool at %d s: %s', (message, tool, verdict) => {
    const scene = new Scene().withEvents().row(message, 'user_message').row(tool, 'tool_run');
    expect(only(scene, NO_TOOLS).verdict).toBe(verdict);
  });

  it('may be given for all rules of an activity, and looks at other targets and activities', () => {
    const rules = pack({
      unless: [
        { activity: 'network', after: { activity: 'event', match: { target: 'chat' } }, within: '5s' },
      ],
      rules: [{ id: 'quiet', kind: 'absence', activity: 'network' }],
    });
    const scene = new Scene().row(9, 'user_message', { target: 'chat' }).network(10);
    expect(only(scene, rules).verdict).toBe('pass');
    expect(only(scene.network(20), rules)).toMatchObject({ verdict: 'fail', measured: '1 connect' });
  });

  it('does not let what happened excuse itself, nor a poller its next call', () => {
    const anyEvent = ruleOf({
      kind: 'absence',
      activity: 'event',
      match: { type: 'tool_run' },
      unless: { after: { activity: 'event' }, within: '30s' },
    });
    const scene = new Scene().withEvents().row(-2, 'tool_run').row(2, 'tool_run').row(6, 'tool_run');
    expect(only(scene, anyEvent)).toMatchObject({ verdict: 'fail', measured: '2 tool_run rows' });
  });
});

const excepting = (except: Record<string, unknown>): RulePack =>
  ruleOf({
    kind: 'absence',
    activity: 'network',
    except: [{ match: { 'remote.port': 443 }, reason: 'updates', ...except }],
  });

describe('except', () => {
  it('takes away what it allows, and says how often', () => {
    expect(only(new Scene().network(10), excepting({ every: '1m' }))).toMatchObject({
      verdict: 'pass',
      exceptions: [{ reason: 'updates', matched: 1, problem: null }],
    });
  });

  it('is a caution of the proof where it took all that there was, and was for no certain number', () => {
    const both = new Scene()
      .network(10)
      .network(20, { remote: { ip: '203.0.113.7', port: 53, process: null, target: null } });
    const [some] = only(both, excepting({ every: '1m' })).exceptions;
    expect(some).not.toHaveProperty('excusedAll');
    for (const [except, isAll] of [
      [{ every: '1m' }, true],
      [{ every: '1m', maxCount: 2 }, undefined],
    ] as const) {
      const result = only(new Scene().network(10).network(20), excepting(except));
      expect(result.exceptions).toMatchObject([{ matched: 2 }]);
      expect(result.exceptions[0]?.excusedAll).toBe(isAll);
      expect(cautionsOf([result])).toEqual(
        isAll ? ['the exception «updates» of rule (app) excused everything that there was: 2 of 2'] : [],
      );
    }
  });

  it('leaves what goes beyond its count', () => {
    const scene = new Scene().network(10).network(20).network(30);
    expect(only(scene, excepting({ every: '1m', maxCount: 2 }))).toMatchObject({
      verdict: 'fail',
      measured: '1 connect',
      exceptions: [{ matched: 3, problem: 'used 3 times, allowed 2 times' }],
    });
  });

  it('fails when it was not used in a window of twice its period, fully covered', () => {
    expect(only(new Scene(), excepting({ every: '30s' }))).toMatchObject({
      verdict: 'fail',
      measured: '0',
      findings: [
        {
          kind: 'exception',
          text: 'The exception «updates» of rule: not used, although expected every 30s: remove it',
        },
      ],
    });
  });

  it('is only reported when the window could not tell', () => {
    expect(only(new Scene(), excepting({ every: '31s' }))).toMatchObject({
      verdict: 'pass',
      exceptions: [{ matched: 0, problem: 'not used; only 62 s would tell' }],
    });
    expect(only(new Scene().gap(10, 12), excepting({ every: '30s' }))).toMatchObject({
      verdict: 'pass',
      exceptions: [{ problem: 'not used; the window was not fully covered' }],
    });
  });

  it('need not be used when it is optional, or used by another target', () => {
    expect(only(new Scene(), excepting({ optional: true })).verdict).toBe('pass');
    const scene = new Scene().target({ name: 'other' }).network(10, { target: 'other' });
    expect(only(scene, excepting({ every: '30s' })).verdict).toBe('pass');
  });

  it('excuses nothing and fails once its day is over', () => {
    // The window closes on 2023-11-14 in UTC.
    expect(only(new Scene().network(10), excepting({ optional: true, expires: '2023-11-14' })).verdict).toBe(
      'pass',
    );
    const result = only(new Scene().network(10), excepting({ optional: true, expires: '2023-11-13' }));
    expect(result).toMatchObject({ verdict: 'fail', exceptions: [{ problem: 'expired on 2023-11-13' }] });
    expect(result.findings.map(({ kind }) => kind)).toEqual(['absence', 'exception']);
  });

  it('of a pack is gone before any rule counts, and complained of once', () => {
    const shared = pack({
      except: [{ activity: 'network', match: { 'remote.port': 443 }, reason: 'updates', every: '10s' }],
      rules: [
        { id: 'warned', kind: 'absence', activity: 'network', severity: 'warn' },
        { id: 'quiet', kind: 'absence', activity: 'network' },
        { id: 'cpu', kind: 'threshold', metric: 'cpu.percent', expect: { mean: '< 1' } },
      ],
    });
    const options = { strict: false, acceptSampledMs: null };
    const used = judge(new Scene().network(10).evidence, [shared], options);
    expect(used.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass']);
    const unused = judge(new Scene().evidence, [shared], options);
    expect(unused.map(({ verdict }) => verdict)).toEqual(['pass', 'fail', 'pass']);
  });
});

describe('findings', () => {
  it('name who did what to whom, how often and how much', () => {
    const scene = new Scene(20);
    scene
      .deserted()
      .process({ id: 1, pid: 3580, name: 'redis-sentinel', target: 'backend' })
      .target({ name: 'backend' });
    for (let second = 1; second <= 20; second += 1) {
      scene.network(second, {
        op: 'send',
        target: 'backend',
        bytesSent: 60,
        remote: { ip: '127.0.0.1', port: 6379, process: null, target: null },
      });
    }
    const results = judge(scene.evidence, [NO_NETWORK], { strict: false, acceptSampledMs: null });
    const finding = results.find(({ target }) => target === 'backend')?.findings[0];
    expect(finding).toMatchObject({
      id: 'rule/backend/1',
      subject: { protocol: 'tcp', 'remote.ip': '127.0.0.1', 'remote.port': 6379 },
      count: 20,
      firstAt: { utc: '2023-11-14T22:13:21.000Z', local: '2023-11-14T23:13:21.000+01:00' },
      actors: [{ pid: 3580, name: 'redis-sentinel', cmdline: 'app --serve', thread: null }],
      text: 'redis-sentinel (pid 3580, backend) sent to 127.0.0.1:6379, 20 times in 20 s, 1,200 bytes',
    });
    expect(finding?.examples).toHaveLength(5);
    expect(finding?.examples[0]).toBe('23:13:21.000 sent to 127.0.0.1:6379, 60 bytes');
  });

  it.each<[string, (scene: Scene) => Scene, RulePack, string]>([
    [
      'a process',
      (scene) => scene.process({ id: 2, pid: 200, name: 'sleep' }, 10).happened(10, 'spawn'),
      ruleOf({ kind: 'absence', activity: 'process', match: { op: 'spawn' } }),
      'sleep (pid 200, app) was started by app (/usr/bin/sleep)',
    ],
    [
      'rows',
      (scene) => scene.withEvents().row(10, 'tool_run').row(15, 'tool_run'),
      NO_TOOLS,
      'app: the table events got a row tool_run, 2 times in 60 s',
    ],
    [
      'a remote of IPv6 that is known, over UDP',
      (scene) =>
        scene.network(1, {
          op: 'send',
          protocol: 'udp',
          processId: null,
          remote: { ip: '::1', port: 53, process: 'resolved', target: 'dns' },
        }),
      NO_NETWORK,
      'app: an unknown process sent to [::1]:53 (resolved, dns) over udp',
    ],
    [
      'a remote that is not known',
      (scene) => scene.network(1, { remote: null }),
      NO_NETWORK,
      'app (pid 100, app) connected to an unknown address',
    ],
  ])('%s', (_, tell, rules, text) => {
    expect(only(tell(new Scene()), rules).findings[0]?.text).toBe(text);
  });

  it('are grouped as the rule says, the most frequent first, and bounded', () => {
    const scene = new Scene();
    for (let port = 1; port <= 150; port += 1) {
      scene.network(10, { remote: { ip: '203.0.113.7', port, process: null, target: null } });
    }
    scene.network(20, { remote: { ip: '203.0.113.7', port: 99, process: null, target: null } });
    const result = only(scene, NO_NETWORK);
    expect(result.findings).toHaveLength(100);
    expect(result.findings[0]?.subject['remote.port']).toBe(99);
    expect(result.measured).toBe('151 connects');
    const grouped = only(scene, ruleOf({ kind: 'absence', activity: 'network', groupBy: ['remote.ip'] }));
    expect(grouped.findings.map(({ count }) => count)).toEqual([151]);
  });

  it('are one for each port of the target that others connect to, with its clients', () => {
    const everything = ruleOf({ kind: 'absence', activity: 'network' });
    const client = (ip: string, port: number, process: string | null = null) => ({
      op: 'accept' as const,
      direction: 'inbound' as const,
      localPort: 8000,
      remote: { ip, port, process, target: null },
    });
    const scene = new Scene()
      .network(10, client('127.0.0.1', 40_001, 'curl'))
      .network(12, client('127.0.0.1', 40_002, 'curl'))
      .network(20, { ...client('::1', 40_003), localPort: 8001 })
      .network(30, { ...client('10.0.0.9', 40_004), localPort: null });
    expect(only(scene, everything).findings).toMatchObject([
      {
        subject: { protocol: 'tcp', 'local.port': 8000 },
        count: 2,
        text: 'app (pid 100, app) accepted a connection from 127.0.0.1 (curl) on port 8000, 2 times in 60 s',
      },
      {
        subject: { protocol: 'tcp', 'local.port': 8001 },
        text: 'app (pid 100, app) accepted a connection from [::1]:40003 on port 8001',
      },
      { subject: { protocol: 'tcp', 'remote.ip': '10.0.0.9', 'remote.port': 40_004 } },
    ]);
    for (const [index, ip] of ['10.0.0.6', '10.0.0.7', '10.0.0.8'].entries())
      scene.network(40, client(ip, 50_000 + index));
    expect(only(scene, everything).findings[0]?.text).toBe(
      'app (pid 100, app) accepted a connection from 4 clients on port 8000: 127.0.0.1 (curl), 10.0.0.6, 10.0.0.7 and 1 more, 5 times in 60 s',
    );
    const byAddress = ruleOf({ kind: 'absence', activity: 'network', groupBy: ['remote.ip'] });
    expect(only(scene, byAddress).findings[0]?.subject).toEqual({ 'remote.ip': '127.0.0.1' });
  });

  it('keep control characters of the app out of their sentences', () => {
    const scene = new Scene()
      .withEvents()
      .row(10, 'tool_run', { type: 'tool_run', source: 'ev\u001B[2Jents\n' });
    expect(only(scene, NO_TOOLS).findings[0]?.text).not.toMatch(/\p{Cc}/u);
  });
});
