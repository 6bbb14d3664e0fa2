import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileBeginning, compilePattern } from '../../../../src/core/rules/conditions/pattern.ts';
import type { Truth } from '../../../../src/core/rules/conditions/truth.ts';
import { compileMatch } from '../../../../src/core/rules/match.ts';
import type { Match } from '../../../../src/core/rules/pack.ts';
import type { Activity } from '../../../../src/model/activity.ts';
import type { WatchedProcess } from '../../../../src/model/process.ts';
import { Scene } from '../../support/evidence.ts';

function test(match: Match, activity: Activity, actor: WatchedProcess | null = null): Truth {
  const compiled = compileMatch(activity.kind, match);
  expect(compiled.problems).toEqual([]);
  const truth = compiled.test(activity, actor);
  if (truth === 'unknown') expect(compiled.whyUnknown(activity, actor)).not.toEqual([]);
  return truth;
}

const first = (scene: Scene): Activity => scene.evidence.activities[0] as Activity;
const connect = (fields: Parameters<Scene['network']>[1] = {}): Activity =>
  first(new Scene().network(1, fields));
const spawn = (fields: Parameters<Scene['happened']>[2] = {}): Activity =>
  first(new Scene().happened(1, 'spawn', fields));
const row = (data: Record<string, string | number | null>, type = 'tool_run'): Activity =>
  first(new Scene().row(1, type, { data }));
const named = (fields: Partial<WatchedProcess>): WatchedProcess =>
  ({ ...new Scene().evidence.processes[0], ...fields }) as WatchedProcess;

describe('what is not known is not «does not match»', () => {
  const unnamed = { ip: '127.0.0.1', port: 443, process: null, target: null };

  it.each<[string, Match, Activity]>([
    ['process.name', { 'process.name': 'app' }, connect({ processId: null })],
    ['process.pid', { 'process.pid|gt': 1 }, connect({ processId: null })],
    ['process.thread', { 'process.thread': 'worker' }, connect()],
    ['remote.ip', { 'remote.ip|cidr': '10.0.0.0/8' }, connect({ remote: null })],
    ['remote.port', { 'remote.port': 443 }, connect({ remote: null })],
    ['remote.process', { 'remote.process': 'ollama' }, connect({ remote: unnamed })],
    ['remote.target', { 'remote.target': 'model' }, connect({ remote: unnamed })],
    [
      'remote.ip of an open UDP socket',
      { 'remote.port': 53 },
      connect({ op: 'listen', protocol: 'udp', remote: null }),
    ],
    ['local.port', { 'local.port': 8000 }, connect({ localPort: null })],
    ['bytesSent', { 'bytesSent|gt': 1000 }, connect()],
    ['lifetimeSeconds', { 'lifetimeSeconds|lt': 1 }, connect()],
    ['exe', { 'exe|endswith': '/sh' }, spawn({ exe: null })],
    ['parent.name', { 'parent.name': 'app' }, spawn({ parentName: null })],
    ['exitCode', { exitCode: 1 }, { ...spawn(), op: 'exit' } as Activity],
    ['a column without a value in the row', { 'data.model': 'x' }, row({ other: 1 })],
  ])('%s', (_, match, activity) => {
    expect(test(match, activity)).toBe('unknown');
  });

  it.each<[string, Match, Activity]>([
    ['the other end of a listening socket', { 'remote.port': 443 }, connect({ op: 'listen', remote: null })],
    ['bytes sent of a receipt', { 'bytesSent|gt': 0 }, connect({ op: 'receive' })],
    ['the exit code of what has just started', { exitCode: 1 }, spawn()],
    ['NULL in a column', { 'data.model': 'x' }, row({ model: null })],
    [
      'the target of a process that belongs to none',
      { 'remote.target': 'model' },
      connect({ remote: { ...unnamed, process: 'ollama' } }),
    ],
  ])('but what is known not to be there is: %s', (_, match, activity) => {
    expect(test(match, activity)).toBe('no');
  });

  it('an empty command line was not read', () => {
    expect(test({ 'process.cmdline|contains': 'x' }, connect(), named({ cmdline: '' }))).toBe('unknown');
  });

  it.each<[Match, Truth]>([
    [{ bytesSent: 1, direction: 'inbound' }, 'no'],
    [{ bytesSent: 1, direction: 'outbound' }, 'unknown'],
    [[{ bytesSent: 1 }, { direction: 'outbound' }], 'yes'],
    [[{ bytesSent: 1 }, { direction: 'inbound' }], 'unknown'],
    [{ bytesSent: [1, null] }, 'yes'],
    [{ 'bytesSent|exists': true }, 'no'],
    [{ 'bytesSent|exists': false }, 'yes'],
  ])('%j: %s', (match, expected) => {
    expect(test(match, connect())).toBe(expected);
  });
});

describe('cut text is not whole text', () => {
  const start = `GET /health ${'x'.repeat(190)}`;
  const cut = `${start.slice(0, 200)}…`;

  it.each<[string, Match, Truth]>([
    ['contains, found', { 'data.a|contains': 'health' }, 'yes'],
    ['contains, not found', { 'data.a|contains': 'secret' }, 'unknown'],
    ['startswith, so', { 'data.a|startswith': 'GET ' }, 'yes'],
    ['startswith, not so', { 'data.a|startswith': 'POST' }, 'no'],
    ['startswith, longer than what is there', { 'data.a|startswith': `${start}yyy` }, 'unknown'],
    ['endswith', { 'data.a|endswith': 'x' }, 'unknown'],
    ['the whole, begun otherwise', { 'data.a': 'POST *' }, 'no'],
    ['the whole, perhaps', { 'data.a': 'GET *y' }, 'unknown'],
    ['the whole, whatever follows', { 'data.a': 'GET *' }, 'yes'],
    ['the mark is no character', { 'data.a|endswith': '…' }, 'unknown'],
    ['re, found', { 'data.a|re': 'hea.th' }, 'yes'],
    ['re, not found', { 'data.a|re': 'secret' }, 'unknown'],
    ['re that looks at the end', { 'data.a|re': '^[^y]*$' }, 'unknown'],
    ['re that looks at the end of a word', { 'data.a|re': String.raw`\bh` }, 'unknown'],
    ['a number', { 'data.a|gt': 1 }, 'unknown'],
    ['exists', { 'data.a|exists': true }, 'yes'],
  ])('%s', (_, match, expected) => {
    expect(test(match, row({ a: cut }))).toBe(expected);
  });

  it('a type that was cut', () => {
    expect(test({ 'type|endswith': '_run' }, row({}, cut))).toBe('unknown');
  });

  it('a short text that ends with the mark was not cut, but one that broke off was', () => {
    expect(test({ 'data.a': 'Loading…' }, row({ a: 'Loading…' }))).toBe('yes');
    expect(test({ 'data.a|endswith': 'run' }, row({ a: 'Loading…' }))).toBe('no');
    expect(test({ 'data.a|endswith': 'run' }, row({ a: 'to\uFFFD…' }))).toBe('unknown');
  });

  it.each(['blob of 12 bytes', "blob X'74'", "blob X''"])(
    'nothing is known of what is in a blob: %s',
    (a) => {
      expect(test({ 'data.a|contains': 'blub' }, row({ a }))).toBe('unknown');
      expect(test({ 'data.a|startswith': 'x' }, row({ a }))).toBe('unknown');
      expect(test({ type: 't' }, row({}, a))).toBe('unknown');
    },
  );

  it('columns that were left out may hold anything', () => {
    const data = { a: 1, '…': 5 };
    expect(test({ 'data.z|exists': false }, row(data))).toBe('unknown');
    expect(test({ 'data.z': null }, row(data))).toBe('unknown');
    expect(test({ 'data.a|exists': true }, row(data))).toBe('yes');
  });

  it('a regular expression sees only the beginning of a very long text', () => {
    const long = `${'x'.repeat(5000)}y`;
    expect(test({ 'exe|re': 'y' }, spawn({ exe: long }))).toBe('unknown');
    expect(test({ 'exe|re': 'x' }, spawn({ exe: long }))).toBe('yes');
  });

  it.each<[Match, Truth]>([
    [{ 'process.cmdline|contains': 'serve' }, 'yes'],
    [{ 'process.cmdline|contains': 'secret' }, 'unknown'],
    [{ 'process.cmdline|startswith': 'node' }, 'no'],
    [{ 'process.cmdline|endswith': 'x' }, 'unknown'],
    [{ 'process.cmdline|endswith': '--serve' }, 'yes'],
    [{ 'process.cmdline|re': '^node' }, 'unknown'],
  ])('what was redacted may be anything: %j', (match, expected) => {
    expect(test(match, connect(), named({ cmdline: 'app --token *** --serve' }))).toBe(expected);
  });

  it('a command line that is cut and redacted', () => {
    const cmdline = `app --token *** ${'y'.repeat(495)}…`;
    expect(test({ 'process.cmdline|contains': 'yyy' }, connect(), named({ cmdline }))).toBe('yes');
    expect(test({ 'process.cmdline|startswith': 'node' }, connect(), named({ cmdline }))).toBe('no');
    expect(test({ 'process.cmdline|endswith': 'y' }, connect(), named({ cmdline }))).toBe('unknown');
  });

  it.each<[string, Match, Truth]>([
    ['short-name', { 'process.name|endswith': '-process' }, 'no'],
    ['gunicorn-master', { 'process.name': 'gunicorn-master' }, 'yes'],
    ['gunicorn-master', { 'process.name|endswith': 'process' }, 'unknown'],
    ['gunicorn-master', { 'process.name': 'gunicorn-master-p*' }, 'unknown'],
    ['gunicorn-master', { 'process.name': 'python3' }, 'no'],
  ])('the kernel may have cut a name of 15 bytes: %s, %j', (name, match, expected) => {
    expect(test(match, connect(), named({ name }))).toBe(expected);
  });

  it.each<[string, string]>([
    ['process.name', 'gunicorn-master-process'],
    ['process.name|contains', 'gunicorn-master-process'],
    ['remote.process', 'gunicorn-master-process'],
    ['process.name', 'ärgerlichelange'],
  ])('a name that is too long to be one is a mistake: %s %s', (key, value) => {
    const [problem] = compileMatch('network', { [key]: value }).problems;
    expect(problem?.message).toMatch(/too long .* cut to 15 bytes by the kernel; write «[^»]+»$/);
    expect(problem?.path).toEqual([key]);
  });
});

describe('patterns on the beginning of a text', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 7 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 7 });
  const anchor = fc.constantFrom('whole', 'contains', 'startswith', 'endswith');

  it('are decided only where no end changes it', () => {
    fc.assert(
      fc.property(pattern, anchor, text, text, (glob, at, beginning, end) => {
        const truth = compileBeginning(glob, at)(beginning);
        const whole = compilePattern(glob, at)(beginning + end);
        if (truth !== 'unknown') expect(whole).toBe(truth === 'yes');
      }),
      { numRuns: 2000 },
    );
  });

  it('do not take forever on many stars', () => {
    expect(compileBeginning('*'.repeat(10_000), 'contains')('a'.repeat(4000))).toBe('yes');
    expect(compileBeginning('*a'.repeat(50), 'whole')('a'.repeat(4000))).toBe('unknown');
  });
});
