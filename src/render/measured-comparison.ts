import { sayMeasured } from '../core/rules/say-measured.ts';
import { escapeControls } from '../core/parse/escape-controls.ts';
import { counted } from '../core/wording/amounts.ts';
import type { ComparedRow, ComparedRun, MeasuredComparison } from '../model/measured-comparison.ts';
import { bounded } from './bounded.ts';
import { forMarkdown } from './escape.ts';
import { markdownTable } from './markdown-table.ts';
import { textTable } from './text-table.ts';

const LONGEST_CELL = 200;
/** More are in the JSON. */
const MAX_ROWS = 500;

export const COMPARISON_COLUMNS = ['Metric', 'Before', 'After', 'Change', 'Target', 'Status'] as const;

const STATUS: Readonly<Record<ComparedRow['status'], string>> = {
  regression: 'WORSE',
  better: 'better',
  same: 'the same',
  inconclusive: 'inconclusive',
  notJudged: 'not judged',
};

/** The cells of a row, in the order of the columns; of untrusted names, not yet escaped. */
export function comparisonCells(row: ComparedRow, comparison: MeasuredComparison): string[] {
  const { measurement, id, statistic, limits, status, reason } = row;
  const which = [measurement, ...(statistic === 'value' ? [] : [statistic])].join(' ');
  const targets = limits.map(({ text, outcome }) => `${text}: ${outcome}`);
  return [
    id === null ? which : `${which} (${id})`,
    sideOf(row, 'before'),
    sideOf(row, 'after'),
    changeOf(row),
    targets.length > 0 ? targets.join('; ') : allowed(row, comparison),
    reason === null ? STATUS[status] : `${STATUS[status]}: ${reason}`,
  ].map((text) => bounded(text, LONGEST_CELL));
}

function sideOf(row: ComparedRow, side: 'before' | 'after'): string {
  const value = row[side];
  if (value === null) return '?';
  const runs = value.runs > 1 ? `, ${value.runs} runs` : '';
  return `${sayMeasured(row.measurement, value.value)} (n = ${value.count}${runs})`;
}

const say = (value: number): string => `${value > 0 ? '+' : ''}${Number(value.toPrecision(3))}`;

function changeOf({ change }: ComparedRow): string {
  if (change === null) return '?';
  const unit = change.unit === 'percent' ? '%' : 'points';
  const isExact = change.low === change.high;
  return `${say(change.value)} ${unit}${isExact ? '' : ` (${say(change.low)} to ${say(change.high)})`}`;
}

function allowed({ change }: ComparedRow, { allowance }: MeasuredComparison): string {
  if (change === null) return '';
  return `no worse than ${allowance[change.unit]} ${change.unit === 'points' ? 'points' : '%'}`;
}

const describe = (runs: readonly ComparedRun[]): string => {
  const [first] = runs;
  if (first === undefined) return 'nothing';
  const last = runs.at(-1)?.timestamp ?? first.timestamp;
  const span = runs.length === 1 ? first.timestamp : `${first.timestamp} to ${last}`;
  return `${counted(runs.length, 'run')}, ${span}, on ${first.host}, idleproof ${first.toolVersion}`;
};

/** Both sides, and what is to be noted, in words. */
export function comparisonFacts(comparison: MeasuredComparison): [string, string][] {
  const { before, after, notes, rows } = comparison;
  return [
    ['before', describe(before)],
    ['after', describe(after)],
    ...notes.map((note): [string, string] => ['note', note]),
    ...(rows.length > MAX_ROWS
      ? [['note', `${rows.length - MAX_ROWS} more rows are in the JSON`] as [string, string]]
      : []),
  ];
}

/** What is shown of the rows. */
export const shownRows = ({ rows }: MeasuredComparison): readonly ComparedRow[] => rows.slice(0, MAX_ROWS);

/** A comparison for a terminal. */
export function measuredComparisonText(comparison: MeasuredComparison): string {
  const rows = shownRows(comparison).map((row) => comparisonCells(row, comparison).map(escapeControls));
  const lines = [
    comparison.headline,
    ...comparisonFacts(comparison).map(([term, about]) => `  ${term}  ${about}`),
    '',
  ].map(escapeControls);
  return `${[...lines, ...textTable([COMPARISON_COLUMNS, ...rows])].join('\n')}\n`;
}

/** The same as Markdown. */
export function measuredComparisonMarkdown(comparison: MeasuredComparison): string {
  const rows = shownRows(comparison).map((row) => comparisonCells(row, comparison).map(forMarkdown));
  const facts = comparisonFacts(comparison).map(([term, about]) => `- ${term}: ${forMarkdown(about)}`);
  return `${[`# ${forMarkdown(comparison.headline)}`, facts.join('\n'), markdownTable(COMPARISON_COLUMNS, rows)].join('\n\n')}\n`;
}
