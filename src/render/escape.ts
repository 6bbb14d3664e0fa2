import { escapeControls } from '../core/parse/escape-controls.ts';
import { bounded } from './bounded.ts';

const LONGEST = 4_000;

/** What a watched app says of itself is not trusted: each output format has its own way to make text harmless. */

/** For one line of Markdown, in a table cell too: no links, no HTML, no formatting, no line breaks. */
export function forMarkdown(text: string): string {
  return escapeControls(bounded(text, LONGEST))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_{}[\]|~#!]/g, (character) => `\\${character}`)
    .replaceAll(/\b(https?|ftp):\/\//gi, '$1&#58;//')
    .replaceAll(/\bwww\./gi, (prefix) => `${prefix.slice(0, -1)}&#46;`);
}

/** For a Markdown code span in a table, where a bar would end the cell. Outside of one its escape would be shown. */
export const asCodeInCell = (text: string): string => asCode(text).replaceAll('|', '\\|');

/** For a Markdown code span: the fence is longer than any run of backticks inside. */
export function asCode(text: string): string {
  const clean = escapeControls(bounded(text, LONGEST));
  // Two backticks with nothing between would open a span, not be one.
  if (clean === '') return '(empty)';
  const longest = Math.max(0, ...[...clean.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 ? ' ' : '';
  return `${fence}${pad}${clean}${pad}${fence}`;
}
