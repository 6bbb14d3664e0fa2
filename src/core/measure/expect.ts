import type { ExpectationMet } from '../../model/measure-document.ts';
import type { Measurement, Statistic } from '../../model/measurement.ts';
import { STATISTICS } from '../../model/measurement.ts';
import { compare, type Expectation, parseExpectation } from '../rules/expectation.ts';
import { MEASUREMENTS } from '../rules/measurements.ts';
import type { TextProblem } from '../rules/quantity.ts';
import { sayMeasured } from '../rules/say-measured.ts';

/** What the user expects of one number of what is measured. */
export interface ExpectedMeasure {
  /** As it was written: `p95 < 200ms`. */
  text: string;
  measurement: string;
  statistic: Statistic;
  expectation: Expectation;
}

/**
 * `p95 < 200ms` of the main measurement of a command, `http.errors < 5%`, `throughput > 50/s`, `startup.memory.max < 50MB`.
 * @param main what a statistic alone is of
 */
export function parseExpected(text: string, main: string): ExpectedMeasure | TextProblem {
  const [, left = '', right = ''] = /^\s*([\w.]+)\s*(.*)$/s.exec(text) ?? [];
  if (left === '') return { problem: `«${text}» is not like «p95 < 200ms»` };
  const found = nameOf(left, main);
  if (found === null) {
    const problem = `«${left}» is neither a statistic of ${main} nor a measurement`;
    const candidates = [...(MEASUREMENTS.get(main)?.statistics ?? []), ...MEASUREMENTS.keys()];
    return { problem, value: left, candidates };
  }
  const { statistics, dimension } = found.kind;
  if (!statistics.includes(found.statistic))
    return {
      problem: `${found.kind.name} has no ${found.statistic}`,
      value: found.statistic,
      candidates: statistics,
    };
  const expectation = parseExpectation(right, dimension);
  if ('problem' in expectation) return expectation;
  return { text: text.trim(), measurement: found.kind.name, statistic: found.statistic, expectation };
}

interface Named {
  kind: NonNullable<ReturnType<typeof MEASUREMENTS.get>>;
  statistic: Statistic;
}

function nameOf(left: string, main: string): Named | null {
  const family = main.split('.')[0] ?? main;
  const statistic = STATISTICS.find((one) => one === left);
  const find = (name: string): Named['kind'] | undefined =>
    MEASUREMENTS.get(name) ?? MEASUREMENTS.get(`${family}.${name}`);
  if (statistic !== undefined) {
    const kind = MEASUREMENTS.get(main);
    return kind === undefined ? null : { kind, statistic };
  }
  const alone = find(left);
  if (alone !== undefined) {
    const [only, ...others] = alone.statistics;
    return only === undefined || others.length > 0 ? null : { kind: alone, statistic: only };
  }
  const dot = left.lastIndexOf('.');
  const last = STATISTICS.find((one) => one === left.slice(dot + 1));
  const kind = dot > 0 ? find(left.slice(0, dot)) : undefined;
  return kind === undefined || last === undefined ? null : { kind, statistic: last };
}

/** Whether it is met by every measurement of its name. What was not measured, or must not be gone by, is not met. */
export function judgeExpected(
  { text, measurement, statistic, expectation }: ExpectedMeasure,
  measurements: readonly Measurement[],
): ExpectationMet {
  const found = measurements.filter(({ name }) => name === measurement);
  if (found.length === 0) return { text, met: false, known: false, measured: ['not measured'] };
  const results = found.map(({ id, count, statistics, problem }) => {
    const which = id === null ? '' : `${id}: `;
    if (problem !== null) return { met: false, known: false, said: `${which}${problem}` };
    const value = statistics[statistic]?.value;
    if (value === undefined || !Number.isFinite(value) || count === 0)
      return { met: false, known: false, said: `${which}not measured` };
    const met = compare(value, expectation, false) === 'kept';
    return { met, known: true, said: `${which}${statistic} ${sayMeasured(measurement, value)}` };
  });
  return {
    text,
    met: results.every(({ met }) => met),
    // What is missed is missed, whatever else is not known.
    known: results.every(({ known }) => known) || results.some(({ met, known }) => known && !met),
    measured: results.map(({ said }) => said),
  };
}
