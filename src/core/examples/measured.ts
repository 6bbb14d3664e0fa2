import type { MeasuredValue, Measurement, MeasurementBaseline, Statistic } from '../../model/measurement.ts';
import type { Problem } from '../rules/problem.ts';
import { MEASUREMENTS } from '../rules/measurements.ts';
import { parseQuantity } from '../rules/quantity.ts';
import type { ToldMeasurements } from './example.ts';

/** How many values a told measurement sums up; enough for any statistic. */
const COUNT = 1000;

/** What active probes are told to have found. */
export function measurementsOf(
  told: ToldMeasurements | undefined,
  target: string,
  atMs: number,
): Measurement[] {
  return Object.entries(told ?? {}).map(([name, statistics]) => {
    const values = Object.entries(statistics).map(([key, value]) => [key, valueOf(name, value)] as const);
    return {
      name,
      id: null,
      target,
      atMs,
      count: COUNT,
      statistics: Object.fromEntries(values) as Measurement['statistics'],
      problem: null,
    };
  });
}

/** The same as what later ones are compared with. */
export function baselinesOf(
  told: ToldMeasurements | undefined,
  target: string,
  atMs: number,
): MeasurementBaseline[] {
  return measurementsOf(told, target, atMs).map((measurement) => ({
    baseline: 'told',
    measurement,
    problem: null,
  }));
}

type Told = ToldMeasurements[string][string];

/** A value alone is known exactly. */
function valueOf(name: string, told: Told): MeasuredValue {
  const dimension = MEASUREMENTS.get(name)?.dimension ?? { quantity: 'count', perSecond: false };
  const number = (given: string | number): number => {
    const parsed = typeof given === 'number' ? given : parseQuantity(given, dimension);
    return typeof parsed === 'number' ? parsed : Number.NaN;
  };
  if (typeof told !== 'object')
    return { value: number(told), interval: { low: number(told), high: number(told) } };
  return { value: number(told.value), interval: { low: number(told.low), high: number(told.high) } };
}

/** What is wrong with told measurements: names, statistics and units that do not exist. */
export function checkMeasurements(told: ToldMeasurements | undefined, path: (string | number)[]): Problem[] {
  return Object.entries(told ?? {}).flatMap(([name, statistics]): Problem[] => {
    const known = MEASUREMENTS.get(name);
    const at = [...path, name];
    if (known === undefined) {
      const message = `«${name}» is not a measurement`;
      return [{ path: at, at: 'key', message, value: name, candidates: [...MEASUREMENTS.keys()] }];
    }
    return Object.entries(statistics).flatMap(([key, value]): Problem[] => {
      if (!known.statistics.includes(key as Statistic)) {
        const message = `${name} has no ${key}`;
        return [{ path: [...at, key], at: 'key', message, value: key, candidates: known.statistics }];
      }
      const given: Record<string, string | number> = typeof value === 'object' ? { ...value } : { '': value };
      return Object.entries(given).flatMap(([part, text]): Problem[] => {
        const parsed = typeof text === 'number' ? text : parseQuantity(text, known.dimension);
        if (typeof parsed === 'number') return [];
        const { problem, ...rest } = parsed;
        return [{ path: [...at, key, ...(part === '' ? [] : [part])], message: problem, ...rest }];
      });
    });
  });
}
