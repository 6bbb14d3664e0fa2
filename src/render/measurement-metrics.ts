import { MEASUREMENTS } from '../core/rules/measurements.ts';
import type { MeasurementStatus } from '../model/daemon-status.ts';
import type { Measurement, Statistic } from '../model/measurement.ts';
import { counter, gauge, type MetricFamily, type MetricRow } from './metric-family.ts';

const STATES: readonly MeasurementStatus['state'][] = ['scheduled', 'due', 'measuring'];

/** Units of Prometheus: seconds, bytes, ratios from 0 to 1. */
const QUANTITIES: readonly {
  suffix: string;
  help: string;
  isOf: (name: string) => boolean;
  scale: number;
}[] = [
  { suffix: 'seconds', help: 'a time', isOf: ofQuantity('seconds', false), scale: 1 },
  { suffix: 'bytes', help: 'a size', isOf: ofQuantity('bytes', false), scale: 1 },
  { suffix: 'ratio', help: 'a share', isOf: ofQuantity('percent', false), scale: 0.01 },
  { suffix: 'count', help: 'a number', isOf: ofQuantity('count', false), scale: 1 },
  { suffix: 'per_second', help: 'a rate', isOf: ofQuantity('count', true), scale: 1 },
];

function ofQuantity(quantity: string, perSecond: boolean): (name: string) => boolean {
  return (name) => {
    const dimension = MEASUREMENTS.get(name)?.dimension;
    return dimension?.quantity === quantity && dimension.perSecond === perSecond;
  };
}

/** What measurements on schedule found last. One that must not be gone by has no numbers. */
export function measurementMetrics(measurements: readonly MeasurementStatus[]): MetricFamily[] {
  const taken = measurements.flatMap(({ id, last }) => (last === null ? [] : [{ id, last }]));
  return [
    gauge(
      'idleproof_measurement_state',
      'State of the measurement on schedule: 1 for the one that it is in.',
      measurements.flatMap(({ id, state }) =>
        STATES.map((name): MetricRow => [{ measurement: id, state: name }, Number(state === name)]),
      ),
    ),
    counter(
      'idleproof_measurements_total',
      'Measurements on schedule since the daemon runs.',
      measurements.flatMap(({ id, counts }): MetricRow[] => [
        [{ measurement: id, outcome: 'taken' }, counts.taken],
        [{ measurement: id, outcome: 'failed' }, counts.failed],
      ]),
    ),
    gauge(
      'idleproof_measurement_taken_timestamp_seconds',
      'When the measurement was last tried.',
      taken.map(({ id, last }) => [{ measurement: id }, last.toMs / 1000]),
    ),
    gauge(
      'idleproof_measurement_failed',
      'Whether nothing was measured the last time.',
      taken.map(({ id, last }) => [{ measurement: id }, Number(last.problem !== null)]),
    ),
    gauge(
      'idleproof_measurement_regressed',
      'Whether it was worse than its baseline the last time; none where that cannot be told.',
      taken.map(({ id, last: { comparison } }) => {
        const isKnown = comparison !== null && comparison.verdict !== 'inconclusive';
        return [{ measurement: id }, isKnown ? Number(comparison.verdict === 'fail') : null];
      }),
    ),
    ...QUANTITIES.map(({ suffix, help, isOf, scale }) =>
      gauge(
        `idleproof_measurement_${suffix}`,
        `What was measured last, where it is ${help}.`,
        taken.flatMap(({ id, last }) =>
          last.measurements
            .filter(({ name, problem }) => isOf(name) && problem === null)
            .flatMap((one) => rowsOf(id, one, scale)),
        ),
      ),
    ),
  ];
}

function rowsOf(measurement: string, { name, id, statistics }: Measurement, scale: number): MetricRow[] {
  return (Object.keys(statistics) as Statistic[]).map((statistic) => {
    const value = statistics[statistic]?.value;
    const labels = { measurement, name, id: id ?? '', statistic };
    return [labels, value === undefined ? null : value * scale];
  });
}
