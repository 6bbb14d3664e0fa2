import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RawCheckOptions } from '../../../src/cli/check-options.ts';
import { withEvents, withFiles, withLogs } from '../../../src/cli/source-options.ts';
import { targetsOf } from '../../../src/cli/target-options.ts';
import { collectorsOf, timingOf } from '../../../src/cli/timing-options.ts';
import { refuser } from '../../../src/errors/refuse.ts';

const refuse = refuser('check');

const RAW: RawCheckOptions = {
  target: [],
  for: '60s',
  settle: '5s',
  events: [],
  files: [],
  logs: [],
  rules: [],
  format: 'json',
};
const raw = (options: Partial<RawCheckOptions>): RawCheckOptions => ({ ...RAW, ...options });

describe('timingOf', () => {
  it('takes the tick from the command line, the configuration, or one second', () => {
    expect(timingOf(RAW, null, refuse)).toEqual({
      durationMs: 60_000,
      settleMs: 5_000,
      tickMs: 1_000,
      acceptSampledMs: null,
    });
    expect(timingOf(RAW, 500, refuse).tickMs).toBe(500);
    expect(timingOf(raw({ tick: '250ms', acceptSampled: '1s' }), 500, refuse)).toMatchObject({
      tickMs: 250,
      acceptSampledMs: 1_000,
    });
  });

  it.each([
    [{ for: '1900ms' }, /shorter than two looks/],
    [{ tick: '10ms' }, /shorter than 100ms/],
    [{ acceptSampled: '500ms' }, /cannot see what lives 500ms/],
    [{ for: 'soon' }, /«soon» is not a duration/],
    [{ settle: 'soon' }, /or 1h, or auto/],
  ])('refuses %j', (options, message) => {
    expect(() => timingOf(raw(options), null, refuse)).toThrowError(message);
  });
});

describe('collectorsOf', () => {
  it.each([
    [undefined, 'native'],
    ['auto', 'native'],
    ['portable', 'portable'],
  ])('%s: %s', (collectors, set) => {
    expect(collectorsOf(collectors === undefined ? RAW : raw({ collectors }), refuse)).toBe(set);
  });

  it('refuses another, and looks that portable readings cannot keep up with', () => {
    expect(() => collectorsOf(raw({ collectors: 'linux' }), refuse)).toThrowError(
      /neither auto nor portable/,
    );
    expect(() => timingOf(raw({ collectors: 'portable', tick: '500ms' }), null, refuse)).toThrowError(
      /need 1000ms/,
    );
    expect(() => timingOf(raw({ collectors: 'portable' }), 500, refuse)).toThrowError(/need 1000ms/);
  });
});

describe('targetsOf', () => {
  it.each([
    [{ port: '8000' }, [], 'port-8000', { by: 'port', port: 8000 }],
    [{ name: 'nginx' }, [], 'nginx', { by: 'name', name: 'nginx' }],
    [{ pidfile: '/run/app.pid' }, [], 'app', { by: 'pidfile', path: '/run/app.pid' }],
    [{ unit: 'ollama.service' }, [], 'ollama', { by: 'unit', unit: 'ollama.service' }],
    [{ target: ['web=port:80'] }, [], 'web', { by: 'port', port: 80 }],
    [{}, ['/usr/bin/node', 'a.js'], 'node', { by: 'command', argv: ['/usr/bin/node', 'a.js'] }],
  ])('%j %j', (options, command, name, select) => {
    expect(targetsOf(raw(options), command, refuse)).toEqual([{ name, select, tree: true, events: null }]);
  });

  it('wants names where there are several, and each name once', () => {
    expect(() => targetsOf(raw({ port: '80', name: 'x' }), [], refuse)).toThrowError(/name each/);
    expect(() => targetsOf(raw({ target: ['a=port:80', 'a=port:81'] }), [], refuse)).toThrowError(
      /«?a»? is used twice/,
    );
  });
});

describe('withEvents', () => {
  const two = targetsOf(raw({ target: ['web=port:80', 'db=port:81'] }), [], refuse);

  it.each([
    ['web=./app.db', { sqlite: './app.db', table: 'events' }],
    ['web=/srv/a:b/app.db:log', { sqlite: '/srv/a:b/app.db', table: 'log' }],
  ])('%s', (text, source) => {
    expect(withEvents(two, [text], refuse)[0]?.events).toEqual(source);
  });

  it('wants to know whose table it is', () => {
    expect(() => withEvents(two, ['app.db'], refuse)).toThrowError(/web=app\.db/);
    expect(() => withEvents(two, ['wbe=app.db'], refuse)).toThrowError(/no target wbe/);
    expect(withEvents(two.slice(0, 1), ['app.db'], refuse)[0]?.events?.sqlite).toBe('app.db');
  });
});

describe('withFiles', () => {
  const one = targetsOf(raw({ port: '80' }), [], refuse);
  const two = targetsOf(raw({ target: ['web=port:80', 'db=name:redis-server'] }), [], refuse);

  it('takes folders for the only target, as absolute paths', () => {
    expect(withFiles(one, ['/data', './more'], refuse).map(({ files }) => files)).toEqual([
      ['/data', resolve('more')],
    ]);
  });

  it('adds to what the configuration names, and leaves the others alone', () => {
    const [web, db] = withFiles(
      two.map((target) => (target.name === 'web' ? { ...target, files: ['/old'] } : target)),
      ['web=/data'],
      refuse,
    );
    expect(web?.files).toEqual(['/old', '/data']);
    expect(db).not.toHaveProperty('files');
  });

  it.each([
    ['/data', /several targets; say whose folder it is: --files web=\/data/],
    ['wbe=/data', /no target wbe; the targets are web, db/],
    ['', /nothing is named/],
  ])('refuses «%s» for two targets', (text, message) => {
    expect(() => withFiles(two, [text], refuse)).toThrow(message);
  });
});

describe('withLogs', () => {
  const one = targetsOf(raw({ port: '80' }), [], refuse);
  const logOf = (text: string) => withLogs(one, [text], refuse)[0]?.logs?.[0];

  it.each([
    ['/a.log', { file: '/a.log', format: 'perf' }],
    ['/a.log:perf', { file: '/a.log', format: 'perf' }],
    ['/a.log:jsonl', { file: '/a.log', format: 'jsonl' }],
    ['/a.ndjson', { file: '/a.ndjson', format: 'jsonl' }],
    ['/a:b/c.log', { file: '/a:b/c.log', format: 'perf' }],
    ['./a.log', { file: resolve('a.log'), format: 'perf' }],
    ['/a.log:/ (?<status>\\d{3}) /', { file: '/a.log', format: { regex: ' (?<status>\\d{3}) ' } }],
    ['port-80=/a.log:perf', { file: '/a.log', format: 'perf' }],
  ])('reads %s', (text, source) => {
    expect(logOf(text)).toEqual(source);
  });

  it.each([
    ['/a.log:json', /«json» is not a format/],
    ['/a.log:/(/', /cannot be used/],
    ['/a.log:/(?=a)/', /unsupported Perl syntax «\(\?=»/],
  ])('refuses %s', (text, message) => {
    expect(() => logOf(text)).toThrow(message);
  });
});
