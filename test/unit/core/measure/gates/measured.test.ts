import { expect, it } from 'vitest';
import { judgeMeasured } from '../../../../../src/core/measure/gates/measured.ts';
import { type ExpectedMeasure, parseExpected } from '../../../../../src/core/measure/expect.ts';
import type { Measurement } from '../../../../../src/model/measurement.ts';

function expected(text: string): ExpectedMeasure {
  const parsed = parseExpected(text, 'http.latency');
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
}

const latency = (seconds: number, more: Partial<Measurement> = {}): Measurement => ({
  name: 'http.latency',
  id: null,
  target: 'app',
  atMs: 0,
  count: 20,
  statistics: { p95: { value: seconds, interval: null } },
  problem: null,
  ...more,
});

it('passes and fails by what was measured', () => {
  const row = judgeMeasured([expected('p95 < 200ms')], [latency(0.1)]);
  expect(row).toEqual({
    expected: 'p95 < 200ms',
    measured: 'p95 100 ms',
    verdict: 'pass',
    reason: null,
  });
  expect(judgeMeasured([expected('p95 < 200ms')], [latency(0.3)])).toMatchObject({
    verdict: 'fail',
    reason: 'p95 300 ms, expected p95 < 200ms',
  });
});

it.each([
  ['nothing was measured', []],
  ['it must not be gone by', [latency(0.1, { problem: 'it was interrupted' })]],
  ['no value was taken', [latency(0.1, { count: 0 })]],
  ['the statistic is missing', [latency(0.1, { statistics: {} })]],
  ['only one of two is known', [latency(0.1), latency(0.1, { problem: 'it was interrupted' })]],
])('is inconclusive where %s', (_, measurements) => {
  const row = judgeMeasured([expected('p95 < 200ms')], measurements);
  expect(row.verdict).toBe('inconclusive');
  expect(row.reason).toMatch(/^p95 < 200ms: ./);
});

it('is a fail by one that is broken, whatever else is not known', () => {
  const row = judgeMeasured([expected('errors < 1%'), expected('p95 < 200ms')], [latency(0.3)]);
  expect(row.verdict).toBe('fail');
});

it('is a fail where one of two is known to be too slow, and the other is not known', () => {
  const cold = latency(0.1, { id: 'cold', problem: 'these starts were warm' });
  const row = judgeMeasured([expected('p95 < 200ms')], [cold, latency(0.3, { id: 'warm' })]);
  expect(row).toMatchObject({ verdict: 'fail', measured: 'these starts were warm, p95 300 ms' });
});

it('names a measurement that has only one number, and not the gate again', () => {
  const errors = { name: 'http.errors', id: 'Use', statistics: { value: { value: 50, interval: null } } };
  const row = judgeMeasured([expected('errors < 1%')], [latency(0.1, errors)]);
  expect(row).toMatchObject({ measured: 'errors 50 %', verdict: 'fail' });
});
