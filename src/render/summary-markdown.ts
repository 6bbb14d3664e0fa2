import { counted, spell } from '../core/wording/amounts.ts';
import type { ProofTime } from '../model/proof.ts';
import type {
  MetricMedian,
  ProofSummary,
  SummaryFinding,
  SummaryPart,
  SummaryTrend,
} from '../model/proof-summary.ts';
import { forMarkdown } from './escape.ts';
import { markdownTable } from './markdown-table.ts';
import { inUnit } from './metric-value.ts';

/** Longer lists are in the JSON. */
const MAX_ROWS = 100;

/** Many proofs as one page: days, windows, findings, trends, what was not watched and what was left out. */
export function renderSummary(summary: ProofSummary): string {
  const parts = [
    `# ${forMarkdown(summary.headline)}`,
    facts(summary),
    days(summary),
    windows(summary),
    findings(summary),
    trends(summary),
    medians(summary),
    section(
      'Not watched',
      bounded(summary.notWatched.map(({ what, windows: n }) => `${what} (${counted(n, 'window')})`)),
    ),
    section(
      'Proofs that could not be read',
      bounded(summary.broken.map(({ path, problem }) => `${path}: ${problem}`)),
    ),
    section(
      'Without a proof (cut off, going on, not written, or judged by nobody any more)',
      bounded(summary.unproved),
    ),
    section('Replaced by a later proof of the same window', bounded(summary.superseded)),
    section('No idle window after all', bounded(summary.withdrawn)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function facts(summary: ProofSummary): string {
  const { period, total, longestUnwatched, longestExcludedPeriod, excludedTogether, hosts } = summary;
  const items: string[] = [];
  if (period !== null) {
    const share = period.seconds > 0 ? (100 * total.watchedSeconds) / period.seconds : 100;
    items.push(
      `${at(period.from)} to ${at(period.to)}: in a window for ${spell(total.watchedSeconds * 1000)} of ${spell(period.seconds * 1000)} (${share.toFixed(1)} %)`,
    );
  }
  if (longestUnwatched !== null) {
    const { from, to, seconds } = longestUnwatched;
    items.push(`Longest time in no window: ${spell(seconds * 1000)}, ${at(from)} to ${at(to)}`);
  }
  if (total.windows > 0) {
    items.push(
      longestExcludedPeriod === null
        ? 'No window excludes any period'
        : `Periods up to ${spell(longestExcludedPeriod.seconds * 1000)} would have been seen in a single window (${Math.round(longestExcludedPeriod.confidence * 100)} %), that of ${forMarkdown(longestExcludedPeriod.path)}`,
    );
  }
  if (excludedTogether !== null) {
    const { seconds, confidence, windows: n } = excludedTogether;
    items.push(
      `Periods up to ${spell(seconds * 1000)} would have been seen in the ${counted(n, 'window')} that passed, taken together (${Math.round(confidence * 100)} %)`,
    );
  }
  if (hosts.length > 0)
    items.push(`${hosts.length === 1 ? 'Host' : 'Hosts'} ${forMarkdown(hosts.join(', '))}`);
  return items.map((item) => `- ${item}`).join('\n');
}

const COUNTS = ['Windows', 'Pass', 'Fail', 'Inconclusive', 'Watched', 'Least coverage'];

const countCells = ({ windows: n, verdicts, watchedSeconds, lowestCoverageShare }: SummaryPart): string[] => [
  String(n),
  ...[verdicts.pass, verdicts.fail, verdicts.inconclusive].map(String),
  spell(watchedSeconds * 1000),
  `${(lowestCoverageShare * 100).toFixed(1)} %`,
];

function days({ days: all }: ProofSummary): string {
  return tableSection(
    'Days',
    ['Day', ...COUNTS],
    all.map((day) => [day.date, ...countCells(day)]),
  );
}

function windows({ windows: all }: ProofSummary): string {
  return tableSection(
    'Windows',
    ['Window', ...COUNTS, 'Last'],
    all.map((window) => [
      forMarkdown(window.id),
      ...countCells(window),
      `${window.last.verdict}, ${at(window.last.opened)}`,
    ]),
  );
}

function findings({ findings: all, findingsLeftOut }: ProofSummary): string {
  const shown = all.slice(0, MAX_ROWS);
  const more = all.length - shown.length + findingsLeftOut;
  const text = tableSection(
    'Found',
    ['Rule', 'Target', 'Severity', 'Windows', 'Count', 'First', 'Last', 'The last time'],
    shown.map(findingRow),
  );
  return more === 0 ? text : `${text}\n\n${counted(more, 'more finding')}.`;
}

const findingRow = (finding: SummaryFinding): string[] => [
  forMarkdown(finding.ruleId),
  forMarkdown(finding.target),
  finding.severity,
  String(finding.windows),
  String(finding.count),
  at(finding.firstAt),
  at(finding.lastAt),
  forMarkdown(finding.text),
];

function trends({ trends: all }: ProofSummary): string {
  const text = tableSection(
    'Trends over the windows',
    ['Target', 'Metric', 'Median', 'Change a day', '95 % interval', 'Windows', 'Not in the slope'],
    all.map(trendRow),
  );
  return text === ''
    ? ''
    : `${text}\n\nOf the means of the windows; Theil–Sen slope, its interval as if the windows were independent.`;
}

function trendRow(trend: SummaryTrend): string[] {
  const { target, metric, slopePerDay, windows: n, leftOut } = trend;
  const slope =
    slopePerDay === null
      ? ['too few windows', '']
      : [
          inUnit(metric, slopePerDay.value),
          `${inUnit(metric, slopePerDay.low)} to ${inUnit(metric, slopePerDay.high)}${slopePerDay.low <= 0 && slopePerDay.high >= 0 ? ' (may be none)' : ''}`,
        ];
  return [forMarkdown(target), metric, medianCell(trend), ...slope, String(n), String(leftOut)];
}

function medians({ days: all }: ProofSummary): string {
  const rows = all.flatMap(({ date, metrics }) =>
    metrics.map((median) => [
      date,
      forMarkdown(median.target),
      median.metric,
      medianCell(median),
      String(median.windows),
    ]),
  );
  return all.length < 2
    ? ''
    : tableSection('Medians per day', ['Day', 'Target', 'Metric', 'Median', 'Windows'], rows);
}

const medianCell = ({ metric, median, atLeast }: MetricMedian): string =>
  `${atLeast ? '≥ ' : ''}${inUnit(metric, median)}`;

/** `2026-11-20 08:01:00+01:00`: local time, without its milliseconds. */
const at = ({ local }: ProofTime): string => forMarkdown(local.replace('T', ' ').replace(/\.\d+/, ''));

function bounded(items: readonly string[]): string[] {
  const more = items.length - MAX_ROWS;
  return [...items.slice(0, MAX_ROWS), ...(more > 0 ? [`and ${more} more`] : [])];
}

function section(title: string, items: readonly string[]): string {
  return items.length === 0
    ? ''
    : `## ${title}\n\n${items.map((item) => `- ${forMarkdown(item)}`).join('\n')}`;
}

function tableSection(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : `## ${title}\n\n${markdownTable(head, rows)}`;
}
