import type { MeasuredValue, Measurement, Statistic } from '../../../src/model/measurement.ts';
import type { TakenMeasurement } from '../../../src/model/taken-measurement.ts';

/** A measurement on schedule of `http.latency`, in seconds, that was over at a time. */
export function takenOf(
  measurementId: string,
  toMs: number,
  values: Partial<Record<Statistic, number>>,
  more: Partial<TakenMeasurement> = {},
): TakenMeasurement {
  const statistics = Object.fromEntries(
    Object.entries(values).map(([name, value]): [string, MeasuredValue] => [
      name,
      { value, interval: { low: value * 0.99, high: value * 1.01 } },
    ]),
  ) as Measurement['statistics'];
  const problem = more.problem ?? null;
  const measured = {
    name: 'http.latency',
    id: measurementId,
    target: 'app',
    atMs: toMs,
    count: 50,
    statistics,
    problem,
  };
  return {
    measurementId,
    kind: 'http',
    target: 'app',
    fromMs: toMs - 1_000,
    toMs,
    nextDueMs: null,
    folder: '/reports/one',
    problem,
    measurements: [measured],
    baselines: [],
    comparison: null,
    ...more,
  };
}
