import type { MeasuredComparison } from '../../model/measured-comparison.ts';
import { COMPARISON_COLUMNS, comparisonCells, comparisonFacts, shownRows } from '../measured-comparison.ts';
import { documentOf, type InlineAsset } from './document.ts';
import { html } from './markup.ts';
import { facts, table } from './table.ts';
import { headlineOf } from './top.ts';

/** A comparison with a baseline as a page of its own, without a script. */
export function measuredComparisonHtml(comparison: MeasuredComparison, style: InlineAsset): string {
  const { verdict, headline } = comparison;
  const columns = COMPARISON_COLUMNS.map((title) => ({ title }));
  const rows = shownRows(comparison).map((row) =>
    comparisonCells(row, comparison).map((text) => html`${text}`),
  );
  const main = html`<header class="top ${verdict}">
<p class="brand"><b>idleproof</b> before and after</p>
${headlineOf(verdict, headline)}
${facts(comparisonFacts(comparison).map(([term, about]) => [term, html`${about}`] as const))}
</header>
<section>
<h2>Measurements</h2>
${table('Measurements before and after', columns, rows)}
</section>`;
  return documentOf({ title: headline, version: null, style, main, live: null });
}
