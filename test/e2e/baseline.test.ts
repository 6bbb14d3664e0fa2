import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MeasuredComparison } from '../../src/model/measured-comparison.ts';
import type { Proof } from '../../src/model/proof.ts';
import { type CliResult, runCli } from '../support/cli.ts';
import { freePort } from '../support/programs.ts';

let folder: string;
const children: ChildProcess[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-baseline-'));
});
afterAll(async () => {
  for (const child of children) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode === null && child.kill('SIGKILL')) await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

/** A server of its own process that answers after so long. */
async function startServer(delayMs: number): Promise<string> {
  const port = await freePort();
  const code = `require('http').createServer((q, s) => setTimeout(() => s.end('ok'), ${delayMs})).listen(${port}, '127.0.0.1', () => console.log('up'))`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return `http://127.0.0.1:${port}/`;
}

let runs = 0;
/** Measures, and returns the folder of the run. */
async function measure(...args: string[]): Promise<string> {
  runs += 1;
  const out = join(folder, `run-${runs}`);
  const { code, stderr } = await runCli(['measure', ...args, '--out', out]);
  if (code !== 0) throw new Error(stderr);
  const [run = ''] = readdirSync(out);
  return join(out, run);
}

const state = (): string => join(folder, 'state');
const baseline = (...args: string[]): Promise<CliResult> => runCli(['baseline', ...args, '--state', state()]);
async function compare(...args: string[]): Promise<{ code: number | null; told: MeasuredComparison }> {
  const { code, stdout, stderr } = await baseline('compare', ...args, '--json');
  if (!stdout.startsWith('{')) throw new Error(stderr);
  return { code, told: JSON.parse(stdout) as MeasuredComparison };
}
const load = (url: string, ...args: string[]): Promise<string> =>
  measure('http', '--url', url, '--requests', '80', '--concurrency', '4', ...args);

describe('baseline compare', () => {
  it('finds that a real server became slower, with the interval, and refuses to hold a run against itself', async () => {
    const [fast, slow] = [await startServer(0), await startServer(250)];
    const before = await load(fast);
    expect(await baseline('set', before, '--name', 'v1')).toMatchObject({ code: 0 });
    const after = await load(slow, '--baseline', 'v1', '--state', state());

    const slower = await compare('v1', after, '--allow', '10%');
    expect(slower.code).toBe(1);
    expect(slower.told.verdict).toBe('fail');
    const row = slower.told.rows.find(
      ({ measurement, statistic }) => measurement === 'http.latency' && statistic === 'p50',
    );
    expect(row).toMatchObject({
      status: 'regression',
      before: { count: 80, runs: 1 },
      change: { unit: 'percent' },
    });
    expect(row?.change?.low).toBeGreaterThan(10);

    const self = await baseline('compare', 'v1', before);
    expect([self.code, self.stderr]).toEqual([
      3,
      expect.stringContaining('v1 was made of it, so that it would be compared with itself'),
    ]);
    // It was better before.
    await baseline('set', after, '--name', 'slow');
    expect((await compare('slow', before, '--statistic', 'p50')).code).toBe(0);

    // A rule of the kind regression goes by what the evidence of the second run holds.
    const pack = join(folder, 'ours.yaml');
    writeFileSync(
      pack,
      'pack: ours\nrules:\n  - { id: slower, kind: regression, measurement: http.latency, expect: { p50: "< +10%" } }\n',
    );
    const judged = await runCli(['judge', join(after, 'evidence.db'), '--rules', pack, '--json']);
    expect((JSON.parse(judged.stdout) as Proof).rules[0]).toMatchObject({ id: 'slower', verdict: 'fail' });
    expect(judged.code).toBe(1);
    const without = await runCli(['judge', join(before, 'evidence.db'), '--rules', pack, '--json']);
    expect((JSON.parse(without.stdout) as Proof).rules[0]?.verdict).toBe('inconclusive');
  });

  it('passes nothing by a baseline of five requests, however slow the server became', async () => {
    const [fast, slow] = [await startServer(0), await startServer(100)];
    const five = await load(fast, '--requests', '5', '--concurrency', '5');
    expect(await baseline('set', five, '--name', 'five')).toMatchObject({ code: 0 });
    const after = await load(slow, '--requests', '150', '--concurrency', '5');
    const { code, told } = await compare('five', after);
    expect([code, told.verdict], told.headline).toEqual([2, 'inconclusive']);
    const latency = told.rows.filter(({ measurement }) => measurement === 'http.latency');
    expect(latency.map(({ status }) => status)).toEqual(['inconclusive', 'inconclusive', 'inconclusive']);
  });

  it('compares nothing with what was asked for otherwise', async () => {
    const url = await startServer(0);
    const before = await load(`${url}health`, '--method', 'POST', '--body', '{"model":"a"}');
    expect(await baseline('set', before, '--name', 'asked')).toMatchObject({ code: 0 });
    const reasonsOf = async (...args: [string, ...string[]]): Promise<(string | null)[]> => {
      const { code, told } = await compare('asked', await load(...args));
      expect(code).toBe(2);
      return [...new Set(told.rows.map(({ reason }) => reason))];
    };
    const post = ['--method', 'POST', '--body'];
    expect(await reasonsOf(`${url}other?a=1`, ...post, '{"model":"a"}')).toEqual([
      'measured under other conditions: path /health, and then /other?a=1',
    ]);
    expect(await reasonsOf(`${url}health`, ...post, '{"model":"b"}')).toEqual([
      expect.stringMatching(/^measured under other conditions: body [0-9a-f]{12}, and then [0-9a-f]{12}$/),
    ]);
  });

  it('writes the table before and after as text, Markdown, HTML and JSON', async () => {
    const app = join(folder, 'app.js');
    writeFileSync(app, 'x'.repeat(1000));
    const before = await measure('size', 'app.js', '--cwd', folder, '--id', '<b>|bundle|');
    expect(await baseline('set', before, '--name', 'small')).toMatchObject({ code: 0 });
    writeFileSync(app, 'x'.repeat(1200));
    const after = await measure('size', 'app.js', '--cwd', folder, '--id', '<b>|bundle|');

    const text = await baseline('compare', 'small', after, '--expect', 'size.raw < 1.1kB');
    expect(text.code).toBe(1);
    expect(text.stdout).toMatch(/^FAIL: 2 worse, 1 missed, against small\n/);
    expect(text.stdout).toMatch(
      /size\.raw .*1 kB \(n = 1\) .*1\.2 kB \(n = 1\) .*\+20 % .*size\.raw < 1\.1kB: close .*WORSE/,
    );
    const markdown = await baseline('compare', 'small', after, '--format', 'md');
    expect(markdown.stdout).toContain('| Metric | Before | After | Change | Target | Status |');
    expect(markdown.stdout).not.toContain('<b>|');
    const out = join(folder, 'comparison');
    const files = await baseline('compare', 'small', after, '--format', 'text,md,html,json', '--out', out);
    expect(files.code).toBe(1);
    expect(readdirSync(out).sort()).toEqual([
      'comparison.html',
      'comparison.json',
      'comparison.md',
      'comparison.txt',
    ]);
    const page = readFileSync(join(out, 'comparison.html'), 'utf8');
    expect(page).toContain('&lt;b&gt;|bundle|');
    expect(page).not.toContain('<b>|');
    expect((await compare('small', after, '--allow', '25%')).code).toBe(0);
  });

  it('lists and shows what was pinned, and never overwrites it', async () => {
    writeFileSync(join(folder, 'file.js'), 'x');
    const run = await measure('size', 'file.js', '--cwd', folder);
    await baseline('set', run, '--name', 'once');
    expect((await baseline('list')).stdout).toMatch(/^once: 1 measurement, pinned /m);
    expect((await baseline('show', 'once')).stdout).toContain('size files');
    const twice = await baseline('set', run, run, '--name', 'twice');
    expect(twice.stdout).toMatch(/^twice: 1 measurement, /);
    const copy = join(folder, 'copy');
    cpSync(run, copy, { recursive: true });
    expect((await baseline('set', run, copy, '--name', 'copied')).stdout).toMatch(/^copied: 1 measurement, /);
    expect((await baseline('compare', 'once', copy)).stderr).toContain('once was made of it');
    const later = await measure('size', 'file.js', '--cwd', folder);
    const copyOfLater = join(folder, 'copy-of-later');
    cpSync(later, copyOfLater, { recursive: true });
    expect((await compare('once', later, copyOfLater)).told.after).toHaveLength(1);
    const again = await baseline('set', run, '--name', 'once');
    expect([again.code, again.stderr]).toEqual([3, expect.stringContaining('BASELINE_TAKEN')]);
  });

  it.each([
    [['nowhere', 'x'], 'BASELINE_UNKNOWN'],
    [['--allow', '5', 'once', 'x'], '--allow'],
    [['--statistic', 'p59', 'once', 'x'], 'did you mean p50'],
    [['--expect', 'p95 < 1s', 'once', 'x'], '--expect'],
    [['--format', 'pdf', 'once', 'x'], '--format'],
    [['once', '/nowhere'], 'BASELINE_RESULTS'],
  ])('refuses %j', async (args, said) => {
    const { code, stderr } = await baseline('compare', ...args);
    expect(stderr).toContain(said);
    expect(code).toBe(3);
  });
});
