import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check, ruleOf, runCli } from '../support/cli.ts';
import { expectLookedAt } from '../support/looked-at.ts';
import { hasProgram } from '../support/programs.ts';
import { until } from '../support/until.ts';

const RUNNABLE = hasProgram('python3') && hasProgram('sqlite3');
if (!RUNNABLE) console.log('skipped: needs python3 and sqlite3');

const program = (name: string): string => new URL(`../fixtures/programs/${name}`, import.meta.url).pathname;
/** The system's own: a wrapper that chooses among several would be a process of its own. */
const PYTHON = '/usr/bin/python3';

let out: string;
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'idleproof-levels-'));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** leak-watch for windows of seconds: resident memory is read at each look. */
function shortLeakWatch(): string {
  const path = join(out, 'short.yaml');
  writeFileSync(
    path,
    `pack: short
extends: leak-watch
params: { memory: 100MB/h, files: 1/s, threads: 1/s }
override:
  memory-growth: { metric: memory.rss, minDuration: 10s }
  file-growth: { minDuration: 10s }
  thread-growth: { minDuration: 10s }
`,
  );
  return path;
}

/** model-lifecycle for seconds, by resident memory too. */
function shortLifecycle(): string {
  const path = join(out, 'lifecycle.yaml');
  writeFileSync(
    path,
    `pack: lifecycle
extends: model-lifecycle:timeout=15s,idle=100MB,loaded=150MB
override:
  model-not-preloaded: { metric: memory.rss }
  model-loaded: { metric: memory.rss }
  model-unload: { metric: memory.rss }
`,
  );
  return path;
}

const grow = (bytes: number): ReturnType<typeof check> =>
  check([
    '--for',
    '15s',
    '--settle',
    '3s',
    '--out',
    out,
    '--rules',
    shortLeakWatch(),
    '--',
    PYTHON,
    program('growing.py'),
    String(bytes),
  ]);

/** Starts a helper again and again that writes 30 MB when it has been looked at, or before; and waits for it or not. */
const WRITERS = `
import os, signal, sys, time
path, how = sys.argv[1:]
waits = how != 'ignores'
if not waits: signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    child = os.fork()
    if child == 0:
        if how != 'early': time.sleep(2.5)
        out = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.write(out, b'x' * (30 << 20))
        os.fsync(out)
        if how == 'early': time.sleep(2.5)
        os._exit(0)
    if waits: os.waitpid(child, 0)
    else: time.sleep(5)
`;

/** Maps a model, reads all of it, and then sleeps. */
const MODEL_SERVER = `
import mmap, signal, sys
file = open(sys.argv[1])
model = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
sum(model[at] for at in range(0, len(model), 4096))
print('loaded', flush=True)
signal.pause()
`;

/** What a rule says of them that allows 1 MB. */
async function writersJudged(how: 'waits' | 'early' | 'ignores'): Promise<ReturnType<typeof ruleOf>> {
  const rules = join(out, `disk-${how}.yaml`);
  const rule = '{ id: disk, kind: threshold, metric: io.writtenBytes, expect: { sum: "< 1MB" } }';
  writeFileSync(rules, `pack: disk\nrules: [${rule}]\n`);
  const args = [
    '--for',
    '15s',
    '--settle',
    '1s',
    '--rules',
    rules,
    '--out',
    out,
    '--',
    PYTHON,
    '-c',
    WRITERS,
  ];
  const { proof } = await check([...args, join(out, `written-${how}`), how]);
  return ruleOf(proof, 'disk');
}

describe.skipIf(!RUNNABLE)('a Python program', () => {
  it.concurrent('whose helpers write as they end, and are not waited for, is not known to write nothing', async () => {
    const { verdict, reason } = await writersJudged('ignores');
    // A look may come while one writes.
    if (verdict !== 'fail')
      expect({ verdict, reason }).toEqual({
        verdict: 'inconclusive',
        reason: expect.stringContaining('not counted'),
      });
  });

  it.concurrent('whose helpers write as they end, and are waited for, writes', async () => {
    expect(await writersJudged('waits')).toMatchObject({ verdict: 'fail' });
  });

  it.concurrent('whose helpers are looked at when they have written, is not told of that twice', async () => {
    const { verdict, measured } = await writersJudged('early');
    expect(verdict).toBe('fail');
    const helpers = Number(/([\d.]+) MB/.exec(measured)?.[1]) / 31.46;
    // One every 2.5 s, each waited for at once.
    expect(helpers).toBeGreaterThan(1.9);
    expect(helpers).toBeLessThan(8.1);
  });

  it.concurrent('that sleeps while another one ceases to share its pages holds more, and is told so', async (test) => {
    const model = join(out, 'model');
    writeFileSync(model, Buffer.alloc(100_000_000, 'x'));
    const servers = [1, 2].map(() =>
      spawn(PYTHON, ['-c', MODEL_SERVER, model], { stdio: ['ignore', 'pipe', 'ignore'] }),
    );
    const [watched, other] = servers;
    try {
      await Promise.all(servers.map(({ stdout }) => once(stdout, 'data')));
      const rules = ['--rules', 'idle-budget:memory=80MB', '--out', join(out, 'shared')];
      const run = check(['--for', '15s', '--settle', '3s', ...rules, '--pid', `${watched?.pid}`]);
      const folder = join(out, 'shared');
      await until(() => existsSync(folder));
      await sleep(6_000);
      other?.kill();
      const { proof } = await run;
      expectLookedAt(test, proof);
      expect(ruleOf(proof, 'idle-memory')).toMatchObject({ verdict: 'fail' });
    } finally {
      for (const server of servers) server.kill('SIGKILL');
    }
  });

  it.concurrent('that keeps 1 MB more each second leaks', async (test) => {
    const { proof, code } = await grow(100_000);
    const rule = ruleOf(proof, 'memory-growth');
    expect([code, rule.verdict]).toEqual([1, 'fail']);
    expect(rule.findings[0]?.text).toMatch(/slope of memory.rss is 3\.\d+ GB\/h/);
    expectLookedAt(test, proof);
    expect(ruleOf(proof, 'file-growth').verdict).toBe('pass');
  });

  it.concurrent('that sleeps does not', async (test) => {
    const { proof, code } = await grow(0);
    expectLookedAt(test, proof);
    expect(proof.rules.map(({ id, verdict, reason }) => [id, verdict, reason])).toEqual([
      ['memory-growth', 'pass', null],
      ['file-growth', 'pass', null],
      ['thread-growth', 'pass', null],
      ['orphan-process', 'pass', null],
    ]);
    expect(code).toBe(0);
  });

  it.concurrent.for([
    ['gives its model back in time', '4', 0, 'pass'],
    ['keeps its model', 'never', 1, 'fail'],
  ] as const)('that %s', async ([, givenBack, exitCode, verdict], test) => {
    const database = join(out, `${givenBack}.db`);
    const table =
      'CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT, created_at TEXT DEFAULT CURRENT_TIMESTAMP)';
    expect(spawnSync('sqlite3', [database, `PRAGMA journal_mode=WAL; ${table}`]).status).toBe(0);
    const rules = shortLifecycle();
    const args = ['--for', '40s', '--settle', '1s', '--events', database, '--out', out, '--rules', rules];
    const { proof, code } = await check([
      ...args,
      '--',
      PYTHON,
      program('lazy_model.py'),
      database,
      '6',
      givenBack,
    ]);
    const verdicts = proof.rules.map(({ id, verdict: of, reason }) => [id, of, reason]);
    // What breaks a limit breaks it, however seldom it was looked at.
    if (verdict === 'fail') expect(code, proof.headline).toBe(1);
    expectLookedAt(test, proof);
    expect(verdicts).toEqual([
      ['model-not-preloaded', 'pass', null],
      ['model-loaded', 'pass', null],
      ['model-unload', verdict, verdict === 'pass' ? null : expect.stringContaining('max of memory.rss')],
      ['orphan-process', 'pass', null],
    ]);
    expect(code).toBe(exitCode);
  });
});

it('a pack that misspells what it overrides, extends or measures is refused with its place', async () => {
  const path = join(out, 'wrong.yaml');
  writeFileSync(path, 'pack: wrong\nextends: leak-wach\n');
  const first = await runCli(['check', '--pid', '1', '--for', '3s', '--rules', path]);
  expect([first.code, first.stderr]).toEqual([
    3,
    expect.stringContaining(`${path}:2:10: there is no rule pack «leak-wach»; did you mean leak-watch?`),
  ]);
  writeFileSync(path, 'pack: wrong\nextends: leak-watch\noverride: { memory-grwth: { severity: warn } }\n');
  const second = await runCli(['check', '--pid', '1', '--for', '3s', '--rules', path]);
  expect([second.code, second.stderr]).toEqual([
    3,
    expect.stringContaining(`${path}:3:13: no rule «memory-grwth» is extended; did you mean memory-growth?`),
  ]);
});
