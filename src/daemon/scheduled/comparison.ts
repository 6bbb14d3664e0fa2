import { compareMeasured } from '../../core/measure/baseline/compare.ts';
import { type Better, UNDIRECTED } from '../../core/measure/baseline/direction.ts';
import { sayMeasured } from '../../core/rules/say-measured.ts';
import { short } from '../../core/wording/amounts.ts';
import type { MeasuredRun } from '../../model/measure-document.ts';
import type { ComparedRow } from '../../model/measured-comparison.ts';
import type { TakenComparison } from '../../model/taken-measurement.ts';
import type { MeasuredBaseline } from './measured-baseline.ts';

/** From one run to the next a host differs by some percent, which the interval of one run does not show. */
const OPTIONS = {
  allowance: { percent: 10, points: 1 },
  tolerance: { percent: 25, points: 5 },
  statistics: null,
  expected: [],
  acrossHosts: false,
} as const;

/** Of why nothing can be told, so much is said in a line. */
const MOST_REASONS = 3;

/**
 * Whether a measurement became worse than its baseline; where that cannot be told, why.
 * @param better which way what a command counts is better; null: nobody said
 */
export function comparisonOf(
  { name, runs }: MeasuredBaseline,
  run: MeasuredRun,
  better: Better | null,
): TakenComparison {
  const told = better === null ? [] : UNDIRECTED.map((one) => [one, better] as const);
  const options = { ...OPTIONS, better: new Map(told) };
  const { verdict, headline, rows } = compareMeasured(
    { baseline: name, before: runs, after: [run] },
    options,
  );
  const worse = rows.filter(({ status }) => status === 'regression').map(rowText);
  if (worse.length > 0)
    return { baseline: name, verdict, headline: `worse than ${name}: ${worse.join('; ')}` };
  const open = [...new Set(rows.filter(({ status }) => status === 'inconclusive').map(reasonOf))];
  const more = open.length > MOST_REASONS ? [`and ${open.length - MOST_REASONS} more`] : [];
  const why = [...open.slice(0, MOST_REASONS), ...more].join('; ');
  return { baseline: name, verdict, headline: why === '' ? headline : `${headline}: ${why}` };
}

const reasonOf = ({ measurement, id, reason }: ComparedRow): string =>
  `${measurement}${whichOf(id)}: ${reason ?? 'nobody can tell'}`;

const whichOf = (id: string | null): string => (id === null ? '' : ` (${id})`);

function rowText({ measurement, id, statistic, before, after, change }: ComparedRow): string {
  const which = whichOf(id);
  const said = (value: number | undefined): string =>
    value === undefined ? 'unknown' : sayMeasured(measurement, value);
  const unit = change?.unit === 'points' ? 'points' : '%';
  const signed = (value: number): string => `${value > 0 ? '+' : ''}${short(value)} ${unit}`;
  const by =
    change === null ? '' : `, ${signed(change.value)} (${signed(change.low)} to ${signed(change.high)})`;
  return `${statistic} of ${measurement}${which} ${said(before?.value)} before, ${said(after?.value)} now${by}`;
}
