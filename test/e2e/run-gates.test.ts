import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it, type TestContext } from 'vitest';
import type { GateSheet } from '../../src/model/gate-sheet.ts';
import type { Proof } from '../../src/model/proof.ts';
import { runCli, startCli } from '../support/cli.ts';
import { expectLookedAt } from '../support/looked-at.ts';
import { freePort } from '../support/programs.ts';
import { until } from '../support/until.ts';

const APP = fileURLToPath(new URL('../../dist/demo/app.js', import.meta.url));
const STILL = ['--no-memory-reducer', '--no-minor-gc-task'];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-gates-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function gatesFile(more: readonly string[]): Promise<string> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const database = join(folder, 'demo.db');
  const command = [process.execPath, ...STILL, APP, '--database', database, '--port', String(port), ...more];
  const body = JSON.stringify({ message: 'hello' });
  const gates = [
    { gate: 'Backend startup', measurement: 'startup', runs: 2, expect: { p50: '< 60s' } },
    { gate: 'Health check', http: { url: `${url}/health`, requests: 20 }, expect: { p95: '< 10s' } },
    { gate: 'Use it once', http: { url: `${url}/chat`, method: 'POST', body, timeout: '60s' } },
    { gate: 'Unloads', wait: '2m' },
    { gate: 'Idle', window: '12s' },
    { gate: 'No orphans', rule: 'orphan-process' },
  ];
  const targets = { backend: { select: { command }, events: { sqlite: database } } };
  const path = join(folder, 'gates.yaml');
  writeFileSync(path, JSON.stringify({ targets, ready: `${url}/health`, acceptSampled: '1s', gates }));
  return path;
}

const run = async (path: string): Promise<{ code: number | null; sheet: GateSheet; said: string }> => {
  const out = join(folder, 'reports');
  const { code, stdout, stderr } = await runCli(['run', path, '--out', out, '--json']);
  expect(stdout, stderr).not.toBe('');
  return { code, sheet: JSON.parse(stdout) as GateSheet, said: stdout + stderr };
};

/** The folder of the only run. */
function runFolder(): string {
  const reports = join(folder, 'reports');
  const isRun = (name: string): boolean => existsSync(join(reports, name, 'gates.json'));
  return join(reports, readdirSync(reports).find(isRun) ?? '');
}

/** Every row but that of the window first, whose verdict is known where enough of it was looked at. */
function expectRows(test: TestContext, { gates }: GateSheet, said: string, wanted: [string, string][]): void {
  const rows = gates.map(({ gate, verdict }) => [gate, verdict]);
  const others = (all: string[][]): string[][] => all.filter(([gate]) => gate !== 'Idle');
  expect(others(rows), said).toEqual(others(wanted));
  expectLookedAt(test, JSON.parse(readFileSync(join(runFolder(), 'proof.json'), 'utf8')) as Proof);
  expect(rows, said).toEqual(wanted);
}

const LAZY = ['--model-bytes', '200000000', '--unload-after', '3000'];

it('runs the whole phase gate on an app that keeps it: every row with a number', async (test) => {
  const { code, sheet, said } = await run(await gatesFile(LAZY));
  for (const { measured } of sheet.gates) expect(measured).toMatch(/\d|none/);
  const { beforeBytes, inUseBytes, afterBytes } = sheet.memory;
  expect(inUseBytes ?? 0).toBeGreaterThan((beforeBytes ?? Infinity) + 190e6);
  expect(afterBytes ?? Infinity).toBeLessThan((inUseBytes ?? 0) - 150e6);
  const reports = join(folder, 'reports');
  const files = readdirSync(runFolder());
  for (const file of ['gates.md', 'proof.json', 'evidence.db']) expect(files).toContain(file);
  const gates = readFileSync(join(runFolder(), 'gates.md'), 'utf8');
  expect(gates).toContain('| Use it once |');
  expect(gates).toMatch(
    /\| before the first use \| \d[^]*\| in use, at the most \| \d[^]*\| after the wait \| \d/u,
  );

  // The page that a team keeps has the same rows, with the command that gives them again, and no rule of the window.
  const page = join(folder, 'page.md');
  writeFileSync(page, '<!-- idleproof:begin -->\n<!-- idleproof:end -->\n');
  const written = await runCli(['report', reports, '--into', page]);
  expect(written.code, written.stderr).toBe(0);
  const rows = readFileSync(page, 'utf8').match(/^\|.*`idleproof run .*$/gmu) ?? [];
  expect(rows.map((row) => row.split(' | ')[0]?.slice(2))).toEqual(sheet.gates.map(({ gate }) => gate));
  expectRows(test, sheet, said, [
    ['Backend startup', 'pass'],
    ['Health check', 'pass'],
    ['Use it once', 'pass'],
    ['Unloads', 'pass'],
    ['Idle', 'pass'],
    ['No orphans', 'pass'],
  ]);
  expect([code, sheet.verdict]).toEqual([0, 'pass']);
}, 300_000);

it('takes other measurements of the running app, and fails what is not met or does not answer', async (test) => {
  const path = await gatesFile(LAZY);
  const given = JSON.parse(readFileSync(path, 'utf8')) as { ready: string; gates: object[] };
  writeFileSync(join(folder, 'bundle.js'), 'x'.repeat(5_000));
  const print = [process.execPath, '-p', 'JSON.stringify({ parse: 12 })'];
  const load = { measurement: 'http', url: given.ready, requests: 100, concurrency: 4 };
  const nobody = `http://127.0.0.1:${await freePort()}/`;
  const gates = [
    { gate: 'Load', ...load, expect: { p95: '< 10s', throughput: '> 1/s' } },
    { gate: 'Missing page', ...load, url: `${given.ready}-not`, expect: { throughput: '>= 0/s' } },
    { gate: 'Token', measurement: 'ttft', url: nobody, prompt: 'hi', expect: { p50: '< 60s' } },
    { gate: 'Bundle', measurement: 'size', files: ['bundle.js'], expect: { 'size.raw': '< 4kB' } },
    { gate: 'Nothing', measurement: 'size', files: ['*.nothing'], expect: { 'size.raw': '< 4kB' } },
    { gate: 'Bench', measurement: 'run', command: print, unit: 'ms', runs: 2, expect: { p50: '< 20ms' } },
    { gate: 'Bare', measurement: 'run', command: print, expect: { 'run.seconds.p50': '< 20ms' } },
    { gate: 'Idle', window: '12s' },
  ];
  writeFileSync(path, JSON.stringify({ ...given, gates }));
  const { code, sheet, said } = await run(path);
  const of = (name: string): (typeof sheet.gates)[number] | undefined =>
    sheet.gates.find(({ gate }) => gate === name);
  expect(of('Missing page')?.reason).toContain('100 %');
  expect(of('Bundle')?.measured).toContain('5 kB');
  expect(of('Bare')?.reason).toContain('run.seconds.p50');
  expect([code, sheet.verdict]).toEqual([1, 'fail']);
  expectRows(test, sheet, said, [
    ['Load', 'pass'],
    ['Missing page', 'fail'],
    ['Token', 'fail'],
    ['Bundle', 'fail'],
    ['Nothing', 'inconclusive'],
    ['Bench', 'pass'],
    ['Bare', 'inconclusive'],
    ['Idle', 'pass'],
  ]);
}, 300_000);

it('finds a helper that outlives the app, and a model that stays', async () => {
  const path = await gatesFile(['--model-bytes', '200000000', '--unload-after', '900000', '--leave-behind']);
  writeFileSync(path, readFileSync(path, 'utf8').replace('"2m"', '"3s"'));
  const { code, sheet, said } = await run(path);
  const of = (name: string): unknown => sheet.gates.find(({ gate }) => gate === name)?.verdict;
  expect([of('Unloads'), of('No orphans')], said).toEqual(['fail', 'fail']);
  expect([code, sheet.verdict]).toEqual([1, 'fail']);
}, 300_000);

it('ends with 130 and starts nothing more when it is interrupted before the app is ready', async () => {
  const path = join(folder, 'gates.yaml');
  const started = join(folder, 'started');
  const command = ['sh', '-c', `echo . >> ${started}; exec sleep 600`];
  const gates = [
    { gate: 'Start', measurement: 'startup', expect: { p50: '< 1s' } },
    { gate: 'Idle', window: '12s' },
  ];
  const targets = { app: { select: { command } } };
  writeFileSync(path, JSON.stringify({ targets, ready: `file:${join(folder, 'never')}`, gates }));
  const { child, result } = startCli(['run', path, '--out', join(folder, 'reports')]);
  await until(() => existsSync(started));
  child.kill('SIGINT');
  const { code, stderr } = await result;
  expect(code, stderr).toBe(130);
  expect(readFileSync(started, 'utf8')).toBe('.\n');
}, 60_000);

it('names every mistake of the file with its place', async () => {
  const path = join(folder, 'gates.yaml');
  writeFileSync(
    path,
    `ready: port:1
targets: { app: { select: { command: [sleep, '9'] } } }
gates:
  - { gate: Idle, window: 12s }
  - { gate: Use, http: { url: "http://127.0.0.1:1/" } }
  - { gate: Two, wait: 1s, rule: orphan-process }
`,
  );
  const { code, stderr } = await runCli(['run', path, '--out', join(folder, 'reports')]);
  expect(code).toBe(3);
  expect(stderr).toMatch(/gates\.yaml:5:.*before the window/);
  expect(stderr).toMatch(/gates\.yaml:6:.*exactly one/);
  const lint = await runCli(['rules', 'lint', path]);
  expect([lint.code, lint.stdout]).toEqual([1, expect.stringMatching(/gates\.yaml:5:.*before the window/)]);
  const schema = await runCli(['rules', 'schema', '--of', 'gates']);
  expect(JSON.parse(schema.stdout)).toMatchObject({ title: 'gates.yaml' });
});
