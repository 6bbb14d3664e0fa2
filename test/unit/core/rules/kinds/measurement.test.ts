import { describe, expect, it } from 'vitest';
import { judge } from '../../../../../src/core/rules/evaluate.ts';
import { windowVerdict } from '../../../../../src/core/rules/verdict.ts';
import type { RuleResult } from '../../../../../src/model/proof.ts';
import { at, measurementOf, Scene } from '../../../support/evidence.ts';
import { ruleOf } from '../../../support/packs.ts';

const STARTUP = { kind: 'measurement', measurement: 'startup', expect: { p50: '< 2s', p95: '< 3s' } };
const SLOWER = { kind: 'regression', measurement: 'http.latency', expect: { p95: '< +10%' } };

function only(scene: Scene, rule: Record<string, unknown>): RuleResult {
  const [result] = judge(scene.evidence, [ruleOf(rule)], { strict: false, acceptSampledMs: null });
  if (result === undefined) throw new Error('expected a result');
  return result;
}

describe('a measurement', () => {
  it('passes or fails by what was measured', () => {
    expect(only(new Scene().measured('startup', { p50: 1.2, p95: 2 }), STARTUP)).toMatchObject({
      verdict: 'pass',
      measured: 'p50 1.2 s, p95 2 s',
      expected: 'p50 < 2s, p95 < 3s',
      tier: null,
    });
    const failed = only(new Scene().measured('startup', { p50: 5.1, p95: 2 }), STARTUP);
    expect(failed).toMatchObject({ verdict: 'fail' });
    expect(failed.findings).toMatchObject([
      {
        subject: { measurement: 'startup', id: null, statistic: 'p50' },
        count: 50,
        text: 'app: p50 of startup is 5.1 s, expected < 2s',
      },
    ]);
  });

  it('that is not there is inconclusive, and so is its window', () => {
    const result = only(new Scene(), STARTUP);
    expect(result).toMatchObject({
      verdict: 'inconclusive',
      measured: 'not measured',
      reason: 'not measured: startup of app',
    });
    expect(windowVerdict([result], { strict: false, warnings: [] })).toBe('inconclusive');
  });

  it('of something else is not the one that is asked for', () => {
    const other = new Scene()
      .measured('ttft', { p50: 1, p95: 1 })
      .measured('startup', { p50: 1, p95: 1 }, { target: 'another' });
    expect(only(other, STARTUP).verdict).toBe('inconclusive');
    expect(only(other.measured('startup', { p50: 1, p95: 1 }, { target: null }), STARTUP).verdict).toBe(
      'pass',
    );
  });

  it('without a number that is asked for, or of no values, is inconclusive', () => {
    expect(only(new Scene().measured('startup', { p50: 1 }), STARTUP)).toMatchObject({
      verdict: 'inconclusive',
      measured: 'p50 1 s, p95 unknown',
      reason: 'not measured: p95 of startup',
    });
    const of = (value: number, count = 50): RuleResult =>
      only(new Scene().measured('startup', { p50: value, p95: 1 }, { count }), STARTUP);
    expect(of(Number.NaN).verdict).toBe('inconclusive');
    expect(of(0, 0).verdict).toBe('inconclusive');
  });

  it('that must not be gone by neither passes nor fails', () => {
    const problem = 'it was taken inside an idle window';
    for (const p50 of [1, 9]) {
      expect(only(new Scene().measured('startup', { p50, p95: 1 }, { problem }), STARTUP)).toMatchObject({
        verdict: 'inconclusive',
        reason: problem,
      });
    }
  });

  it('counts by its latest result, and each of several by itself', () => {
    const twice = new Scene().measured('startup', { p50: 9, p95: 9 }, { atMs: at(-60) });
    expect(only(twice.measured('startup', { p50: 1, p95: 1 }), STARTUP).verdict).toBe('pass');
    const both = twice.measured('startup', { p50: 4, p95: 4 }, { id: 'cold' });
    expect(only(both, STARTUP).findings.map(({ text }) => text)).toEqual([
      'app: p50 of startup (cold) is 4 s, expected < 2s',
      'app: p95 of startup (cold) is 4 s, expected < 3s',
    ]);
  });
});

describe('a regression', () => {
  const scene = (before: number, after: number): Scene =>
    new Scene().measured('http.latency', { p95: after }).baseline('http.latency', { p95: before });

  it('passes or fails where all of the interval says so', () => {
    expect(only(scene(0.1, 0.1), SLOWER)).toMatchObject({
      verdict: 'pass',
      measured: 'p95 0 % (-1.665 % to +1.693 %)',
      expected: 'p95 < +10%',
    });
    expect(only(scene(0.1, 0.12), SLOWER)).toMatchObject({ verdict: 'fail' });
    expect(only(scene(0.1, 0.12), SLOWER).findings[0]?.text).toBe(
      'app: p95 of http.latency changed by +20 % (+18 % to +22.03 %) against the baseline, expected < +10%',
    );
  });

  it('is inconclusive where the interval holds the limit', () => {
    expect(only(scene(0.1, 0.11), SLOWER)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'the change of p95 lies between +8.169 % and +11.86 %',
    });
  });

  it('counts every run of the baseline, with what differs from one to the next', () => {
    const runs = (...before: number[]): RuleResult => {
      const all = new Scene().measured('http.latency', { p95: 0.12 });
      for (const p95 of before) all.baseline('http.latency', { p95 });
      return only(all, SLOWER);
    };
    expect(runs(0.1, 0.1, 0.1, 0.1).verdict).toBe('fail');
    // Runs that differ that much among themselves say nothing about one more.
    expect(runs(0.06, 0.14, 0.08, 0.12).verdict).toBe('inconclusive');
  });

  it('goes by the last baseline alone', () => {
    const all = new Scene().measured('http.latency', { p95: 0.12 });
    all.baseline('http.latency', { p95: 0.05 }, { baseline: 'old' });
    expect(only(all.baseline('http.latency', { p95: 0.12 }), SLOWER).verdict).toBe('pass');
  });

  it('passes nothing where a part of the baseline was not measured again', () => {
    const before = (...ids: string[]): Scene => {
      const all = new Scene().measured('http.latency', { p95: 0.1 }, { id: 'read' });
      for (const id of ids) {
        const measurement = measurementOf('http.latency', { p95: 0.1 }, { id });
        all.baseline('http.latency', {}, { measurement });
      }
      return all;
    };
    expect(only(before('read'), SLOWER).verdict).toBe('pass');
    expect(only(before('read', 'write'), SLOWER)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'http.latency (write) is in the baseline, and was not measured again',
    });
    expect(only(before('read', 'write'), { ...SLOWER, of: 'read' }).verdict).toBe('pass');
  });

  it('of a percentage is told in points, also from none on', () => {
    const errors = (before: number, after: number): RuleResult =>
      only(new Scene().measured('http.errors', { value: after }).baseline('http.errors', { value: before }), {
        kind: 'regression',
        measurement: 'http.errors',
        expect: { value: '< +1%' },
      });
    expect(errors(2, 2.5)).toMatchObject({ verdict: 'pass' });
    expect(errors(2, 2.5).measured).toContain('+0.5 points');
    expect(errors(0, 0).verdict).toBe('pass');
    expect(errors(0, 5).verdict).toBe('fail');
  });

  it('never takes the same for worse in more than 1 of 100 comparisons, however many statistics it names', () => {
    const one = only(scene(0.1, 0.1), SLOWER).measured;
    const many = only(
      new Scene()
        .measured('http.latency', { p50: 0.1, p95: 0.1 })
        .baseline('http.latency', { p50: 0.1, p95: 0.1 }),
      { ...SLOWER, expect: { p50: '< +10%', p95: '< +10%' } },
    ).measured;
    const highest = (text: string): number => Number(/to \+([\d.]+) %\)$/.exec(text)?.[1]);
    expect(highest(many)).toBeGreaterThan(highest(one));
  });

  it('says which of both is not there', () => {
    expect(only(new Scene(), SLOWER)).toMatchObject({
      verdict: 'inconclusive',
      measured: 'not measured',
      reason: 'not measured: http.latency of app',
    });
    expect(only(new Scene().measured('http.latency', { p95: 0.1 }), SLOWER)).toMatchObject({
      verdict: 'inconclusive',
      measured: 'no baseline',
      reason: 'no baseline: there is nothing to compare http.latency of app with',
    });
  });

  it('does not compare what cannot be compared', () => {
    const problem = 'it was measured on another class of host';
    const other = new Scene().measured('http.latency', { p95: 9 });
    expect(only(other.baseline('http.latency', { p95: 0.1 }, { problem }), SLOWER)).toMatchObject({
      verdict: 'inconclusive',
      reason: `the baseline before cannot be compared with: ${problem}`,
    });
    expect(only(scene(0, 0.1), SLOWER).verdict).toBe('inconclusive');
    const few = scene(0.1, 0.5);
    for (const { statistics } of few.evidence.measurements ?? [])
      statistics.p95 = { value: 0.5, interval: null };
    expect(only(few, SLOWER)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'too few values to compare: p95 of http.latency or its baseline has no interval',
    });
  });
});
