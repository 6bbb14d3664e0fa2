import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../../../src/core/rules/conditions/pattern.ts';
import { compileMatch } from '../../../../src/core/rules/match.ts';
import type { Match } from '../../../../src/core/rules/pack.ts';
import type { Activity, ActivityKind } from '../../../../src/model/activity.ts';
import { Scene } from '../../support/evidence.ts';

const scene = new Scene();
const actor = scene.evidence.processes[0] ?? null;
const connect = (fields: Parameters<Scene['network']>[1] = {}): Activity =>
  new Scene().network(1, { bytesSent: 120, ...fields }).evidence.activities[0] as Activity;
const row = (type: string, data: Record<string, string | number | boolean | null> = {}): Activity =>
  new Scene().row(1, type, { data }).evidence.activities[0] as Activity;

function matches(match: Match | undefined, activity: Activity): boolean {
  const compiled = compileMatch(activity.kind, match);
  expect(compiled.problems).toEqual([]);
  return compiled.matches(activity, actor);
}

function problems(kind: ActivityKind, match: unknown): string[] {
  return compileMatch(kind, match as Match).problems.map(({ message }) => message);
}

describe("Sigma's field matching", () => {
  it.each<[string, Match, boolean]>([
    ['a map is AND', { direction: 'outbound', 'remote.port': 443 }, true],
    ['a map is AND, one line fails', { direction: 'outbound', 'remote.port': 80 }, false],
    ['a list of maps is OR', [{ 'remote.port': 80 }, { 'remote.port': 443 }], true],
    ['a list of values is OR', { op: ['send', 'connect'] }, true],
    ['case does not matter', { 'process.name': 'APP' }, true],
    ['* is any text', { 'process.cmdline': 'app*serve' }, true],
    ['? is one character', { 'process.name': 'a?p' }, true],
    ['? is not none', { 'process.name': 'app?' }, false],
    ['\\* is a star', { 'process.name': 'a\\*' }, false],
    ['contains', { 'process.cmdline|contains': 'SERVE' }, true],
    ['contains with a wildcard', { 'process.cmdline|contains': 'p*s' }, true],
    ['startswith', { 'process.cmdline|startswith': 'app' }, true],
    ['startswith is not contains', { 'process.cmdline|startswith': 'serve' }, false],
    ['endswith', { 'process.cmdline|endswith': 'serve' }, true],
    ['endswith is not contains', { 'process.cmdline|endswith': 'app' }, false],
    ['contains a list is OR', { 'process.cmdline|contains': ['nothing', 'serve'] }, true],
    ['contains|all is AND', { 'process.cmdline|contains|all': ['app', 'serve'] }, true],
    ['contains|all, one is missing', { 'process.cmdline|contains|all': ['app', 'nothing'] }, false],
    ['re', { 'process.cmdline|re': '^app\\s+--s' }, true],
    ['re minds the case', { 'process.cmdline|re': 'APP' }, false],
    ['cidr', { 'remote.ip|cidr': '203.0.113.0/24' }, true],
    ['cidr, another network', { 'remote.ip|cidr': ['10.0.0.0/8', '203.0.112.0/24'] }, false],
    ['gt', { 'bytesSent|gt': 119 }, true],
    ['gt is not gte', { 'bytesSent|gt': 120 }, false],
    ['gte', { 'bytesSent|gte': 120 }, true],
    ['lt', { 'bytesSent|lt': 121 }, true],
    ['lte', { 'bytesSent|lte': 119 }, false],
    ['a number that is not known', { 'bytesReceived|lt': 1000 }, false],
    ['exists', { 'bytesSent|exists': true }, true],
    ['exists: false', { bytesReceived: null, 'lifetimeSeconds|exists': false }, true],
    ['null is «not there»', { bytesSent: null }, false],
    ['time', { 'at|gt': '2023-11-14T22:13:20Z', 'at|lt': '2023-11-14T23:13:22+01:00' }, true],
    ['an address with a wildcard', { 'remote.ip': '203.0.113.*' }, true],
  ])('%s', (_, match, expected) => {
    expect(matches(match, connect())).toBe(expected);
  });

  // https://sigmahq.io/sigma-specification: the appendix on modifiers, and «Escaping» in the specification of rules.
  it.each<[string, Match, string, boolean]>([
    ['a plain value is the whole text, whatever its case', { type: 'Adm' }, 'adm', true],
    ['and no part of it', { type: 'adm' }, 'admin', false],
    ['adm* is startswith', { type: 'adm*' }, 'ADMIN', true],
    ['startswith replaces adm*', { 'type|startswith': 'adm' }, 'ADMIN', true],
    [
      String.raw`*\cmd.exe is endswith`,
      { type: String.raw`*\cmd.exe` },
      String.raw`C:\Windows\cmd.exe`,
      true,
    ],
    [
      String.raw`endswith replaces *\cmd.exe`,
      { 'type|endswith': String.raw`\cmd.exe` },
      String.raw`C:\CMD.EXE`,
      true,
    ],
    ['contains puts * around', { 'type|contains': 'b' }, 'abc', true],
    ['a backslash before a letter is itself', { type: String.raw`C:\Windows` }, String.raw`c:\windows`, true],
    [
      'two backslashes before a letter are one',
      { type: String.raw`C:\\Windows` },
      String.raw`c:\windows`,
      true,
    ],
    ['an escaped star is a star', { type: String.raw`a\*` }, 'a*', true],
    ['and no wildcard', { type: String.raw`a\*` }, 'ab', false],
    ['an escaped question mark is one', { type: String.raw`a\?` }, 'ab', false],
    ['an escaped backslash before a wildcard', { type: String.raw`a\\*` }, String.raw`a\bc`, true],
    ['a backslash and a star', { type: String.raw`a\\\*` }, String.raw`a\*`, true],
    ['a wildcard within contains', { 'type|contains': 'a?c' }, 'xabcx', true],
    ['all is AND, in any order', { 'type|contains|all': ['-b', '-a'] }, 'x -a -b', true],
    ['a list without it is OR', { 'type|contains': ['-c', '-a'] }, 'x -a -b', true],
    ['re minds the case', { 'type|re': 'Tool' }, 'tool_run', false],
    ['re matches anywhere', { 'type|re': 'l_r' }, 'tool_run', true],
    ['re knows no wildcards', { 'type|re': '^tool*$' }, 'tool_run', false],
    ['a list of re is OR', { 'type|re': ['^x', 'run$'] }, 'tool_run', true],
    ['exists is about being there', { 'type|exists': true }, '', true],
    ['a list of maps is OR', [{ type: 'a' }, { type: 'b' }], 'b', true],
    ['a map is AND', { type: 'b', 'id|re': '^$' }, 'b', false],
    ['a number as text', { type: 5 }, '5', true],
  ])('%s', (_, match, type, expected) => {
    expect(matches(match, row(type))).toBe(expected);
  });

  it('null is no value, and neither is it an empty text', () => {
    expect(matches({ 'data.a': null }, row('x', { a: null }))).toBe(true);
    expect(matches({ 'data.a': null }, row('x', { a: '' }))).toBe(false);
    expect(matches({ 'data.a': '' }, row('x', { a: '' }))).toBe(true);
    expect(matches({ 'data.a|exists': true }, row('x', { a: '' }))).toBe(true);
    expect(matches({ 'data.a|exists': false }, row('x', { a: null }))).toBe(true);
  });

  it.each<[string, string, boolean]>([
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['127.0.0.1', '::ffff:127.0.0.1', true],
    ['FE80::1', 'fe80::1%eth0', true],
    ['::1', '::2', false],
  ])('addresses are compared as addresses: %s and %s', (wanted, actual, expected) => {
    const activity = connect({ remote: { ip: actual, port: 1, process: null, target: null } });
    expect(matches({ 'remote.ip': wanted }, activity)).toBe(expected);
  });

  it.each<[string, string, boolean]>([
    ['fd00::/8', 'fdab::1', true],
    ['::1/128', '::1', true],
    ['::/0', '127.0.0.1', false],
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['0.0.0.0/0', '8.8.8.8', true],
    ['10.0.0.0/9', '10.128.0.1', false],
    ['127.0.0.1', '127.0.0.1', true],
  ])('cidr %s holds %s: %s', (cidr, ip, expected) => {
    const activity = connect({ remote: { ip, port: 1, process: null, target: null } });
    expect(matches({ 'remote.ip|cidr': cidr }, activity)).toBe(expected);
  });

  it('columns of the app compare by what they hold', () => {
    const activity = row('tool_run', { cost: '12', ok: 1, name: 'Search', gone: null });
    expect(matches({ 'data.cost': 12, 'data.cost|gt': 11.5, 'data.ok': true }, activity)).toBe(true);
    expect(matches({ 'data.name|contains': 'sea' }, activity)).toBe(true);
    expect(matches({ 'data.gone|exists': false, 'data.never|exists': false }, activity)).toBe(true);
    expect(matches({ 'data.__proto__|exists': true }, activity)).toBe(false);
  });

  it("the kernel's keepalive is matched only by a rule that names it", () => {
    const keepalive = connect({ op: 'keepalive' });
    expect(matches(undefined, keepalive)).toBe(false);
    expect(matches({ direction: 'outbound' }, keepalive)).toBe(false);
    expect(problems('network', { op: '*alive' })).toEqual([
      'leaves no value of op; a keepalive has to be named',
    ]);
    expect(matches([{ direction: 'outbound' }, { op: 'Keepalive' }], keepalive)).toBe(true);
  });
});

describe('what can never match is a mistake', () => {
  it.each<[ActivityKind, unknown, string]>([
    ['network', { 'remote.prt': 1 }, '«remote.prt» is not a field of network'],
    ['process', { 'remote.port': 1 }, '«remote.port» is not a field of process'],
    ['file', { 'data.x': 1 }, '«data.x» is not a field of file'],
    ['network', { op: 'conect' }, '«conect» is never a value of op'],
    ['network', { 'op|contains': 'zz' }, '«zz» is never a value of op'],
    ['network', { 'remote.port|contain': 1 }, '«contain» is not a modifier'],
    ['network', { 'remote.port|contains': 1 }, 'contains does not fit remote.port, which is a number'],
    ['network', { 'remote.port': '443' }, 'remote.port takes a number, not "443"'],
    ['network', { 'remote.ip|gt': 3 }, 'gt does not fit remote.ip, which is an address'],
    ['network', { 'remote.ip': '10.0.0.0/8' }, '«10.0.0.0/8» is not an address; a network needs |cidr'],
    ['network', { 'remote.ip': '300.1.1.1' }, '«300.1.1.1» is not an address'],
    [
      'network',
      { 'remote.ip|cidr': '10.0.0.0/33' },
      '«10.0.0.0/33» is not a network such as 10.0.0.0/8 or fd00::/8',
    ],
    ['event', { 'type|re': '(' }, '«(» is not a regular expression of RE2: missing closing )'],
    ['event', { type: true }, 'type is a text, not true'],
    ['event', { type: [] }, 'an empty list matches nothing'],
    ['event', {}, 'an empty match would match everything'],
    ['event', [], 'an empty list matches nothing'],
    ['event', { 'type|contains': '' }, 'contains of an empty text matches everything'],
    ['event', { 'type|contains|endswith': 'x' }, 'contains and endswith cannot be combined'],
    ['event', { 'type|exists': 'yes' }, 'exists is true or false'],
    ['event', { 'type|exists|all': true }, 'exists stands alone'],
    ['event', { 'type|all|all': 'x' }, 'a modifier is there twice'],
    ['event', { 'type|contains|all': 'x' }, 'all joins several values, and one is given'],
    ['event', { 'type|contains|all': ['x'] }, 'all joins several values, and one is given'],
    ['event', { at: 'yesterday' }, '«yesterday» is not a time'],
    ['network', { direction: 'outbond' }, '«outbond» is never a value of direction'],
    [
      'network',
      { 'remote.port': 70_000 },
      'is never a value of remote.port, which is 0 or more, and 65535 at most',
    ],
    [
      'network',
      { 'remote.port': 80.5 },
      'is never a value of remote.port, which is 0 or more, and 65535 at most',
    ],
    [
      'network',
      { 'remote.port|gt': 65_535 },
      'is never a value of remote.port, which is 0 or more, and 65535 at most',
    ],
    [
      'file',
      { path: 'data/app.db' },
      '«data/app.db» never matches: path begins with a slash, as in /srv/app/data.db or */data.db',
    ],
    [
      'process',
      { exe: ['*/sh', 'curl'] },
      '«curl» never matches: exe is the path of a program, such as /usr/bin/curl or */curl',
    ],
    ['network', { 'bytesSent|lt': 0 }, 'is never a value of bytesSent, which is 0 or more'],
    ['network', { 'remote.port|gt': 500, 'remote.port|lt': 400 }, 'remote.port is never all of this at once'],
    ['network', { 'remote.port|gt': 500, 'remote.port|lt': 501 }, 'remote.port is never all of this at once'],
    [
      'network',
      { 'remote.ip': '10.0.0.1', 'remote.ip|cidr': '192.168.0.0/16' },
      'remote.ip is never all of this at once',
    ],
    [
      'network',
      { op: 'connect', direction: 'inbound' },
      'no network activity is all of this at once: op, direction',
    ],
    [
      'network',
      { op: 'accept', protocol: 'udp' },
      'no network activity is all of this at once: op, protocol',
    ],
    [
      'network',
      { op: ['receive', 'listen'], 'bytesSent|gt': 1 },
      'no network activity is all of this at once: op, bytesSent',
    ],
    ['network', { direction: null }, 'leaves no value of direction'],
    ['network', { 'op|exists': false }, 'leaves no value of op; a keepalive has to be named'],
    [
      'network',
      { at: '2026-01-01T00:00:00Z', 'at|lt': '2025-01-01T00:00:00Z' },
      'at is never all of this at once',
    ],
    ['process', { op: 'spawn', exitCode: 1 }, 'no process activity is all of this at once: op, exitCode'],
    ['process', { exitCode: 256 }, 'is never a value of exitCode, which is 0 or more, and 255 at most'],
    ['event', { 'type|all': ['a', 'b'] }, 'is never a value of type'],
    ['event', { type: 'tool_run', 'type|startswith': 'llm' }, 'type is never all of this at once'],
    ['event', { 'type|exists': false }, 'type is always known'],
    ['event', { type: null }, 'type is always known'],
    ['event', { 'data.n': 5, 'data.n|gt': 5 }, 'data.n is never all of this at once'],
    ['file', { path: '/a', 'path|endswith': 'b' }, 'path is never all of this at once'],
  ])('%s %j', (kind, match, message) => {
    expect(problems(kind, match)).toEqual([message]);
  });

  it.each<[ActivityKind, unknown]>([
    ['network', { 'remote.port|gt': 500, 'remote.port|lt': 502 }],
    ['network', { 'remote.port': [443, null] }],
    ['network', { 'remote.port': null }],
    ['network', { 'lifetimeSeconds|gt': 0.1, 'lifetimeSeconds|lt': 0.2 }],
    ['network', { direction: 'inbound', op: ['accept', 'receive', 'send'] }],
    ['network', { op: ['receive', 'send'], 'bytesSent|gt': 1 }],
    ['process', { op: ['spawn', 'exit'], 'exitCode|gt': 0 }],
    ['event', { 'data.ok': true, 'data.ok|gte': 1 }],
    ['event', { type: 'a', 'type|re': 'A' }],
    ['event', { type: 'a*', 'type|endswith': 'b' }],
    ['event', { 'type|all': ['a*', '*b'] }],
    ['event', { type: String.raw`a\*`, 'type|contains': String.raw`\*` }],
    ['log', { category: ['a', 'b'], 'category|contains': 'B' }],
  ])('%s %j may match', (kind, match) => {
    expect(problems(kind, match)).toEqual([]);
  });

  it('and a match with a mistake matches nothing', () => {
    expect(compileMatch('network', { 'remote.prt': 1 }).matches(connect(), null)).toBe(false);
  });
});

const escape = (text: string): string => text.replaceAll(/[\\*?]/g, String.raw`\$&`);

describe('patterns', () => {
  const literal = fc.string({
    unit: fc.constantFrom('a', 'b', 'A', '.', '(', '\\', '*', '?'),
    maxLength: 12,
  });

  it('an escaped text matches itself and nothing of another length', () => {
    fc.assert(
      fc.property(literal, (text) => {
        const test = compilePattern(escape(text), 'whole');
        expect(test(text)).toBe(true);
        expect(test(text.toUpperCase())).toBe(true);
        expect(test(`${text}x`)).toBe(false);
      }),
    );
  });

  it('contains agrees with a plain search', () => {
    fc.assert(
      fc.property(literal, literal, (text, part) => {
        expect(compilePattern(escape(part), 'contains')(text)).toBe(
          text.toLowerCase().includes(part.toLowerCase()),
        );
      }),
    );
  });

  it('agrees with a regular expression of the same meaning', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 });
    fc.assert(
      fc.property(pattern, text, (glob, candidate) => {
        const expression = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        expect(compilePattern(glob, 'whole')(candidate)).toBe(expression.test(candidate));
      }),
    );
  });

  it('does not take forever on many stars', () => {
    const test = compilePattern('*a'.repeat(50), 'whole');
    expect(test(`${'a'.repeat(4000)}b`)).toBe(false);
  });

  it('any match of any shape compiles or is a problem, and never throws', () => {
    const value = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null), fc.array(fc.string()));
    const key = fc
      .tuple(
        fc.constantFrom('op', 'remote.ip', 'remote.port', 'at', 'process.name', 'nothing'),
        fc.array(fc.constantFrom('contains', 're', 'cidr', 'gt', 'exists', 'all', 'nothing'), {
          maxLength: 2,
        }),
      )
      .map(([field, modifiers]) => [field, ...modifiers].join('|'));
    fc.assert(
      fc.property(fc.dictionary(key, value), (match) => {
        const compiled = compileMatch('network', match);
        const result = compiled.matches(connect(), actor);
        expect(compiled.problems.length > 0 && result).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
