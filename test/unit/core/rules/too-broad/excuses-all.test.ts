import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActivityRule, Match } from '../../../../../src/core/rules/pack.ts';
import { whereAllIsExcused } from '../../../../../src/core/rules/too-broad/excuses-all.ts';
import { type Asked, OUTBOUND, problemsOf, refusedAt, SPAWN } from '../../../support/excused.ts';

describe('an exception with which nothing is left', () => {
  it.each<[Asked, Match]>([
    [OUTBOUND, { 'remote.ip': '*' }],
    [OUTBOUND, { 'remote.ip|re': '.*' }],
    [OUTBOUND, { 'remote.ip|re': '.' }],
    [OUTBOUND, { 'remote.ip|exists': true }],
    [OUTBOUND, { 'remote.ip|cidr': ['0.0.0.0/0', '::/0'] }],
    [OUTBOUND, { 'remote.ip|cidr': '0.0.0.0/0' }],
    [OUTBOUND, { 'remote.port|gte': 0 }],
    [OUTBOUND, { 'local.port|gte': 1024 }],
    [OUTBOUND, { 'local.port|gt': 32_767, 'local.port|lt': 61_000 }],
    [OUTBOUND, { 'local.port|gte': 49_152, 'remote.ip': '*' }],
    [OUTBOUND, [{ 'local.port|lt': 40_000 }, { 'local.port|gte': 40_000, op: '*' }]],
    [{ match: { op: 'connect' } }, { 'local.port|gte': 1024 }],
    [{}, [{ direction: 'inbound' }, { 'local.port|gte': 1024 }]],
    [{ match: { 'local.port|lt': 1024 } }, { 'local.port|lt': 1024 }],
    [OUTBOUND, { protocol: ['tcp', 'udp'] }],
    [OUTBOUND, [{ protocol: 'tcp' }, { protocol: 'udp' }]],
    [OUTBOUND, { protocol: ['tcp', 'udp', 'icmp'], 'process.name': '*' }],
    [{ match: { protocol: ['icmp', 'raw'] } }, { protocol: ['icmp', 'raw'] }],
    [OUTBOUND, { 'remote.port|lte': 65_535 }],
    [OUTBOUND, { 'process.pid|gt': 1 }],
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
    [{ activity: 'process', match: { op: 'spawn' } }, { exe: '/*' }],
    [{ activity: 'process', match: { op: 'spawn' } }, { 'exe|startswith': '/' }],
    [{ activity: 'process', match: { op: 'spawn' } }, { 'exe|re': '^/.' }],
    [{ activity: 'process', match: { op: 'spawn' } }, { exitCode: null }],
    [{ activity: 'process', match: { op: 'spawn' } }, { 'exitCode|exists': false }],
    [{ activity: 'process', match: { op: 'exit' } }, { replaced: null }],
    [{ activity: 'network', match: { op: 'receive' } }, { bytesSent: null }],
    [OUTBOUND, { 'at|gt': '2020-01-01T00:00:00Z' }],
    [OUTBOUND, { 'at|lte': '2099-01-01T00:00:00Z' }],
    [OUTBOUND, { 'at|gte': '2020-01-01T00:00:00Z', 'at|lt': '2099-01-01T00:00:00Z', 'process.name': '*' }],
    [OUTBOUND, { op: ['connect', 'attempt', 'send', 'receive'] }],
    [{ match: { direction: 'inbound' } }, { op: ['accept', 'listen', 'send', 'receive'] }],
    [{ activity: 'file' }, { path: '/*' }],
    [
      { activity: 'event', match: { type: ['tool_run', 'llm_request'] } },
      { type: ['llm_request', 'tool_run'] },
    ],
    [{ activity: 'event', match: { type: 'tool_run' } }, { 'type|startswith': 'tool' }],
    [{ activity: 'event' }, { type: '*' }],
    [{ activity: 'log' }, { 'category|exists': true }],
    [{ activity: 'file' }, { op: ['create', 'write', 'delete', 'rename'] }],
    [{ activity: 'file', match: { op: 'write' } }, { op: 'write' }],
    [SPAWN, { 'exe|re': '[a-z]' }],
    [{ activity: 'file', match: { 'path|endswith': '.log' } }, { path: '/*.log' }],
    [{ activity: 'file', match: { 'path|endswith': '.log' } }, { path: '/*/*.log' }],
    [{ activity: 'file', match: { 'path|contains': 'cache' } }, { 'path|startswith': '/' }],
    [{ activity: 'file', match: { path: '*.log' } }, { 'path|re': '^/' }],
    [{ activity: 'process', match: { 'exe|endswith': '/curl' } }, { exe: '/*/curl' }],
    [{ activity: 'process', match: { 'exe|endswith': '/curl' } }, { 'exe|startswith': '/' }],
    [{ activity: 'process', match: { 'exe|contains': 'curl' } }, { 'exe|startswith': '/' }],
    [{ activity: 'process', match: { 'exe|contains': 'curl' } }, { 'exe|re': '^[A-Z]:' }],
    [{ activity: 'process', match: { 'exe|re': 'curl$' } }, { 'exe|startswith': '/' }],
    [{ activity: 'process', match: { 'replaced|exists': true } }, { 'replaced|startswith': '/' }],
    [{ match: { 'remote.ip|exists': true } }, { 'remote.ip|cidr': '0.0.0.0/0' }],
    [SPAWN, { exe: '/*/*' }],
    [SPAWN, { 'exe|contains': '/' }],
    [SPAWN, { 'exe|contains': String.raw`\\` }],
    [SPAWN, { 'exe|re': '^.{4}' }],
    [SPAWN, { 'exe|re': '/[^/]+$' }],
    [SPAWN, { exe: ['/[a-z]*', '/usr/*', '/bin/*', '/opt/*', '/home/*', '/tmp/*', '/srv/*'] }],
    [SPAWN, { 'process.pid|gt': 0 }],
    [SPAWN, [{ replaced: null }, { 'replaced|exists': true }]],
    [SPAWN, { 'parent.name': '*', exe: '/*' }],
    [{ ...SPAWN, match: { exe: '/opt/app/*' } }, { 'exe|startswith': '/opt/' }],
    [{ ...SPAWN, match: { 'exe|endswith': '/curl' } }, { 'exe|contains': 'curl' }],
    [{ ...SPAWN, match: { 'exe|re': '^/opt/x[0-9]+$' } }, { 'exe|re': '^/opt/x[0-9]+$' }],
    [{ ...SPAWN, match: { 'process.name|re': '^[0-9]+zq$' } }, { 'process.name': '?*' }],
    [OUTBOUND, { 'process.name|re': '[a-z]' }],
    [OUTBOUND, { 'process.name|re': String.raw`\w` }],
    [OUTBOUND, { 'remote.port|gt': 0 }],
    [OUTBOUND, { 'remote.port|gte': 1, 'remote.ip': '*' }],
    [OUTBOUND, { 'remote.ip|re': '[1-9]' }],
    [OUTBOUND, { 'remote.ip|contains': ':' }],
    [OUTBOUND, { 'remote.ip|cidr': ['0.0.0.0/1', '128.0.0.0/1'] }],
    [{ match: { op: 'send' } }, { 'bytesSent|exists': true }],
    [OUTBOUND, [{ 'remote.process': null }, { 'remote.process': '*' }]],
    [OUTBOUND, { 'at|gte': ['2020-01-01T00:00:00Z', '2026-01-01T00:00:00Z'] }],
    [{ match: { 'remote.ip': '10.*' } }, { 'remote.ip|cidr': '10.0.0.0/8' }],
    [{ match: { 'remote.ip|cidr': ['10.0.0.0/8', 'fd00::/8'] } }, { 'remote.ip|re': '^(10|fd)' }],
    [{ activity: 'event' }, { 'type|re': '[a-z]' }],
    [{ activity: 'event' }, { 'id|re': '.' }],
    [{ activity: 'event' }, [{ 'data.model': null }, { 'data.model|exists': true }]],
    [{ activity: 'event', match: { 'data.n|gte': 3 } }, [{ 'data.n|lt': 7 }, { 'data.n|gte': 7 }]],
    [{ activity: 'event', match: { 'data.model|exists': true } }, { 'data.model': '*' }],
    [{ activity: 'event', match: { 'data.ok': true } }, { 'data.ok': [true, false] }],
    [{ activity: 'event', match: { 'type|contains|all': ['tool', 'run'] } }, { type: '*tool*' }],
    [{ activity: 'file' }, { 'path|re': '[a-z0-9]' }],
    [{ activity: 'file' }, { path: '/*/*' }],
    [
      { match: { 'process.name': 'python*' } },
      [{ 'process.name': 'python?*' }, { 'process.name': 'python' }],
    ],
    [{ match: { 'process.name': '*python*' } }, { 'process.name|contains': 'python' }],
    [{ match: { 'process.name': '*' } }, { 'process.name': '?*' }],
    [{ match: { 'process.name': 'py*-*-*' } }, { 'process.name': ['py?*-*', 'py-*-?*', 'py--'] }],
    [{ ...SPAWN, match: { exe: '/opt/app/*' } }, { exe: '/opt/app/?*' }],
    [{ ...SPAWN, match: { exe: '/opt/*/bin/*' } }, { exe: '/opt/?*/bin/?*' }],
    [{ match: { 'remote.ip': '10.*' } }, { 'remote.ip': '10.?*' }],
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
    [OUTBOUND, { 'local.port': [123, 5353] }],
    [OUTBOUND, { 'local.port|gte': 40_000, 'local.port|lt': 40_100 }],
    [OUTBOUND, { 'local.port|gte': 49_153 }],
    [OUTBOUND, { 'local.port|lte': 49_151 }],
    [OUTBOUND, { 'local.port|gte': 1024, 'remote.ip|cidr': '10.0.0.0/8' }],
    [OUTBOUND, { 'local.port|gte': 1024, protocol: 'udp' }],
    [{}, { 'local.port|gte': 1024 }],
    [{ match: { direction: 'inbound' } }, { 'local.port|gte': 1024 }],
    [{ match: { direction: 'outbound', 'local.port|lt': 2000 } }, { 'local.port|gte': 1024 }],
    [{ match: { protocol: ['tcp', 'udp', 'icmp'] } }, { protocol: ['tcp', 'udp'] }],
    [
      { match: { 'protocol|startswith': ['tcp', 'udp', 'icmp'] } },
      [{ protocol: 'tcp' }, { protocol: 'udp' }],
    ],
    [OUTBOUND, { protocol: ['tcp', 'icmp', 'raw', 'sctp', 'vsock'] }],
    [OUTBOUND, { 'remote.process|exists': true }],
    [OUTBOUND, { op: 'connect' }],
    [OUTBOUND, { op: ['connect', 'send', 'receive'] }],
    [OUTBOUND, { 'at|gte': '2026-05-01T02:00:00Z', 'at|lt': '2026-05-01T03:00:00Z' }],
    [OUTBOUND, { 'at|gt': '2020-01-01T00:00:00Z', 'remote.port': 443 }],
    [{ activity: 'process', match: { op: 'spawn' } }, { exe: '/usr/*' }],
    [{ activity: 'process', match: { op: 'spawn' } }, { replaced: null }],
    [{ activity: 'process', match: { op: ['spawn', 'exit'] } }, { exitCode: null }],
    [{ activity: 'process', match: { op: 'exit' } }, { exitCode: 0 }],
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
    [SPAWN, { exe: ['/usr/*', '/bin/*', '/opt/*'] }],
    [SPAWN, { 'exe|re': '/(curl|wget|git)$' }],
    [SPAWN, { 'exe|re': '[0-9]' }],
    [SPAWN, { 'replaced|exists': true }],
    [SPAWN, { replaced: '*' }],
    [SPAWN, [{ replaced: null, exe: '/usr/*' }, { 'replaced|exists': true }]],
    [{ ...SPAWN, match: { exe: '/opt/app/*' } }, { 'exe|startswith': '/opt/app/bin/' }],
    [{ ...SPAWN, match: { 'exe|re': '^/usr/bin/[a-z]+$' } }, { 'exe|re': '^/usr/bin/[a-q]+$' }],
    [OUTBOUND, { 'remote.target': '*' }],
    [OUTBOUND, { 'process.name|re': '[A-Z]' }],
    [OUTBOUND, [{ 'remote.port|lt': 443 }, { 'remote.port|gt': 443 }]],
    [
      OUTBOUND,
      { 'remote.ip|cidr': ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '127.0.0.0/8', '::1/128'] },
    ],
    [OUTBOUND, { 'lifetimeSeconds|gte': 0 }],
    [
      OUTBOUND,
      [
        { protocol: 'tcp', 'remote.port|lt': 1024 },
        { protocol: 'udp' },
        { 'remote.port|gte': 1024, op: 'send' },
      ],
    ],
    [{ match: { 'remote.ip|cidr': ['10.0.0.0/8', 'fd00::/8'] } }, { 'remote.ip|cidr': '10.0.0.0/8' }],
    [
      { match: { 'remote.ip|cidr': '192.0.2.0/24' } },
      { 'remote.ip|cidr': ['192.0.2.0/25', '192.0.2.192/26'] },
    ],
    [{ activity: 'process', match: { op: 'exit' } }, { 'exitCode|exists': true }],
    [{ activity: 'event' }, { 'type|contains': '_' }],
    [{ activity: 'event' }, { 'type|re': '^[A-Z_]+$' }],
    [{ activity: 'event' }, [{ 'data.n|lt': 7 }, { 'data.n|gte': 7 }]],
    [{ activity: 'event' }, { 'id|re': '^[0-9]+$' }],
    [{ activity: 'log' }, { category: 'line' }],
    [{ activity: 'file' }, { path: ['*.log', '*.db'] }],
    [{ match: { 'process.name': 'python*' } }, { 'process.name': 'python?*' }],
    [{ match: { 'process.name': '*python*' } }, { 'process.name': ['?*python*', '*python'] }],
    [{ match: { 'process.name': '*python*' } }, { 'process.name': ['?*python*', 'python'] }],
    [{ match: { 'process.name': 'py*-*' } }, { 'process.name': ['py?*-*', 'py-'] }],
    [{ activity: 'event', match: { 'data.model': 'gpt-4*' } }, { 'data.model': 'gpt-4?*' }],
    [{ activity: 'event', match: { 'type|contains': 'tool*run' } }, { 'type|contains': 'tool?*run' }],
    [{ ...SPAWN, match: { exe: '/usr/bin/python*' } }, { exe: '/usr/bin/python?*' }],
  ])('is told from one that leaves something: %j but %j', (asked, match) => {
    expect(refusedAt(asked, match)).toEqual([]);
  });

  describe('where it is known what is watched', () => {
    const watched = { targets: ['app', 'backend'], tables: ['events'], logs: ['/srv/a.log'] };
    const indexOf = (asked: Asked, ...matches: Match[]): number =>
      whereAllIsExcused(
        { id: 'rule', kind: 'absence', activity: 'network', ...asked } as ActivityRule,
        matches.map((match) => ({ match, reason: 'known', optional: true })),
        watched,
      )?.index ?? -1;

    it.each<[Asked, Match[], number]>([
      [OUTBOUND, [{ target: 'app' }], -1],
      [OUTBOUND, [{ target: 'app' }, { target: 'backend' }], 1],
      [OUTBOUND, [{ target: ['app', 'backend'] }], 0],
      [OUTBOUND, [{ target: '*p*' }, { target: 'b*', op: 'connect' }], -1],
      [{ ...OUTBOUND, target: 'backend' }, [{ target: 'b*' }], 0],
      [{ activity: 'event' }, [{ source: 'events' }], 0],
      [{ activity: 'event' }, [{ source: 'events', type: 'tick' }], -1],
      [{ activity: 'event', target: 'app' }, [{ source: 'events', target: 'app' }], 0],
      [{ activity: 'log' }, [{ source: '/srv/a.log' }], 0],
      [{ activity: 'log' }, [{ 'source|endswith': '.log', category: 'line' }], -1],
    ])('%j but %j: %d', (asked, matches, index) => {
      expect(indexOf(asked, ...matches)).toBe(index);
    });
  });

  it('is not seen in exceptions that name things, however many', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9-]{1,11}$/);
    const one: fc.Arbitrary<[Asked, Match]> = fc.oneof(
      fc.tuple(
        fc.constant(SPAWN),
        word.map((name): Match => ({ exe: `/usr/bin/${name}` })),
      ),
      fc.tuple(
        fc.constant(SPAWN),
        word.map((name): Match => ({ 'exe|endswith': `/${name}` })),
      ),
      fc.tuple(
        fc.constant(OUTBOUND),
        fc.ipV4().map((ip): Match => ({ 'remote.ip': ip })),
      ),
      fc.tuple(
        fc.constant(OUTBOUND),
        fc
          .nat(65_535)
          .map((end): Match => ({ 'remote.ip': `2001:db8::${end.toString(16)}`, 'remote.port': 443 })),
      ),
      fc.tuple(
        fc.constant(OUTBOUND),
        word.map((name): Match => ({ 'process.name': name })),
      ),
      fc.tuple(
        fc.constant<Asked>({ activity: 'event' }),
        word.map((name): Match => ({ type: name })),
      ),
      fc.tuple(
        fc.constant<Asked>({ activity: 'file' }),
        word.map((name): Match => ({ path: `/srv/${name}/*` })),
      ),
    );
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 8 }), (all) => {
        const [first] = all;
        if (first === undefined) return;
        const [asked] = first;
        const own = all.filter(([other]) => other === asked).map(([, match]) => match);
        expect(refusedAt(asked, ...own)).toEqual([]);
      }),
    );
  });

  it('is told from exceptions by the thousand', () => {
    const named = Array.from({ length: 1_000 }, (_, at): Match => {
      const ip = `192.0.${Math.floor(at / 256)}.${at % 256}`;
      return { 'remote.ip': ip, 'remote.port': [443, 1_024 + at], 'process.name': `p${at}` };
    });
    expect(refusedAt(OUTBOUND, ...named)).toEqual([]);
    const among = [...named.slice(0, 50), { direction: 'outbound' }, ...named.slice(50, 100)];
    expect(refusedAt(OUTBOUND, ...among)).toEqual(['except.50.match']);
  });

  it('may be for so many: the rest is found', () => {
    const except = [{ match: { direction: 'outbound' }, reason: 'one of any', maxCount: 1, optional: true }];
    const rule = { id: 'rule', kind: 'absence', activity: 'network', ...OUTBOUND, except };
    expect(problemsOf({ rules: [rule] })).toEqual([]);
  });

  it.each<[Match, string]>([
    [{ 'local.port|gte': 1024 }, 'whatever local port the system gives it'],
    [{ protocol: ['tcp', 'udp'] }, 'other protocols than tcp and udp'],
    [{ protocol: ['tcp', 'udp'], 'remote.ip': '*' }, 'other protocols than tcp and udp'],
  ])('says why that is all, where it is what apps ordinarily do: %j', (match, why) => {
    const except = [{ match, reason: 'known', optional: true }];
    const rule = { id: 'rule', kind: 'absence', activity: 'network', ...OUTBOUND, except };
    expect(problemsOf({ rules: [rule] })).toMatchObject([{ message: expect.stringContaining(why) }]);
  });

  it('needs no reason where it is whatever there is', () => {
    const except = [{ match: { 'remote.ip': '*', 'local.port|gte': 0 }, reason: 'known', optional: true }];
    const rule = { id: 'rule', kind: 'absence', activity: 'network', ...OUTBOUND, except };
    expect(problemsOf({ rules: [rule] })).toMatchObject([{ message: expect.stringMatching(/maxCount`$/) }]);
  });

  it('is said once where it is wrong in another way, too', () => {
    const except = [{ match: { direction: 'outbond' }, reason: 'known', optional: true }];
    const rule = { id: 'rule', kind: 'absence', activity: 'network', ...OUTBOUND, except };
    expect(problemsOf({ rules: [rule] })).toMatchObject([
      { path: ['rules', 0, 'except', 0, 'match', 'direction'] },
    ]);
  });
});
