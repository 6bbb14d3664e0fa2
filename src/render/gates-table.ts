import { escapeControls } from '../core/parse/escape-controls.ts';
import { quantity } from '../core/wording/amounts.ts';
import type { GateResult, GateSheet } from '../model/gate-sheet.ts';
import { bounded } from './bounded.ts';
import { forMarkdown } from './escape.ts';
import { markdownTable } from './markdown-table.ts';
import { textTable } from './text-table.ts';
import { BYTES } from '../model/dimension.ts';
import { STATUS } from './gate-lines.ts';

const LONGEST_CELL = 60;
const LONGEST_TEXT = 1_000;
const VERDICT = { pass: 'PASS', fail: 'FAIL', inconclusive: 'INCONCLUSIVE' } as const;
/** As gate sheets call it. */
const MEMORY_HEAD = ['State', 'Memory (PSS)'];
const HEAD = ['Gate', 'App', 'Target', 'Measured', 'Status'];

/** The rows of a run for a terminal, and below them why a gate is not passed. */
export function renderGatesText(sheet: GateSheet): string {
  const rows = sheet.gates.map((row) =>
    cells(row).map((text) => escapeControls(bounded(text, LONGEST_CELL))),
  );
  const reasons = reasonsOf(sheet).map((text) => `  - ${escapeControls(bounded(text, LONGEST_TEXT))}`);
  const why = reasons.length === 0 ? [] : ['', 'Why not PASS:', ...reasons];
  const memory = memoryRows(sheet);
  const states = memory.length === 0 ? [] : ['', ...textTable([MEMORY_HEAD, ...memory])];
  return `${[VERDICT[sheet.verdict], '', ...textTable([HEAD, ...rows]), ...states, ...why].join('\n')}\n`;
}

/** The same as Markdown. */
export function renderGatesMarkdown(sheet: GateSheet): string {
  const table = markdownTable(
    HEAD,
    sheet.gates.map((row) => cells(row).map(safe)),
  );
  const memory = memoryRows(sheet);
  const states = memory.length === 0 ? [] : [markdownTable(MEMORY_HEAD, memory)];
  const reasons = reasonsOf(sheet).map((text) => `- ${safe(text)}`);
  const why = reasons.length === 0 ? [] : [reasons.join('\n')];
  return `${[`# Gates: ${VERDICT[sheet.verdict]}`, table, ...states, ...why, safe(sheet.proof.headline)].join('\n\n')}\n`;
}

/** The memory of the app in each of its states; nothing where none was read. */
function memoryRows({ memory: { beforeBytes, inUseBytes, afterBytes } }: GateSheet): string[][] {
  const states: [state: string, bytes: number | null][] = [
    ['before the first use', beforeBytes],
    ['in use, at the most', inUseBytes],
    ['after the wait', afterBytes],
  ];
  if (states.every(([, bytes]) => bytes === null)) return [];
  return states.map(([state, bytes]) => [state, bytes === null ? 'unknown' : quantity(bytes, BYTES)]);
}

const safe = (text: string): string => forMarkdown(bounded(text, LONGEST_TEXT));

const cells = ({ gate, target, expected, measured, verdict }: GateResult): string[] => [
  gate,
  target,
  expected,
  measured,
  STATUS[verdict],
];

const reasonsOf = ({ gates }: GateSheet): string[] =>
  gates.flatMap(({ gate, reason }) => (reason === null ? [] : [`${gate}: ${reason}`]));
