import type { ProofSummary, SummaryFormat } from '../model/proof-summary.ts';
import type { InlineAsset } from './html/document.ts';
import { renderSummaryHtml } from './html/summary.ts';
import { renderSummary } from './summary-markdown.ts';
import { renderJson } from './json.ts';

/** The text of a summary in each format, with a line feed at its end; `style` of pages is asked for where it is one. */
export const SUMMARY_TEXT: Readonly<
  Record<SummaryFormat, (summary: ProofSummary, style: () => InlineAsset) => string>
> = {
  md: renderSummary,
  json: (summary) => renderJson(summary),
  html: (summary, style) => renderSummaryHtml(summary, style()),
};
