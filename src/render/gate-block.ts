import type { Proof } from '../model/proof.ts';
import type { Verdict } from '../model/verdict.ts';
import { bounded } from './bounded.ts';
import { asCodeInCell, forMarkdown } from './escape.ts';
import { gateRows } from './gate-sheet.ts';
import { markdownTable } from './markdown-table.ts';

const LONGEST_CELL = 300;

/** A run of which only the verdict is shown. */
export interface PastRun {
  opened: string;
  windowId: string;
  verdict: Verdict;
  findings: number;
}

/** The gate sheet as teams keep it in a page of their own: one row a gate, with the command that shows it, then the last runs. */
export function renderGateBlock(proofs: readonly Proof[], runs: readonly PastRun[]): string {
  const rows = proofs.flatMap((proof) =>
    gateRows(proof).map(({ gate, target, measured, expected, status }) => [
      ...[gate, target, expected, measured].map((text) => forMarkdown(bounded(text, LONGEST_CELL))),
      status,
      asCodeInCell(bounded(proof.command, LONGEST_CELL)),
    ]),
  );
  const headlines = proofs.map(
    ({ window, headline }) => `- ${window.opened.local}: ${forMarkdown(bounded(headline, LONGEST_CELL))}`,
  );
  const parts = [
    headlines.join('\n'),
    markdownTable(['Gate', 'App', 'Target', 'Measured', 'Status', 'Command'], rows),
    runs.length === 0 ? '' : `Last runs:\n\n${runsTable(runs)}`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

const runsTable = (runs: readonly PastRun[]): string =>
  markdownTable(
    ['Run', 'Window', 'Verdict', 'Findings'],
    runs.map(({ opened, windowId, verdict, findings }) => [
      opened,
      forMarkdown(bounded(windowId, LONGEST_CELL)),
      verdict,
      String(findings),
    ]),
  );
