import { escapeControls } from '../core/parse/escape-controls.ts';
import type { ComparedItem, ComparedProof, ProofComparison } from '../model/proof-comparison.ts';
import { bounded } from './bounded.ts';
import { forMarkdown } from './escape.ts';
import { markdownTable } from './markdown-table.ts';

/** Longer ones are in the JSON. */
const LONGEST_VALUE = 300;
const MAX_ITEMS = 200;

/** A comparison for a terminal. */
export function comparisonText({ headline, before, after, notes, items }: ProofComparison): string {
  const lines = [
    headline,
    `  before  ${describe(before)}`,
    `  after   ${describe(after)}`,
    ...notes.map((note) => `  note: ${note}`),
    ...items.slice(0, MAX_ITEMS).flatMap((item) => ['', `${item.change}  ${title(item)}`, ...values(item)]),
    ...leftOut(items),
  ];
  return `${lines.map(escapeControls).join('\n')}\n`;
}

const title = ({ kind, name, target }: ComparedItem): string =>
  `${kind} ${bounded(name, LONGEST_VALUE)}${target === null ? '' : ` (${target})`}`;

const values = ({ before, after }: ComparedItem): string[] => [
  ...(before === null ? [] : [`  before  ${bounded(before, LONGEST_VALUE)}`]),
  ...(after === null ? [] : [`  after   ${bounded(after, LONGEST_VALUE)}`]),
];

const describe = ({ opened, windowId, durationSeconds, headline }: ComparedProof): string =>
  `${opened.local}, window ${windowId}, ${durationSeconds} s: ${bounded(headline, LONGEST_VALUE)}`;

const cell = (text: string | null): string =>
  text === null ? '' : forMarkdown(bounded(text, LONGEST_VALUE));

const leftOut = (items: readonly ComparedItem[]): string[] =>
  items.length > MAX_ITEMS ? ['', `and ${items.length - MAX_ITEMS} more`] : [];

/** The same as Markdown. */
export function comparisonMarkdown({ headline, before, after, notes, items }: ProofComparison): string {
  const rows = items
    .slice(0, MAX_ITEMS)
    .map((item) => [item.change, item.kind, ...[item.name, item.target, item.before, item.after].map(cell)]);
  const parts = [
    `# ${forMarkdown(headline)}`,
    [`- Before: ${forMarkdown(describe(before))}`, `- After: ${forMarkdown(describe(after))}`].join('\n'),
    notes.map((note) => `- ${forMarkdown(note)}`).join('\n'),
    rows.length === 0 ? '' : markdownTable(['Change', 'What', 'Name', 'Target', 'Before', 'After'], rows),
    leftOut(items).join(''),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
