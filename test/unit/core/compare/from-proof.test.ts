import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { alertOf } from '../../../../src/core/compare/alert.ts';
import { windowVerdictOf } from '../../../../src/core/compare/from-proof.ts';
import type { Proof } from '../../../../src/model/proof.ts';
import type { WindowVerdict } from '../../../../src/model/window-verdict.ts';
import { brief, HOUR_MS, watch } from './windows.ts';

const verdictOf = (name: string, index: number): WindowVerdict => {
  const path = `test/fixtures/golden/${name}/proof.json`;
  const proof = JSON.parse(readFileSync(path, 'utf8')) as Proof;
  return windowVerdictOf(proof, { fromMs: index * HOUR_MS, toMs: (index + 1) * HOUR_MS });
};

describe('windowVerdictOf', () => {
  it('keeps what later windows are compared with', () => {
    const verdict = verdictOf('agent', 3);
    expect(verdict).toMatchObject({
      windowId: 'idle',
      fromMs: 3 * HOUR_MS,
      toMs: 4 * HOUR_MS,
      verdict: 'fail',
      isCovered: true,
    });
    expect(verdict.rules[0]).toMatchObject({
      id: 'network-activity',
      verdict: 'fail',
      severity: 'error',
      findings: [{ subject: { protocol: 'tcp', 'remote.ip': '203.0.113.7', 'remote.port': 443 }, count: 2 }],
    });
    const [metrics] = Object.values(verdict.metrics ?? {});
    expect(metrics?.['cpu.percent']).toEqual({
      mean: expect.any(Number) as number,
      p95: expect.any(Number) as number,
      max: expect.any(Number) as number,
    });
    // Not known: left out, and not 0.
    expect(metrics).not.toHaveProperty('gpu.memory');
    expect(verdictOf('inconclusive', 0).isCovered).toBe(false);
  });

  it('tells an agent that is switched on, and off', () => {
    const names = ['quiet', 'quiet', 'agent', 'agent', 'inconclusive', 'quiet', 'quiet', 'quiet', 'quiet'];
    const { told } = watch(names.map(verdictOf));
    const findings = told.filter(({ key }) => key.startsWith('finding:'));
    expect(findings.filter(({ in: index }) => index === 2).map(({ ruleId }) => ruleId)).toEqual([
      'network-activity',
      'background-tool-run',
      'child-process',
      'idle-cpu',
      'idle-wakeups',
      'orphan-process',
    ]);
    expect(
      findings.filter(({ in: index }) => index !== 2).map(({ in: index, status }) => [index, status]),
    ).toEqual(Array.from({ length: 6 }, () => [7, 'resolved']));
    expect(brief(told)[0]).toBe('2 firing new');
  });
});

describe('alertOf', () => {
  it('says what became of it, in which window, and where its proof is', () => {
    const window = verdictOf('agent', 0);
    const [change] = watch([window]).told;
    expect(alertOf(change!, window, '/reports/x')).toMatchObject({
      key: expect.stringMatching(/^idle finding:\["network-activity"/) as string,
      status: 'firing',
      severity: 'error',
      ruleId: 'network-activity',
      windowId: 'idle',
      atMs: HOUR_MS,
      firstSeenMs: 0,
      proofFolder: '/reports/x',
      text: expect.stringContaining('203.0.113.7:443') as string,
    });
    expect(alertOf({ ...change!, why: 'worse' }, window, null).text).toMatch(/^It became worse\. /);
  });
});
