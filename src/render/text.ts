import type { Proof } from '../model/proof.ts';
import { escapeControls } from '../core/parse/escape-controls.ts';
import { bounded } from './bounded.ts';
import { textTable } from './text-table.ts';
import { wakesLine } from './wakes.ts';
import { type GateStatus, gateRows, reasonsFor, type SharedReason } from './gate-sheet.ts';

const COLOURS: Readonly<Record<GateStatus | 'INCONCLUSIVE', number>> = {
  PASS: 32,
  FAIL: 31,
  WARN: 33,
  PARTIAL: 33,
  INCONCLUSIVE: 33,
  TBD: 90,
};

const MAX_CELL = 44;
const LONGEST_ITEM = 4_000;

/** The gate sheet for a terminal: headline, table, then what was found and why a claim could not be carried. */
export function renderText(proof: Proof, colour: boolean): string {
  const paint = (status: keyof typeof COLOURS, text: string): string =>
    colour ? `\u001b[${COLOURS[status]}m${text}\u001b[0m` : text;
  const status = proof.verdict.toUpperCase() as 'PASS' | 'FAIL' | 'INCONCLUSIVE';
  const headline = escapeControls(bounded(proof.headline, LONGEST_ITEM));
  const lines = [
    headline.startsWith(status) ? paint(status, status) + headline.slice(status.length) : headline,
    '',
    ...table(proof, paint),
    ...wakesLines(proof),
  ];
  section(
    'Found',
    proof.findings.map(({ text }) => text),
  );
  section('Why not PASS', reasonsFor(proof, 'inconclusive').map(explain));
  section('Not judged', reasonsFor(proof, 'notApplicable').map(explain));
  section('Note', [...new Set([...proof.warnings, ...proof.targets.flatMap(({ notes }) => notes)])]);
  return `${lines.join('\n')}\n`;

  function section(title: string, items: readonly string[]): void {
    if (items.length === 0) return;
    lines.push('', `${title}:`, ...items.map((item) => `  - ${escapeControls(bounded(item, LONGEST_ITEM))}`));
  }
}

const explain = ({ rules, target, reason }: SharedReason): string =>
  `${rules.join(', ')} (${target}): ${reason}`;

function table(proof: Proof, paint: (status: GateStatus, text: string) => string): string[] {
  const rows = gateRows(proof).map(({ gate, target, measured, expected, status }) => [
    ...[gate, target, measured, expected].map((text) => clip(escapeControls(text))),
    paint(status, status),
  ]);
  return textTable([['Gate', 'Target', 'Measured', 'Expected', 'Status'], ...rows]);
}

/** Why each target wakes most, where that is known. */
function wakesLines({ targets }: Proof): string[] {
  const lines = targets.flatMap(({ name, wakes: [top] }) => {
    if (top === undefined) return [];
    const whose = targets.length === 1 ? '' : ` (${name})`;
    return [escapeControls(bounded(`wakes${whose}  ${wakesLine(top)}`, LONGEST_ITEM))];
  });
  return lines.length === 0 ? [] : ['', ...lines];
}

const clip = (text: string): string => (text.length > MAX_CELL ? bounded(text, MAX_CELL - 1) : text);
