import { counted, spell } from '../../core/wording/amounts.ts';
import type { ProofSummary, SummaryFinding, SummaryPart, SummaryTrend } from '../../model/proof-summary.ts';
import { daysSvg, sparkSvg } from './days-svg.ts';
import { documentOf, type InlineAsset } from './document.ts';
import { type Html, html, NOTHING } from './markup.ts';
import { type Column, facts, list, table } from './table.ts';
import { headlineOf, localTime } from './top.ts';
import { inUnit } from '../metric-value.ts';

/** Longer lists are in the JSON. */
const MAX_ROWS = 100;

/** Many proofs as one page: how the days went, what was found, and where the numbers go. It has no script. */
export function renderSummaryHtml(summary: ProofSummary, style: InlineAsset): string {
  const main = html`${top(summary)}
${days(summary)}
${windows(summary)}
${findings(summary)}
${trends(summary)}
${rest(summary)}`;
  return documentOf({ title: summary.headline, version: null, style, main, live: null });
}

function top(summary: ProofSummary): Html {
  const { verdict, headline, hosts } = summary;
  return html`<header class="top ${verdict}">
<p class="brand"><b>idleproof</b> summary of a soak</p>
${headlineOf(verdict, headline)}
${facts([...watched(summary), ...excluded(summary), [hosts.length === 1 ? 'Host' : 'Hosts', html`${hosts.join(', ') || 'none'}`]])}
</header>`;
}

function watched({ period, total, longestUnwatched }: ProofSummary): (readonly [string, Html])[] {
  const rows: (readonly [string, Html])[] = [];
  if (period !== null) {
    const share = period.seconds > 0 ? (100 * total.watchedSeconds) / period.seconds : 100;
    rows.push(
      ['Period', html`${localTime(period.from)} to ${localTime(period.to)}`],
      [
        'In a window',
        html`${spell(total.watchedSeconds * 1000)} of ${spell(period.seconds * 1000)} (${share.toFixed(1)} %)`,
      ],
    );
  }
  if (longestUnwatched !== null) {
    const { from, to, seconds } = longestUnwatched;
    rows.push(['Longest in none', html`${spell(seconds * 1000)}, ${localTime(from)} to ${localTime(to)}`]);
  }
  return rows;
}

function excluded({
  total,
  longestExcludedPeriod: one,
  excludedTogether: all,
}: ProofSummary): (readonly [string, Html])[] {
  if (total.windows === 0) return [];
  const single =
    one === null
      ? html`no window excludes any period`
      : html`periods up to ${spell(one.seconds * 1000)} in a single window (${Math.round(one.confidence * 100)} %, <code>${one.path}</code>)`;
  const together =
    all === null
      ? NOTHING
      : html`; up to ${spell(all.seconds * 1000)} in the ${counted(all.windows, 'window')} that passed, taken together (${Math.round(all.confidence * 100)} %)`;
  return [['Would have been seen', html`${single}${together}`]];
}

const COUNTS: readonly Column[] = [
  'Windows',
  'Pass',
  'Fail',
  'Inconclusive',
  'Watched',
  'Least coverage',
].map((title) => ({ title, isNumber: true }));

const countCells = ({ windows: n, verdicts, watchedSeconds, lowestCoverageShare }: SummaryPart): Html[] => [
  html`${n}`,
  ...(['pass', 'fail', 'inconclusive'] as const).map((verdict) =>
    verdicts[verdict] === 0 ? html`0` : html`<span class="status ${verdict}">${verdicts[verdict]}</span>`,
  ),
  html`${spell(watchedSeconds * 1000)}`,
  html`${(lowestCoverageShare * 100).toFixed(1)} %`,
];

function days(summary: ProofSummary): Html {
  const rows = summary.days.map((day) => [html`${day.date}`, ...countCells(day)]);
  if (rows.length === 0) return NOTHING;
  return html`<section aria-labelledby="days"><h2 id="days">Days</h2>
<p class="legend"><span class="key"><i class="swatch pass"></i>pass</span><span class="key"><i class="swatch inconclusive"></i>inconclusive</span><span class="key"><i class="swatch fail"></i>fail</span> windows a day</p>
${daysSvg(summary)}
${table('Windows of each day', [{ title: 'Day' }, ...COUNTS], rows)}</section>`;
}

function windows({ windows: all }: ProofSummary): Html {
  const rows = all.map((window) => [
    html`${window.id}`,
    ...countCells(window),
    html`<span class="status ${window.last.verdict}">${window.last.verdict}</span>, ${localTime(window.last.opened)}`,
  ]);
  return section('Windows', rows, [{ title: 'Window' }, ...COUNTS, { title: 'Last' }]);
}

function findings({ findings: all, findingsLeftOut }: ProofSummary): Html {
  const shown = all.slice(0, MAX_ROWS);
  if (shown.length === 0) return NOTHING;
  const more = all.length - shown.length + findingsLeftOut;
  return html`<section aria-labelledby="found"><h2 id="found">Found</h2>
${shown.map(card)}
${more > 0 ? html`<p>${counted(more, 'more finding')}.</p>` : NOTHING}</section>`;
}

function card({ ruleId, target, severity, windows: n, count, firstAt, lastAt, text }: SummaryFinding): Html {
  return html`<article class="finding"><p class="over"><code class="${severity === 'warn' ? 'warn' : 'fail'}">${ruleId}</code> ${target}${severity === 'warn' ? ' (warning)' : ''}</p><h3>${text}</h3>
${facts([
  ['How often', html`${counted(count, 'time')} in ${counted(n, 'window')}`],
  ['First', html`${localTime(firstAt)}`],
  ['Last', html`${localTime(lastAt)}`],
])}</article>
`;
}

function trends({ trends: all, days: every }: ProofSummary): Html {
  const rows = all.map((trend) => {
    const { target, metric, median, atLeast, windows: n, leftOut } = trend;
    const medians = every.map(
      ({ metrics }) => metrics.find((one) => one.target === target && one.metric === metric)?.median ?? null,
    );
    return [
      html`${target}`,
      html`${metric}`,
      sparkSvg(medians, `${metric} of ${target}`),
      html`${atLeast ? '≥ ' : ''}${inUnit(metric, median)}`,
      ...slopeCells(trend),
      html`${n}${leftOut > 0 ? `, ${leftOut} not in the slope` : ''}`,
    ];
  });
  return section('Trends', rows, [
    { title: 'Target' },
    { title: 'Metric' },
    { title: 'Medians by day' },
    { title: 'Median', isNumber: true },
    { title: 'Change a day', isNumber: true },
    { title: '95 % interval' },
    { title: 'Windows' },
  ]);
}

function slopeCells({ metric, slopePerDay }: SummaryTrend): Html[] {
  if (slopePerDay === null) return [html`too few windows`, html``];
  const { value, low, high } = slopePerDay;
  const mayBeNone = low <= 0 && high >= 0 ? ' (may be none)' : '';
  return [
    html`${inUnit(metric, value)}`,
    html`${inUnit(metric, low)} to ${inUnit(metric, high)}${mayBeNone}`,
  ];
}

function rest({ notWatched, broken, unproved, superseded, withdrawn }: ProofSummary): Html {
  const parts: [string, readonly Html[]][] = [
    ['Not watched', notWatched.map(({ what, windows: n }) => html`${what} (${counted(n, 'window')})`)],
    [
      'Proofs that could not be read',
      broken.map(({ path, problem }) => html`<code>${path}</code>: ${problem}`),
    ],
    [
      'Without a proof (cut off, going on, not written, or judged by nobody any more)',
      unproved.map((path) => html`<code>${path}</code>`),
    ],
    ['Replaced by a later proof of the same window', superseded.map((path) => html`<code>${path}</code>`)],
    ['No idle window after all', withdrawn.map((path) => html`<code>${path}</code>`)],
  ];
  return html`${parts.map(([title, items]) => {
    if (items.length === 0) return NOTHING;
    const more = items.length - MAX_ROWS;
    const shown = [...items.slice(0, MAX_ROWS), ...(more > 0 ? [html`and ${more} more`] : [])];
    return html`<section><h2>${title}</h2>${list(shown)}</section>`;
  })}`;
}

function section(title: string, rows: readonly (readonly Html[])[], columns: readonly Column[]): Html {
  if (rows.length === 0) return NOTHING;
  const id = title.toLowerCase();
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${table(`${title}, one a row`, columns, rows)}</section>`;
}
