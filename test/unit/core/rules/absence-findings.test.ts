import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/core/rules/evaluate.ts';
import type { RulePack } from '../../../../src/core/rules/pack.ts';
import { Scene } from '../../support/evidence.ts';
import { NO_NETWORK, NO_TOOLS, ruleOf } from '../../support/packs.ts';
import { only } from '../../support/judged.ts';

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

  it('count all who did it, and name the first ten', () => {
    const scene = new Scene();
    for (let nth = 1; nth <= 14; nth += 1) {
      scene.process({ id: 100 + nth, pid: 200 + nth, name: 'sleep' }, nth);
      scene.happened(nth, 'spawn', { processId: 100 + nth });
    }
    const rule = ruleOf({ kind: 'absence', activity: 'process', match: { op: 'spawn' } });
    const [finding] = only(scene, rule).findings;
    expect(finding?.text).toMatch(/^sleep \(pid 201, app\) and 13 more were started .*, 14 times in 60 s$/);
    expect(finding?.actors).toHaveLength(10);
  });

  it('counts rows whose type is NULL', () => {
    const scene = new Scene().withEvents().row(10, '').row(15, '');
    expect(only(scene, ruleOf({ kind: 'absence', activity: 'event' })).measured).toBe('2 untyped rows');
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
      'a row whose type is NULL',
      (scene) => scene.withEvents().row(10, ''),
      ruleOf({ kind: 'absence', activity: 'event' }),
      'app: the table events got a row without a type',
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
