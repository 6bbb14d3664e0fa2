import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Proof } from '../../src/model/proof.ts';
import { runCli, ruleOf } from '../support/cli.ts';
import { junitProblems } from '../support/junit-rules.ts';
import { type MeasuredByCli, measureInto } from '../support/measure.ts';
import { startNginx } from '../support/debian-programs.ts';
import { hasProgram, type Program } from '../support/programs.ts';
import { readXml } from '../support/xml.ts';

const REQUESTS = 2_000;
const CONCURRENCY = 10;

let base: string;
let nginx: Program;
let log: string;

/** Requests that nginx itself has written down, by status. It writes a line after the answer. */
async function served(least: number): Promise<Record<string, number>> {
  for (let tries = 0; tries < 600; tries += 1) {
    const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1);
    if (lines.length >= least) {
      const counts: Record<string, number> = {};
      for (const line of lines) {
        const { status } = JSON.parse(line) as { status: number };
        counts[status] = (counts[status] ?? 0) + 1;
      }
      return counts;
    }
    await sleep(50);
  }
  throw new Error(`nginx has not written ${least} requests`);
}

describe.skipIf(!hasProgram('nginx'))('measure http of nginx, beside what nginx and ab count', () => {
  let measured: MeasuredByCli;
  let url: string;
  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), 'idleproof-counts-'));
    log = join(base, 'access.jsonl');
    nginx = await startNginx(log);
    url = `http://127.0.0.1:${nginx.port}/`;
    measured = await measureInto(base, [
      'http',
      '--url',
      url,
      '--requests',
      String(REQUESTS),
      '--concurrency',
      String(CONCURRENCY),
    ]);
  });
  afterAll(async () => {
    await nginx.stop();
    rmSync(base, { recursive: true, force: true });
  });

  it('counts as many answers as nginx gave', async () => {
    expect(measured.code, measured.stderr).toBe(0);
    expect(measured.document.facts).toMatchObject({ success: REQUESTS, statusCodes: { 200: REQUESTS } });
    expect(await served(REQUESTS)).toEqual({ 200: REQUESTS });
  });

  it.skipIf(!hasProgram('ab'))('and as many as ab counts, which asks for the same', async () => {
    const before = (await served(REQUESTS))['200'] ?? 0;
    const { stdout, status } = spawnSync('ab', ['-q', '-n', `${REQUESTS}`, '-c', `${CONCURRENCY}`, url], {
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    const told = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'mu').exec(stdout)?.[1]);
    expect([told('Complete requests'), told('Failed requests')]).toEqual([REQUESTS, 0]);
    expect((await served(before + REQUESTS))['200']).toBe(before + REQUESTS);
    const { facts } = measured.document;
    expect([facts['success'], facts['errors']]).toEqual([told('Complete requests'), told('Failed requests')]);
  });

  it('leaves the facts that reviews ask for in a file that is called after its time', () => {
    const name = readdirSync(measured.folder).find((file) => file.endsWith('.json')) ?? '';
    expect(name).toMatch(/^\d{4}-\d\d-\d\d_\d{4}_results\.json$/u);
    expect(basename(measured.folder).startsWith(name.replace('_results.json', ''))).toBe(true);
    const document = JSON.parse(readFileSync(join(measured.folder, name), 'utf8')) as Record<string, unknown>;
    expect(document).toEqual(measured.document);
    expect(new Date(document['timestamp'] as string).toISOString()).toBe(document['timestamp']);
    const facts = document['facts'] as Record<string, number>;
    expect(facts).toMatchObject({
      url,
      method: 'GET',
      requests: REQUESTS,
      concurrency: CONCURRENCY,
      success: REQUESTS,
      errors: 0,
      timeouts: 0,
      non2xx: 0,
      failures: {},
      statusCodes: { 200: REQUESTS },
    });
    expect(facts['throughputPerSecond']).toBeCloseTo(REQUESTS / (facts['totalSeconds'] ?? 0), 3);
    const { min, mean, median, p50, p90, p95, p99, max } = facts['latencySeconds'] as unknown as Record<
      string,
      number
    >;
    expect(min).toBeGreaterThan(0);
    expect(median).toBe(p50);
    expect([min, p50, p90, p95, p99, max]).toEqual(
      [min, p50, p90, p95, p99, max].toSorted((a, b) => a! - b!),
    );
    expect(mean).toBeGreaterThanOrEqual(min ?? 0);
    expect(mean).toBeLessThanOrEqual(max ?? 0);
  });

  it('gives rules every number of the load, and the CPU and the memory of nginx meanwhile, with an exit code and JUnit for CI', async () => {
    const pack = join(base, 'load.yaml');
    const limits = {
      'http.latency': { p50: '< 60s', p90: '< 60s', p95: '< 60s', p99: '< 60s' },
      'http.throughput': { value: '> 0.01/s' },
      'http.errors': { value: '< 5%' },
      'http.timeouts': { value: '< 1%' },
      'http.cpu': { value: '> 0%' },
      'http.memory': { value: '> 100kB' },
    };
    const rules = Object.entries(limits).map(([measurement, expected]) => ({
      id: measurement.replace('.', '-'),
      kind: 'measurement',
      measurement,
      expect: expected,
    }));
    const tight = { ...rules[5], id: 'tight', expect: { value: '< 1kB' } };
    writeFileSync(pack, JSON.stringify({ pack: 'load', rules }));
    writeFileSync(join(base, 'tight.yaml'), JSON.stringify({ pack: 'tight', rules: [tight] }));
    const judged = async (...packs: string[]): Promise<{ code: number | null; proof: Proof }> => {
      const { code, stdout, stderr } = await runCli([
        'judge',
        join(measured.folder, 'evidence.db'),
        '--json',
        '--format',
        'json,junit',
        '--out',
        join(base, 'judged'),
        ...packs.flatMap((one) => ['--rules', one]),
      ]);
      if (!stdout.startsWith('{')) throw new Error(stderr);
      return { code, proof: JSON.parse(stdout) as Proof };
    };
    const kept = await judged(pack);
    for (const { id } of rules) expect(ruleOf(kept.proof, id).verdict, id).toBe('pass');
    expect(kept.code).toBe(0);
    const broken = await judged(pack, join(base, 'tight.yaml'));
    expect(broken.code).toBe(1);
    expect(ruleOf(broken.proof, 'tight')).toMatchObject({
      verdict: 'fail',
      measured: expect.stringMatching(/\d (?:k|M)B$/u) as string,
    });
    const reports = readdirSync(join(base, 'judged')).sort();
    const junit = reports.map((name) => readFileSync(join(base, 'judged', name, 'proof.junit.xml'), 'utf8'));
    expect(junit.flatMap((text) => junitProblems(readXml(text)))).toEqual([]);
    expect(junit.map((text) => text.includes('<failure'))).toEqual([false, true]);
  });
});
