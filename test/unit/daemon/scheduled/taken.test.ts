import { describe, expect, it } from 'vitest';
import type { ScheduledMeasurement } from '../../../../src/core/measure/probe-spec.ts';
import type { MeasuredRun } from '../../../../src/model/measure-document.ts';
import { takenOf, whyGone, withdrawn } from '../../../../src/daemon/scheduled/taken.ts';
import { takenOf as before } from '../../support/taken.ts';
import { measuredRun, measurementOf } from '../../support/measured-runs.ts';

const LATENCY: ScheduledMeasurement = {
  id: 'health',
  target: 'app',
  cron: '0 1 * * *',
  timezone: null,
  better: null,
  probe: {
    kind: 'http',
    url: 'http://127.0.0.1:1/',
    method: 'GET',
    headers: {},
    body: null,
    concurrency: 1,
    amount: { requests: 1 },
    timeoutMs: 1_000,
  },
};
const TIMES = { fromMs: 1_000, toMs: 2_000, nextDueMs: 90_000 };

/** Latencies around a value, in seconds. */
const runOf = (seconds: number, target: string): MeasuredRun => {
  const values = Array.from({ length: 100 }, (_, index) => seconds * (0.99 + index * 0.0002));
  const measured = measurementOf(values, { name: 'http.latency', id: 'health', target });
  return measuredRun([measured], { kind: 'http' });
};

describe('a measurement that failed', () => {
  it('leaves nothing of what it could have been, or was before', () => {
    const taken = takenOf({
      measurement: LATENCY,
      result: { problem: 'nobody answered' },
      ...TIMES,
      baselineOf: () => null,
      before: before('health.cold', 500, { p50: 1 }),
    });
    expect(taken).toMatchObject({ problem: 'nobody answered', folder: null, nextDueMs: 90_000 });
    expect(taken.measurements.map(({ name, id }) => `${name} ${id}`).sort()).toEqual([
      'http.cpu health',
      'http.errors health',
      'http.latency health.cold',
      'http.memory health',
      'http.throughput health',
      'http.timeouts health',
    ]);
    for (const one of taken.measurements)
      expect(one).toMatchObject({ count: 0, statistics: {}, problem: 'nobody answered', target: 'app' });
  });
});

describe('a measurement', () => {
  it('is of the configured target, and of the baseline that it is compared with', () => {
    const fast = runOf(0.1, 'app');
    const slow = runOf(0.2, 'port-1');
    const taken = takenOf({
      measurement: LATENCY,
      result: { run: slow, folder: '/reports/two' },
      ...TIMES,
      baselineOf: () => ({ name: 'v1', runs: [fast] }),
      before: null,
    });
    expect(taken.measurements).toMatchObject([{ name: 'http.latency', target: 'app' }]);
    expect(taken.baselines).toMatchObject([
      { baseline: 'v1', problem: null, measurement: { target: 'app' } },
    ]);
    expect(taken.comparison).toMatchObject({ baseline: 'v1', verdict: 'fail' });
    expect(taken.comparison?.headline).toMatch(
      /^worse than v1: mean of http\.latency \(health\) 99\.99 ms before, 200 ms now, \+100 % /,
    );
  });

  it('says why nothing can be told, and takes the direction of what a command counts from nobody but the configuration', () => {
    const runWith = (level: number, name: string, id: string) =>
      measurementOf(
        Array.from({ length: 100 }, (_, index) => level * (0.99 + index * 0.0002)),
        { name, id, target: 'app' },
      );
    const counted = (level: number) =>
      measuredRun([runWith(level, 'run.count', 'hits'), runWith(level, 'run.percent', 'share')], {
        kind: 'run',
      });
    const comparisonBy = (better: ScheduledMeasurement['better']) => {
      const probe = { kind: 'run', argv: ['bench'], runs: 100, unit: '', timeoutMs: 1_000 } as const;
      const { comparison } = takenOf({
        measurement: { ...LATENCY, better, probe },
        result: { run: counted(12), folder: '/reports/two' },
        ...TIMES,
        baselineOf: () => ({ name: 'v1', runs: [counted(6)] }),
        before: null,
      });
      return comparison;
    };
    const unsaid = comparisonBy(null);
    expect(unsaid?.verdict).toBe('inconclusive');
    expect(unsaid?.headline).toMatch(
      /^INCONCLUSIVE: .*, against v1: run\.count \(hits\): nobody said which way is better.*`better`.*; run\.percent \(share\): nobody said/,
    );
    const worse = comparisonBy('lower');
    expect(worse?.verdict).toBe('fail');
    expect(worse?.headline).toMatch(/^worse than v1/);
    expect(comparisonBy('higher')?.verdict).toBe('pass');
  });

  it('holds for as long as the same is configured, whenever that is taken', () => {
    const failed = { problem: 'nobody answered' };
    const taken = takenOf({
      measurement: LATENCY,
      result: failed,
      ...TIMES,
      baselineOf: () => null,
      before: null,
    });
    const other = { ...LATENCY.probe, url: 'http://127.0.0.1:2/' } as ScheduledMeasurement['probe'];
    expect(whyGone(taken, { ...LATENCY, cron: '5 1 * * *' })).toBeNull();
    expect(whyGone(taken, { ...LATENCY, probe: other })).toBe('it is configured otherwise since');
    expect(whyGone(taken, { ...LATENCY, target: 'other' })).toBe('it is configured otherwise since');
    expect(whyGone(taken, undefined)).toBe('it is not measured any more');
    // Of an earlier version.
    expect(whyGone(before('health', 500, { p50: 1 }), LATENCY)).toBeNull();
  });

  it('that is not configured any more holds no longer', () => {
    const gone = withdrawn(before('health', 500, { p50: 1 }), 'it is not measured any more', 9_000);
    expect(gone).toMatchObject({ toMs: 9_000, isWithdrawn: true, nextDueMs: null });
    expect(gone.measurements).toMatchObject([{ problem: 'it is not measured any more' }]);
  });
});
