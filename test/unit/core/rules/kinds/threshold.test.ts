import { describe, expect, it } from 'vitest';
import { judge } from '../../../../../src/core/rules/evaluate.ts';
import type { RulePack } from '../../../../../src/core/rules/pack.ts';
import type { RuleResult } from '../../../../../src/model/proof.ts';
import { Scene } from '../../../support/evidence.ts';
import { LOW_CPU, ruleOf } from '../../../support/packs.ts';

function only(scene: Scene, rules: RulePack): RuleResult {
  const [result] = judge(scene.evidence, [rules], { strict: false, acceptSampledMs: null });
  if (result === undefined) throw new Error('expected a result');
  return result;
}

describe('a threshold', () => {
  it('passes within its limits, and says what was measured', () => {
    const scene = new Scene().sample(10, 1, { cpuNs: 1e9 + 6e7 });
    expect(only(scene, LOW_CPU)).toMatchObject({
      verdict: 'pass',
      measured: 'mean 0.1 %, p95 0 %',
      expected: 'mean < 0.5, p95 < 1',
      tier: 'counter',
    });
  });

  it('fails beyond them, and says who', () => {
    const scene = new Scene()
      .process({ id: 2, pid: 101, name: 'helper', parentId: 1 })
      .sample(10, 2, { cpuNs: 4e9 })
      .sample(10, 1, { cpuNs: 1e9 + 1e6 });
    const result = only(scene, LOW_CPU);
    expect(result).toMatchObject({ verdict: 'fail', measured: 'mean 5.002 %, p95 0 %' });
    expect(result.findings).toHaveLength(1);
    expect(result.findings[0]).toMatchObject({
      subject: { metric: 'cpu.percent', aggregate: 'mean' },
      text: 'app: mean of cpu.percent is 5.002 %, expected < 0.5; mostly helper (pid 101)',
      examples: ['23:13:30.000 300.1 %'],
    });
    expect(result.findings[0]?.actors.map(({ pid }) => pid)).toEqual([101, 100]);
  });

  it('compares sizes', () => {
    const memory = ruleOf({ kind: 'threshold', metric: 'memory.pss', expect: { max: '< 50MB' } });
    expect(only(new Scene(), memory)).toMatchObject({ verdict: 'pass', measured: 'max 10 MB' });
    expect(only(new Scene().sample(5, 1, { pssBytes: 50e6 }), memory).verdict).toBe('fail');
  });

  it('says how far proportional memory is known where the resident one would break the limit', () => {
    const memory = (limits: Record<string, string>): ReturnType<typeof only> =>
      only(new Scene(), ruleOf({ kind: 'threshold', metric: 'memory.pss', expect: limits }));
    expect(memory({ max: '< 15MB', min: '< 15MB' })).toMatchObject({
      verdict: 'pass',
      measured: 'max 10 MB, min 10 MB (as read; RSS 20 MB)',
    });
    expect(memory({ max: '<= 20MB' }).measured).toBe('max 10 MB');
    expect(memory({ max: '> 5MB' }).measured).toBe('max 10 MB');
    expect(memory({ min: '< 15MB' }).measured).toBe('min 10 MB');
    expect(memory({ max: '< 9MB' })).toMatchObject({ verdict: 'fail', measured: 'max 10 MB' });
  });

  it('counts what was written', () => {
    const disk = ruleOf({
      kind: 'threshold',
      metric: 'io.writtenBytes',
      expect: { sum: '<= 4kB', rate: '< 1MB/h' },
    });
    expect(only(new Scene().sample(5, 1, { writtenBytes: 4096 }), disk)).toMatchObject({
      verdict: 'fail',
      measured: 'sum 4.096 kB, rate 68.27 B/s',
    });
    expect(only(new Scene(), disk).verdict).toBe('pass');
  });
});
