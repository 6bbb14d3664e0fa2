import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MeasuredComparison } from '../../src/model/measured-comparison.ts';
import { runCli } from '../support/cli.ts';
import { measureInto } from '../support/measure.ts';

let base: string;
let state: string;
const children: ChildProcess[] = [];
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'idleproof-before-'));
  state = join(base, 'state');
});
afterAll(async () => {
  for (const child of children) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await ended;
  }
  rmSync(base, { recursive: true, force: true });
});

/** A build of a server that answers after 5 ms and what was added; /save takes as long, and fails one time in so many. */
const BUILD = `const [added, failsEvery] = process.argv.slice(1).map(Number);
let saves = 0;
const server = require('http').createServer((request, response) => setTimeout(() => {
  if (request.url === '/save' && failsEvery > 0 && (saves += 1) % failsEvery === 0) response.statusCode = 503;
  response.end('{}');
}, 5 + added));
server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;

async function startBuild(addedMs: number, failsEvery = 0): Promise<string> {
  const child = spawn(process.execPath, ['-e', BUILD, String(addedMs), String(failsEvery)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const port = await new Promise<string>((resolve) =>
    child.stdout.once('data', (line: Buffer) => resolve(line.toString().trim())),
  );
  return `http://127.0.0.1:${port}`;
}

async function load(url: string, id: string, ...args: string[]): Promise<string> {
  const { folder } = await measureInto(base, ['http', '--url', `${url}/${id}`, '--id', id, ...args]);
  return folder;
}
/** Ten times and more what a busy host adds to an answer of nothing, so that no noise of three runs hides it. */
const SLOWER_MS = 100;
const ASKED = ['--requests', '100', '--concurrency', '2'];
/** As many as it takes to tell none that failed from 5 % in one run. */
const ASKED_OF_RELEASE = ['--requests', '200', '--concurrency', '2'];

async function pin(name: string, runs: readonly string[]): Promise<void> {
  const { code, stderr } = await runCli(['baseline', 'set', ...runs, '--name', name, '--state', state]);
  expect(code, stderr).toBe(0);
}

async function compare(
  name: string,
  runs: readonly string[],
  ...args: string[]
): Promise<{ code: number | null; told: MeasuredComparison }> {
  const { code, stdout, stderr } = await runCli([
    'baseline',
    'compare',
    name,
    ...runs,
    '--state',
    state,
    '--json',
    ...args,
  ]);
  if (!stdout.startsWith('{')) throw new Error(stderr);
  return { code, told: JSON.parse(stdout) as MeasuredComparison };
}

describe('baseline compare of two builds of a real server', () => {
  it('calls the same build no worse, try by try, and one with 100 ms more worse, with the interval', async () => {
    const [fast, slow, again] = [
      await startBuild(0),
      await startBuild(SLOWER_MS),
      await startBuild(SLOWER_MS),
    ];
    const runs = { fast: [] as string[], slow: [] as string[], again: [] as string[] };
    for (let round = 0; round < 3; round += 1) {
      // In turns, so that what the host does meanwhile meets all of them.
      runs.fast.push(await load(fast, 'health', ...ASKED));
      runs.slow.push(await load(slow, 'health', ...ASKED));
      runs.again.push(await load(again, 'health', ...ASKED));
    }
    const latencyOf = ({ rows }: MeasuredComparison) =>
      rows.find(({ measurement }) => measurement === 'http.latency');

    await pin('slow', runs.slow);
    for (const side of [...runs.again.map((run) => [run]), runs.again]) {
      // More than a busy host adds to half of all answers.
      const { told } = await compare('slow', side, '--statistic', 'p50', '--allow', '100%');
      expect(latencyOf(told)?.status, JSON.stringify(told.rows)).not.toBe('regression');
    }

    await pin('fast', runs.fast);
    const { code, told } = await compare('fast', runs.slow, '--statistic', 'p50', '--allow', '50%');
    const row = latencyOf(told);
    expect(row, JSON.stringify(told.rows)).toMatchObject({
      status: 'regression',
      statistic: 'p50',
      before: { count: 300, runs: 3 },
      after: { count: 300, runs: 3 },
      change: { unit: 'percent' },
    });
    const { low = 0, value = 0, high = 0 } = row?.change ?? {};
    expect(low).toBeGreaterThan(50);
    expect([low, value, high]).toEqual([low, value, high].toSorted((a, b) => a - b));
    expect([code, told.verdict]).toEqual([1, 'fail']);
    expect(told.headline).toMatch(/^FAIL: 1 worse/u);
  }, 300_000);

  it('holds endpoints, failures, sizes and targets of a release against those before it, as a table in every format', async () => {
    const site = join(base, 'site');
    mkdirSync(site);
    const bundle = (bytes: number): void => writeFileSync(join(site, 'app.js'), 'x'.repeat(bytes));
    const release = async (url: string): Promise<string[]> => {
      const size = await measureInto(base, ['size', 'bundle=*.js', '--cwd', site]);
      return [
        await load(url, 'health', ...ASKED_OF_RELEASE),
        await load(url, 'save', ...ASKED_OF_RELEASE),
        // Many users at once, for as long as somebody asks for.
        await load(url, 'many', '--for', '2s', '--concurrency', '100'),
        size.folder,
      ];
    };
    bundle(100_000);
    await pin('before', await release(await startBuild(20, 0)));
    bundle(60_000);
    const after = await release(await startBuild(0, 4));
    const expected = [
      'http.latency.p95 < 60s',
      'http.throughput > 0.1/s',
      'http.timeouts < 1%',
      'http.errors < 24%',
      'size.raw < 10kB',
    ].flatMap((text) => ['--expect', text]);
    const { code, told } = await compare('before', after, ...expected, '--allow', '150%');
    const rowOf = (measurement: string, id: string, statistic: string) =>
      told.rows.find(
        (row) => row.measurement === measurement && row.id === id && row.statistic === statistic,
      );
    expect(rowOf('size.raw', 'bundle', 'value')).toMatchObject({
      before: { value: 100_000 },
      after: { value: 60_000 },
      change: { value: expect.closeTo(-40, 6) as number },
      status: 'better',
      limits: [{ text: 'size.raw < 10kB', outcome: 'missed' }],
    });
    expect(rowOf('size.gzip', 'bundle', 'value')?.status).toBe('better');
    // A quarter fails: 25 %, which misses 24 % by less than a tenth.
    expect(rowOf('http.errors', 'save', 'value')).toMatchObject({
      before: { value: 0 },
      after: { value: 25 },
      change: { unit: 'points', value: expect.closeTo(25, 6) as number },
      status: 'regression',
      limits: [{ outcome: 'close' }],
    });
    expect(rowOf('http.errors', 'health', 'value')).toMatchObject({
      status: 'same',
      limits: [{ outcome: 'met' }],
    });
    expect(rowOf('http.timeouts', 'many', 'value')?.limits).toEqual([
      { text: 'http.timeouts < 1%', outcome: 'met' },
    ]);
    for (const id of ['health', 'many'])
      expect(rowOf('http.latency', id, 'p95')?.limits).toMatchObject([{ outcome: 'met' }]);
    // Of requests of which a quarter fails, the latency of the others tells nothing.
    const saved = told.rows.filter(({ measurement, id }) => measurement === 'http.latency' && id === 'save');
    expect(saved.length).toBeGreaterThan(0);
    expect(saved.flatMap(({ limits }) => limits.map(({ outcome }) => outcome))).not.toContain('met');
    expect([code, told.verdict]).toEqual([1, 'fail']);

    const out = join(base, 'tables');
    const formats = ['--format', 'text,md,html,json', '--out', out, '--allow', '150%', ...expected];
    await runCli(['baseline', 'compare', 'before', ...after, '--state', state, ...formats]);
    const markdown = readFileSync(join(out, 'comparison.md'), 'utf8');
    expect(markdown).toContain('| Metric | Before | After | Change | Target | Status |');
    expect(markdown).toMatch(
      /\| size\.raw[^|]*\| 100 kB[^|]*\| 60 kB[^|]*\| [^|]*40 %[^|]*\| [^|]*missed[^|]*\| /u,
    );
    const html = readFileSync(join(out, 'comparison.html'), 'utf8');
    expect(html).toMatch(/<td[^>]*>[^<]*60 kB/u);
    expect(JSON.parse(readFileSync(join(out, 'comparison.json'), 'utf8'))).toMatchObject({
      verdict: 'fail',
      rows: told.rows,
    });
  }, 300_000);
});
