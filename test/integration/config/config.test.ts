import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/config.ts';
import { InvalidDocument } from '../../../src/config/invalid-document.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-config-'));
  path = join(folder, 'idleproof.yaml');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const load = (text: string) => {
  writeFileSync(path, text);
  return loadConfig(path);
};

describe('loadConfig', () => {
  it('reads targets, their events tables and the rules, relative to its own folder', () => {
    const config = load(`
tick: 500ms
targets:
  backend:
    select: { port: 8000 }
    events: { sqlite: ./data/app.db }
    files: [./data, /var/lib/app]
  model: { select: { name: llama-server }, tree: false }
user: [{ activity: event, match: { type: user_message } }]
windows: [{ id: nightly, trigger: schedule, cron: "0 2 * * *", duration: 4h }]
rules: [no-background-agents, ./ours.yaml]
strict: true
reports: { dir: out }
`);
    expect(config).toMatchObject({
      tickMs: 500,
      targets: [
        {
          name: 'backend',
          select: { by: 'port', port: 8000 },
          tree: true,
          events: { sqlite: join(folder, 'data/app.db'), table: 'events' },
          files: [join(folder, 'data'), '/var/lib/app'],
        },
        { name: 'model', select: { by: 'name', name: 'llama-server' }, tree: false, events: null },
      ],
      user: [{ activity: 'event', match: { type: 'user_message' } }],
      windows: [
        {
          id: 'nightly',
          trigger: 'schedule',
          cron: '0 2 * * *',
          durationMs: 14_400_000,
          timezone: null,
          settleMs: 5000,
          maxDurationMs: 3_600_000,
          minDurationMs: 10_000,
          guardMs: 2000,
        },
      ],
      rules: ['no-background-agents', join(folder, 'ours.yaml')],
      strict: true,
      reportsDir: join(folder, 'out'),
      alerts: [],
    });
  });

  it('takes a command with an empty argument', () => {
    const { targets } = load('targets: { a: { select: { command: [redis-server, --save, ""] } } }\n');
    expect(targets[0]?.select).toEqual({ by: 'command', argv: ['redis-server', '--save', ''] });
  });

  it.each([
    ['targets: { a: { select: { command: [""] } } }\n', /:1:\d+: a program and its arguments/],
    ['targets: { a: { select: { command: [sh, "\\0"] } } }\n', /:1:41: no argument can hold a NUL character/],
    ['targets:\n  a: { select: { prot: 80 } }\n', /:2:18: «prot» is not a key here; did you mean port\?/],
    ['targets:\n  a: { select: { port: 80, name: x } }\n', /:2:16: .*exactly one selector/],
    ['targets:\n  a: { select: { port: 80000 } }\n', /:2:24: /],
    ['target:\n  a: 1\n', /:1:1: «target» is not a key here; did you mean targets\?/],
    ['tick: 1\ntargets: {}\n', /:1:7: «1» lacks a unit; did you mean 1s\?/],
    ['tick: 0s\ntargets: {}\n', /:1:7: a tick is at least 100ms long/],
    ['tick: 99ms\ntargets: {}\n', /:1:7: a tick is at least 100ms long/],
    ['tick: soon\ntargets: {}\n', /:1:7: «soon» is not a duration such as/],
    ['targets: {}\nwindows: [{ id: a, trigger: run }]\n', /:2:29: run is the life of a command/],
    ['targets: [\n', /:\d+:\d+: /],
    ['', /empty/],
  ])('says where %j is wrong', (text, message) => {
    expect(() => load(text)).toThrowError(message);
    expect(() => load(text)).toThrowError(expect.objectContaining({ code: 'CONFIG_INVALID', exitCode: 3 }));
  });

  it('tells what no schema knows together with what one does, but nothing that only follows from another mistake', () => {
    const linesOf = (text: string): string[] => {
      try {
        load(text);
      } catch (error) {
        if (!(error instanceof InvalidDocument)) throw error;
        return error.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
      }
      return [];
    };
    expect(
      linesOf(`tick: 1x
targets: { app: { select: { port: 8000 } } }
windows: [{ id: chat, trigger: user-quiet, quietFor: 60s }]
metrics: { listen: 0.0.0.0:9 }
`),
    ).toEqual([
      expect.stringMatching(/^1:7: /),
      expect.stringContaining('3:32: user-quiet rests on `user:`'),
      expect.stringContaining('4:20: «0.0.0.0:9» is no address for metrics'),
    ]);
    expect(
      linesOf(`targets: { app: { select: { port: 8000 } } }
user: [{ activity: evnt }]
windows: [{ id: chat, trigger: user-quiet, quietFor: 60s }]
`),
    ).toEqual([expect.stringContaining('2:20: «evnt» is not a value of activity')]);
  });

  it('says which file it cannot read', () => {
    expect(() => loadConfig(join(folder, 'none.yaml'))).toThrowError(/none\.yaml/);
  });
});
