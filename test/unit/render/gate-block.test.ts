import { expect, it } from 'vitest';
import type { GateSheet } from '../../../src/model/gate-sheet.ts';
import type { MeasuredResult } from '../../../src/model/measure-document.ts';
import { renderGateBlock } from '../../../src/render/gate-block.ts';
import { renderGatesMarkdown, renderGatesText } from '../../../src/render/gates-table.ts';
import { proofOf } from '../../support/proofs.ts';
import { measuredRun, measurementOf } from '../support/measured-runs.ts';

const SHEET: GateSheet = {
  schemaVersion: 1,
  verdict: 'inconclusive',
  startedAt: '2026-11-20T06:00:00.000Z',
  tool: { name: 'idleproof', version: '0.1.0' },
  command: 'idleproof run gates.yaml',
  gates: [
    {
      gate: 'Start | up',
      target: 'app',
      expected: 'p50 < 2s',
      measured: 'p50 1 s',
      verdict: 'pass',
      reason: null,
    },
    {
      gate: 'Unloads',
      target: 'app',
      expected: '',
      measured: 'unknown',
      verdict: 'inconclusive',
      reason: 'not read',
    },
  ],
  memory: { beforeBytes: 45e6, inUseBytes: 245e6, afterBytes: null },
  proof: { file: 'proof.json', verdict: 'pass', headline: 'PASS' },
};

const HTTP: MeasuredResult = {
  ...measuredRun(
    [
      measurementOf([0.1, 0.2, 0.3], { name: 'http.latency', id: 'health' }),
      measurementOf([], {
        name: 'http.errors',
        count: 3,
        statistics: { value: { value: 0, interval: null } },
      }),
      measurementOf([1], { name: 'http.latency', problem: 'it was interrupted' }),
    ],
    { kind: 'http', command: 'idleproof measure http' },
  ),
  expectations: [
    { text: 'p95 < 1s', met: true, known: true, measured: ['p95 300 ms'] },
    { text: 'p95 < 1ms', met: false, known: true, measured: ['p95 300 ms'] },
    { text: 'max < 1s', met: false, known: false, measured: ['it was interrupted'] },
  ],
};

const page = { proofs: [], runs: [], measured: [], pastMeasured: [] };

it('shows what was expected of a measurement, and its numbers without a verdict', () => {
  const text = renderGateBlock({ ...page, measured: [HTTP], pastMeasured: [HTTP] });
  expect(text.split('\n').filter((line) => line.startsWith('|'))).toEqual([
    '| Gate | App | Target | Measured | Status | Command |',
    '| --- | --- | --- | --- | --- | --- |',
    '| measure http | app | p95 &lt; 1s | p95 300 ms | PASS | `idleproof measure http` |',
    '| measure http | app | p95 &lt; 1ms | p95 300 ms | FAIL | `idleproof measure http` |',
    '| measure http | app | max &lt; 1s | it was interrupted | PARTIAL | `idleproof measure http` |',
    '| http.latency (health) | app |  | p50 200 ms, p95 300 ms (n = 3) | – | `idleproof measure http` |',
    '| http.errors | app |  | 0 % | – | `idleproof measure http` |',
    '| http.latency | app |  | p50 1 s, p95 1 s (n = 1); not to go by: it was interrupted | – | `idleproof measure http` |',
    '| Run | Measurement | App | Measured |',
    '| --- | --- | --- | --- |',
    '| 2026-01-01T00:00:00.000Z | http.latency (health) | app | p50 200 ms, p95 300 ms (n = 3) |',
  ]);
});

it('shows the gate sheet of a run in place of the rules of its window', () => {
  const proof = proofOf({ openedMs: Date.UTC(2026, 10, 20, 6) });
  const text = renderGateBlock({ ...page, proofs: [{ proof, sheet: SHEET }] });
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  expect(rows.slice(2)).toEqual([
    '| Start \\| up | app | p50 &lt; 2s | p50 1 s | PASS | `idleproof run gates.yaml` |',
    '| Unloads | app |  | unknown | PARTIAL | `idleproof run gates.yaml` |',
  ]);
});

it('shows the memory in each state, and none where none was read', () => {
  const memory = ['45 MB', '245 MB', 'unknown'];
  for (const text of [renderGatesMarkdown(SHEET), renderGatesText(SHEET)])
    expect(text).toMatch(new RegExp(memory.join('[^]*')));
  const unread = { ...SHEET, memory: { beforeBytes: null, inUseBytes: null, afterBytes: null } };
  expect(renderGatesMarkdown(unread)).not.toContain('Memory');
  expect(renderGatesText(unread)).not.toContain('Memory');
});
