import type {
  ChangeLimit,
  ChangeStatus,
  ComparedValue,
  MeasuredChange,
} from '../../../model/measured-comparison.ts';
import type { MeasuredValue, Statistic } from '../../../model/measurement.ts';
import { MEASUREMENTS } from '../../rules/measurements.ts';
import { changeBetween, isNoisyValue } from '../../stats/change.ts';
import { MOST_RUNS, runsNeeded } from '../../stats/runs-needed.ts';
import { otherConditions, otherHostClass } from './comparability.ts';
import { type Better, betterOf } from './direction.ts';
import type { MeasuredGroup, MeasuredIn } from './groups.ts';

export interface CompareOptions {
  /** By how much something may become worse. */
  allowance: ChangeLimit;
  /** Only what cannot be worse by more than this passes. */
  tolerance: ChangeLimit;
  /** Which way is better, by the name of a measurement or its id. */
  better: ReadonlyMap<string, Better>;
  /** Measurements of other classes of hosts are compared, too. */
  acrossHosts: boolean;
}

/** A statistic of a group, before anything is said of it. */
export interface Pair {
  group: MeasuredGroup;
  statistic: Statistic;
}

/** How few values have no interval with 95 % confidence. */
export const FEWEST: Partial<Record<Statistic, number>> = { mean: 20, p50: 6, p90: 36, p95: 72, p99: 368 };

export interface RowJudgement {
  change: MeasuredChange | null;
  status: ChangeStatus;
  reason: string | null;
  /** How many runs a side would tell, where noise keeps it from being told. null: more are no help, or more than anybody measures. */
  runsNeeded: number | null;
}

const valuesOf = (side: readonly MeasuredIn[], statistic: Statistic): (MeasuredValue | undefined)[] =>
  side.map(({ measurement }) => measurement.statistics[statistic]);

/** The mean over the runs; null: one of them does not know it. */
export function comparedValue(side: readonly MeasuredIn[], statistic: Statistic): ComparedValue | null {
  const values = valuesOf(side, statistic).map((one) => one?.value ?? Number.NaN);
  const value = values.reduce((sum, one) => sum + one, 0) / values.length;
  const count = side.reduce((sum, { measurement }) => sum + measurement.count, 0);
  return Number.isFinite(value) ? { value, count, runs: values.length } : null;
}

/** Whether every run of a side tells where it lies. */
const hasIntervals = (side: readonly MeasuredIn[], statistic: Statistic): boolean =>
  side.length > 0 && valuesOf(side, statistic).every((one) => one?.interval != null);

/** Whether every run of both sides does. */
export const isCarried = ({ group, statistic }: Pair): boolean =>
  hasIntervals(group.before, statistic) && hasIntervals(group.after, statistic);

/** Whether noise has a part in it. */
export const isNoisy = ({ group: { before, after }, statistic }: Pair): boolean =>
  [before, after].some((side) => valuesOf(side, statistic).some(isNoisyValue));

/** What a row has to do with the others. */
export interface RowPart {
  /** The probability of an error that it may use up. */
  exceeded: number;
  /** Others tell enough, where even the baseline has too few values for this one. */
  isLeft: boolean;
}

/**
 * What became of one statistic. Worse only where the whole interval lies beyond the allowance; the same only where what was seen is within it, and
 * the whole interval within the tolerance.
 */
export function judgeRow(pair: Pair, options: CompareOptions, { exceeded, isLeft }: RowPart): RowJudgement {
  const { group, statistic } = pair;
  const why = whyNot(group, options);
  if (why !== null) return open(why);
  if (!isCarried(pair)) {
    const few = open(tooFew([...group.before, ...group.after], statistic));
    return isLeft && !hasIntervals(group.before, statistic) ? { ...few, status: 'notJudged' } : few;
  }
  const unit = MEASUREMENTS.get(group.name)?.dimension.quantity === 'percent' ? 'points' : 'percent';
  const [before, after] = [group.before, group.after].map((side) =>
    valuesOf(side, statistic).filter((one) => one !== undefined),
  );
  // Of none with an interval, as of failures, the interval says how many there may be all the same.
  const isNone = [...(before ?? []), ...(after ?? [])].every(
    ({ value, interval }) => value === 0 && interval?.low === 0 && interval.high === 0,
  );
  if (isNone) return closed('same', { unit, value: 0, low: 0, high: 0 }, 'none, and none');
  const by = unit === 'points' ? 'points' : 'ratio';
  const found = changeBetween(before ?? [], after ?? [], { by, exceeded });
  if (found === null) return open('it was 0, or its interval reaches 0: there is no ratio');
  const { reach: _, ...change } = found;
  const told = { unit, ...change } as const;
  const better = betterOf(group, options.better);
  if (better === null) {
    const isSame = change.low === 0 && change.high === 0;
    if (isSame) return closed('same', told);
    return open(UNSAID, told);
  }
  const [allowance, tolerance] = [options.allowance[unit], options.tolerance[unit]];
  const sign = better === 'lower' ? 1 : -1;
  const noisy = (reason: string): RowJudgement => {
    const runs = [group.before.length, group.after.length] as const;
    const needed = runsNeeded(found, runs, { by, exceeded, worse: sign, allowance, tolerance });
    const most = sideNumber(Math.max(allowance, tolerance), unit);
    return { ...open(`${reason}; ${sayNeeded(needed, most)}`, told), runsNeeded: needed };
  };
  const worse = sign * change.value;
  const [near, far] = sign === 1 ? [change.low, change.high] : [-change.high, -change.low];
  if (near > allowance) return closed('regression', told);
  if (far < 0) return closed('better', told);
  if (worse > allowance) return noisy('worse by what was seen, and not beyond the noise');
  if (far > Math.max(allowance, tolerance))
    return noisy(`too noisy, or too few values: ${sideNumber(far, unit)} worse is possible`);
  return closed('same', told);
}

const closed = (
  status: ChangeStatus,
  change: MeasuredChange,
  reason: string | null = null,
): RowJudgement => ({ change, status, reason, runsNeeded: null });

const sayNeeded = (runs: number | null, most: string): string =>
  runs === null
    ? `more than ${MOST_RUNS} runs a side would tell the same from ${most} worse`
    : `some ${runs} runs a side would tell the same from ${most} worse`;

const UNSAID =
  'nobody said which way is better: --higher-is-better, --lower-is-better, or `better` of a measurement on schedule';

const open = (reason: string, change: MeasuredChange | null = null): RowJudgement => ({
  change,
  status: 'inconclusive',
  reason,
  runsNeeded: null,
});

const sideNumber = (value: number, unit: MeasuredChange['unit']): string =>
  `${Number(value.toPrecision(3))} ${unit === 'percent' ? '%' : 'points'}`;

/** Why the two sides cannot be compared; null: they can. */
function whyNot({ before, after, name }: MeasuredGroup, { acrossHosts }: CompareOptions): string | null {
  const [first] = before;
  if (first === undefined) return 'not in the baseline';
  if (after.length === 0) return 'not measured any more';
  const problem = [...before, ...after].find(({ measurement }) => measurement.problem !== null);
  if (problem !== undefined) return problem.measurement.problem;
  for (const { run } of [...before, ...after]) {
    // Files have the same size everywhere.
    const host = acrossHosts || name.startsWith('size.') ? null : otherHostClass(first.run, run);
    const other = host ?? otherConditions(first.run, run);
    if (other !== null) return other;
  }
  return null;
}

function tooFew(side: readonly MeasuredIn[], statistic: Statistic): string {
  const least = Math.min(...side.map(({ measurement }) => measurement.count));
  const needed = FEWEST[statistic];
  if (statistic === 'min' || statistic === 'max')
    return 'an extreme has no interval: more values would move it';
  if (needed === undefined) return 'measured for too short a time for an interval';
  return `too few values: n = ${least}, and ${statistic} needs ${needed}`;
}
