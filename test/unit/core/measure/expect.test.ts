import { describe, expect, it } from 'vitest';
import { judgeExpected, parseExpected } from '../../../../src/core/measure/expect.ts';
import type { ExpectationMet } from '../../../../src/model/measure-document.ts';
import type { Measurement } from '../../../../src/model/measurement.ts';

const found = (more: Partial<Measurement> = {}): Measurement => ({
  name: 'http.latency',
  id: null,
  target: 'app',
  atMs: 0,
  count: 100,
  statistics: { p95: { value: 0.15, interval: null } },
  problem: null,
  ...more,
});

function judge(text: string, measurements: readonly Measurement[]): ExpectationMet {
  const parsed = parseExpected(text, 'http.latency');
  if ('problem' in parsed) throw new Error(parsed.problem);
  return judgeExpected(parsed, measurements);
}

describe('what is expected', () => {
  it.each([
    ['p95 < 200ms', 'http.latency', 'p95', 0.2],
    ['http.errors<5%', 'http.errors', 'value', 5],
    ['throughput > 50/s', 'http.throughput', 'value', 50],
    ['http.latency.max <= 1s', 'http.latency', 'max', 1],
    ['startup.memory.p50 < 50MB', 'startup.memory', 'p50', 50e6],
  ])('%s is of %s', (text, measurement, statistic, limit) => {
    expect(parseExpected(text, 'http.latency')).toMatchObject({
      measurement,
      statistic,
      expectation: { limit },
    });
  });

  it.each([
    ['p96 < 200ms', 'neither a statistic'],
    ['value < 200ms', 'has no value'],
    ['latency < 200ms', 'neither a statistic'],
    ['p95 200ms', 'lacks an operator'],
    ['p95 < 200MB', 'not a unit'],
    ['http.errors.p95 < 3', 'has no p95'],
    ['', 'is not like'],
  ])('«%s» is refused', (text, problem) => {
    expect(parseExpected(text, 'http.latency')).toMatchObject({
      problem: expect.stringContaining(problem) as string,
    });
  });

  it('is met, or not, by every one of that name', () => {
    expect(judge('p95 < 200ms', [found()])).toEqual({
      text: 'p95 < 200ms',
      met: true,
      known: true,
      measured: ['p95 150 ms'],
    });
    expect(judge('p95 < 100ms', [found()])).toMatchObject({ met: false, known: true });
    const slow = found({ id: 'slow', statistics: { p95: { value: 3, interval: null } } });
    expect(judge('p95 < 200ms', [found(), slow])).toMatchObject({
      met: false,
      measured: ['p95 150 ms', 'slow: p95 3 s'],
    });
  });

  it('is not met by what was not measured, or must not be gone by', () => {
    for (const one of [
      found({ count: 0 }),
      found({ statistics: {} }),
      found({ statistics: { p95: { value: Number.NaN, interval: null } } }),
      found({ problem: 'it was interrupted' }),
      found({ name: 'ttft' }),
    ])
      expect(judge('p95 < 200ms', [one])).toMatchObject({ met: false, known: false });
    // What is missed is missed, whatever else is not known; what is met is not, where the rest is not known.
    const unknown = found({ id: 'other', problem: 'it was interrupted' });
    expect(judge('p95 < 100ms', [found(), unknown])).toMatchObject({ met: false, known: true });
    expect(judge('p95 < 200ms', [found(), unknown])).toMatchObject({ met: false, known: false });
  });
});
