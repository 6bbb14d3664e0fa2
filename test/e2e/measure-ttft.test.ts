import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ruleOf, runCli, startCli } from '../support/cli.ts';
import { MeasureRig, numberOf } from '../support/measure-rig.ts';
import { until } from '../support/until.ts';

let rig: MeasureRig;
beforeAll(() => {
  rig = new MeasureRig();
});
afterAll(() => rig.close());

describe('measure ttft, interrupted before the first answer', () => {
  it('ends with 130 and leaves no folder behind', async () => {
    let asked = false;
    const silent = createServer(() => (asked = true)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const folder = rig.nextOut();
    const address = `http://127.0.0.1:${port}/`;
    const args = ['measure', 'ttft', '--url', address, '--prompt', 'hi', '--cold', '--out', folder];
    const { child, result } = startCli(args);
    try {
      await until(() => asked);
      child.kill('SIGINT');
      const { code, stdout, stderr } = await result;
      expect([code, stdout], stderr).toEqual([130, '']);
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  }, 60_000);
});
describe('measure ttft', () => {
  it('of the demo: both definitions, tokens, gaps, and a cold request that was none', async () => {
    const database = join(rig.folder, 'demo.db');
    const app = fileURLToPath(new URL('../../dist/demo/app.js', import.meta.url));
    const child = spawn(process.execPath, [app, '--database', database], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      const { port } = JSON.parse(line.toString()) as { port: number };
      const { document, result, evidence } = await rig.measure(
        'ttft',
        '--url',
        `http://127.0.0.1:${port}`,
        '--prompt',
        'Say hello',
        '--runs',
        '6',
        '--cold',
        '--warm',
        '--expect',
        'firstChunk.p50 < 60s',
      );
      // The demo's model is always there: what is called cold was not.
      expect(result.code).toBe(1);
      expect(numberOf(document, 'ttft.firstChunk', 'p50', 'warm')).toBeLessThan(
        numberOf(document, 'ttft', 'p50', 'warm'),
      );
      // «You said: Say hello. I have nothing to add.» is nine words, each 20 ms after the one before; a busy host may read them late.
      expect(numberOf(document, 'ttft.total', 'min', 'warm')).toBeGreaterThan(9 * 0.015);
      const [total = 0, first = 0, perToken = 0] = ['ttft.total', 'ttft', 'ttft.perToken'].map((name) =>
        numberOf(document, name, 'mean', 'warm'),
      );
      expect(perToken).toBeCloseTo((total - first) / 8, 6);
      expect(document.measurements.find(({ name, id }) => name === 'ttft.gap' && id === 'warm')?.count).toBe(
        6 * 8,
      );
      const { proof } = await rig.judge(
        evidence,
        `  - { id: warm, kind: measurement, measurement: ttft, of: warm, expect: { p50: "< 60s" } }
  - { id: cold, kind: measurement, measurement: ttft, of: cold, expect: { p50: "< 60s" } }`,
      );
      expect(ruleOf(proof, 'warm').verdict).toBe('pass');
      expect(ruleOf(proof, 'cold').verdict).toBe('inconclusive');
      expect(ruleOf(proof, 'cold').reason).toContain('the model was there already');

      const health = await runCli([
        'measure',
        'ttft',
        '--url',
        `http://127.0.0.1:${port}/health`,
        '--prompt',
        'x',
        '--out',
        rig.nextOut(),
      ]);
      expect(health.code).toBe(3);
      expect(health.stderr).toContain('status 404');
    } finally {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
  });
});
