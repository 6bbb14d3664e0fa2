import type {
  ComparedRow,
  ComparedRun,
  MeasuredComparison,
  TargetOutcome,
} from '../../../model/measured-comparison.ts';
import type { MeasuredRun } from '../../../model/measure-document.ts';
import type { Statistic } from '../../../model/measurement.ts';
import type { ExpectedMeasure } from '../expect.ts';
import { compare } from '../../rules/expectation.ts';
import { MEASUREMENTS } from '../../rules/measurements.ts';
import { ENOUGH_FREEDOM, exceededEach } from '../../stats/change.ts';
import { otherTargets, otherVersions } from './comparability.ts';
import { groupsOf, type MeasuredGroup } from './groups.ts';
import { comparedValue, type CompareOptions, isCarried, isNoisy, judgeRow, type Pair } from './rows.ts';

export interface MeasuredSides {
  /** The name of the baseline. */
  baseline: string;
  before: readonly MeasuredRun[];
  after: readonly MeasuredRun[];
}

export interface ComparisonOptions extends CompareOptions {
  /** Null: the usual ones, as far as the baseline carries them. */
  statistics: readonly Statistic[] | null;
  /** Limits of what it is now. */
  expected: readonly ExpectedMeasure[];
}

const USUAL: readonly Statistic[] = ['value', 'mean', 'p50', 'p95'];
/** A limit that is missed by less than this share of it is close. */
const CLOSE = 0.1;

/** Holds measurements against a baseline, row by row. */
export function compareMeasured(
  { baseline, before, after }: MeasuredSides,
  options: ComparisonOptions,
): MeasuredComparison {
  const pairs = groupsOf(before, after).flatMap((group) =>
    statisticsFor(group.name, options).map((statistic): Pair => ({ group, statistic })),
  );
  const noisy = pairs.filter((pair) => isCarried(pair) && isNoisy(pair)).length;
  const rows = pairs.map((pair) => {
    const { group, statistic } = pair;
    const { name, id, target } = group;
    const now = comparedValue(group.after, statistic);
    const judged = judgeRow(pair, options, {
      exceeded: exceededEach(noisy),
      isLeft: options.statistics === null && pairs.some((other) => standsFor(other, pair)),
    });
    return {
      measurement: name,
      id,
      target,
      statistic,
      before: comparedValue(group.before, statistic),
      after: now,
      limits: limitsOf(pair, now?.value ?? null, options.expected),
      ...judged,
    } satisfies ComparedRow;
  });
  const unmet = options.expected.filter(
    ({ text }) => !rows.some(({ limits }) => limits.some((one) => one.text === text)),
  );
  const notes = [
    ...unmet.map(({ text }) => `${text}: not measured`),
    ...otherTargets(before, after),
    ...otherVersions(before, after),
    ...(pairs.some((pair) => isCarried(pair) && isNoisy(pair) && hasFewRuns(pair))
      ? ['too few runs: what differs from one run to the next is not in the intervals; three a side show it']
      : []),
    ...sayRunsNeeded(rows, Math.min(before.length, after.length)),
  ];
  const verdict = verdictOf(rows, unmet.length > 0);
  return {
    schemaVersion: 1,
    verdict,
    headline: headlineOf(verdict, baseline, rows),
    baseline,
    before: before.map(describe),
    after: after.map(describe),
    allowance: options.allowance,
    tolerance: options.tolerance,
    notes,
    rows,
  };
}

/** What it would take to tell everything that noise hides; of some rows that may be more than anybody measures. */
function sayRunsNeeded(rows: readonly ComparedRow[], now: number): string[] {
  const needed = rows.flatMap(({ runsNeeded }) => runsNeeded ?? []);
  if (needed.length === 0) return [];
  const all = needed.length === 1 ? 'one row' : `${needed.length} rows`;
  return [`some ${Math.max(...needed)} runs a side (${now} now) would tell ${all} that noise hides`];
}

const hasFewRuns = ({ group: { before, after } }: Pair): boolean =>
  before.length + after.length - 2 < ENOUGH_FREEDOM;

/**
 * Whether one statistic can be judged, and is enough where another cannot: others of the same measurement, and for what a whole run gives only once
 * (its throughput, what the server used) those of what the same run measured many times.
 */
function standsFor(other: Pair, { group, statistic }: Pair): boolean {
  if (!isCarried(other)) return false;
  if (other.group === group) return true;
  const isOfRun = statistic === 'value' && other.statistic !== 'value';
  return isOfRun && isOfSame(other.group, group) && familyOf(other.group) === familyOf(group);
}

const isOfSame = (one: MeasuredGroup, other: MeasuredGroup): boolean =>
  one.id === other.id && one.target === other.target;

const familyOf = ({ name }: MeasuredGroup): string => name.split('.')[0] ?? name;

function statisticsFor(name: string, { statistics, expected }: ComparisonOptions): Statistic[] {
  const known = MEASUREMENTS.get(name)?.statistics ?? [];
  const asked = new Set([
    ...(statistics ?? USUAL),
    ...expected.filter(({ measurement }) => measurement === name).map(({ statistic }) => statistic),
  ]);
  return known.filter((statistic) => asked.has(statistic));
}

function limitsOf(
  { group: { name, after }, statistic }: Pair,
  value: number | null,
  expected: readonly ExpectedMeasure[],
): TargetOutcome[] {
  return expected
    .filter((one) => one.measurement === name && one.statistic === statistic)
    .map(({ text, expectation }) => {
      if (value === null || after.some(({ measurement }) => measurement.problem !== null))
        return { text, outcome: 'unknown' };
      if (compare(value, expectation, false) === 'kept') return { text, outcome: 'met' };
      const missedBy = Math.abs(value - expectation.limit);
      return { text, outcome: missedBy < CLOSE * Math.abs(expectation.limit) ? 'close' : 'missed' };
    });
}

function verdictOf(rows: readonly ComparedRow[], isUnmeasured: boolean): MeasuredComparison['verdict'] {
  const outcomes = rows.flatMap(({ limits }) => limits.map(({ outcome }) => outcome));
  if (rows.some(({ status }) => status === 'regression')) return 'fail';
  if (outcomes.some((outcome) => outcome === 'missed' || outcome === 'close')) return 'fail';
  if (isUnmeasured || outcomes.includes('unknown')) return 'inconclusive';
  if (rows.some(({ status }) => status === 'inconclusive')) return 'inconclusive';
  return rows.some(({ status }) => status === 'same' || status === 'better') ? 'pass' : 'inconclusive';
}

const WORDS = {
  regression: 'worse',
  inconclusive: 'inconclusive',
  better: 'better',
  same: 'the same',
  notJudged: 'not judged',
} as const;

function headlineOf(verdict: string, baseline: string, rows: readonly ComparedRow[]): string {
  const counts = Object.entries(WORDS).flatMap(([status, word]) => {
    const count = rows.filter((row) => row.status === status).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  const missed = rows
    .flatMap(({ limits }) => limits)
    .filter(({ outcome }) => /close|missed/.test(outcome)).length;
  const all = [...counts, ...(missed === 0 ? [] : [`${missed} missed`])];
  return `${verdict.toUpperCase()}: ${all.join(', ') || 'nothing to compare'}, against ${baseline}`;
}

const describe = ({ kind, timestamp, host, tool }: MeasuredRun): ComparedRun => ({
  kind,
  timestamp,
  host: host.name,
  toolVersion: tool.version,
});
