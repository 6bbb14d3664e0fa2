import type { ProofSummary } from '../model/proof-summary.ts';
import { renderSummary } from './summary-markdown.ts';

/** The text of a summary in each format, with a line feed at its end. */
export const SUMMARY_TEXT: Readonly<Record<'md' | 'json', (summary: ProofSummary) => string>> = {
  md: renderSummary,
  json: (summary) => `${JSON.stringify(summary, null, 2)}\n`,
};
