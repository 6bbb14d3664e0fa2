import { expect, it } from 'vitest';
import type { MeasurementStatus } from '../../../src/model/daemon-status.ts';
import { measurementMetrics } from '../../../src/render/measurement-metrics.ts';
import { renderStatus } from '../../../src/render/status-text.ts';
import { statusOf } from '../../support/daemon-status.ts';
import { takenOf } from '../support/taken.ts';

const statusWith = (more: Partial<MeasurementStatus>): MeasurementStatus => ({
  id: 'health',
  kind: 'http',
  target: 'app',
  state: 'scheduled',
  sinceMs: null,
  nextAtMs: null,
  last: null,
  counts: { taken: 0, failed: 0 },
  ...more,
});

const samplesOf = (status: MeasurementStatus): string[] =>
  measurementMetrics([status]).flatMap(({ name, samples }) =>
    samples.map(({ labels, value }) => `${name} ${Object.values(labels).join(' ')} ${value}`),
  );

it('tells what was measured in base units, and nothing where nothing was', () => {
  const last = takenOf(
    'health',
    5_000,
    { p50: 0.012 },
    { comparison: { baseline: 'v1', verdict: 'fail', headline: 'x' } },
  );
  const told = samplesOf(statusWith({ last, counts: { taken: 2, failed: 1 } }));
  expect(told).toContain('idleproof_measurement_seconds health http.latency health p50 0.012');
  expect(told).toContain('idleproof_measurement_regressed health 1');
  expect(told).toContain('idleproof_measurements_total health failed 1');
  expect(told).toContain('idleproof_measurement_taken_timestamp_seconds health 5');

  const failed = samplesOf(
    statusWith({ last: takenOf('health', 5_000, { p50: 1 }, { problem: 'nobody answered' }) }),
  );
  expect(failed).toContain('idleproof_measurement_failed health 1');
  expect(failed.filter((text) => /_seconds health http|_regressed/.test(text))).toEqual([]);
  expect(
    samplesOf(statusWith({})).filter((text) => /failed health$|regressed|_timestamp/.test(text)),
  ).toEqual([]);
});

it('does not call equal to the baseline what cannot be compared with it', () => {
  const comparison = { baseline: 'v1', verdict: 'inconclusive', headline: 'x' } as const;
  const told = samplesOf(statusWith({ last: takenOf('health', 5_000, { p50: 1 }, { comparison }) }));
  expect(told.filter((text) => text.includes('regressed'))).toEqual([]);
});

it('stands in the status, with what it waits for, and escaped', () => {
  const text = (more: Partial<MeasurementStatus>): string =>
    renderStatus(statusOf({ measurements: [statusWith(more)] }), false);
  expect(text({})).toMatch(/health +http +scheduled +0 +0 +never/);
  const due = { state: 'due', sinceMs: statusOf().atMs - 90_000 } as const;
  expect(text(due)).toMatch(/due for 90 s, until no window is open/);
  const bad = takenOf('health', 5_000, {}, { problem: 'no\u001b[31m answer' });
  expect(text({ last: bad })).not.toContain('\u001b');
  expect(text({ last: takenOf('health', 5_000, { p50: 0.012 }) })).toContain('p50 of http.latency 12 ms');
});
