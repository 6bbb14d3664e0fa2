import type { GateSheet } from '../model/gate-sheet.ts';
import type { MeasuredResult } from '../model/measure-document.ts';
import type { Proof } from '../model/proof.ts';
import type { Verdict } from '../model/verdict.ts';
import { bounded } from './bounded.ts';
import { asCodeInCell, forMarkdown } from './escape.ts';
import { measuredLines, numbersOf, proofLines, sheetLines } from './gate-lines.ts';
import { markdownTable } from './markdown-table.ts';

const LONGEST_CELL = 300;

/** A run of which only the verdict is shown. */
export interface PastRun {
  opened: string;
  windowId: string;
  verdict: Verdict;
  findings: number;
}

/** What a page of gates is made of. */
export interface GatePage {
  /** Each with the gate sheet of the run that it is part of; null: it was no such run. */
  proofs: readonly { proof: Proof; sheet: GateSheet | null }[];
  runs: readonly PastRun[];
  measured: readonly MeasuredResult[];
  /** Of which only the first measurement is shown, to compare with. */
  pastMeasured: readonly MeasuredResult[];
}

/** The gate sheet as teams keep it in a page of their own: one row a gate, with the command that shows it, then the last runs. */
export function renderGateBlock({ proofs, runs, measured, pastMeasured }: GatePage): string {
  const lines = [
    ...proofs.flatMap(({ proof, sheet }) => (sheet === null ? proofLines(proof) : sheetLines(sheet))),
    ...measured.flatMap(measuredLines),
  ];
  const rows = lines.map(({ gate, app, target, measured: found, status, command }) => [
    ...[gate, app, target, found].map(cell),
    status,
    asCodeInCell(bounded(command, LONGEST_CELL)),
  ]);
  const headlines = proofs.map(({ proof }) => `- ${proof.window.opened.local}: ${cell(proof.headline)}`);
  const parts = [
    headlines.join('\n'),
    markdownTable(['Gate', 'App', 'Target', 'Measured', 'Status', 'Command'], rows),
    runs.length === 0 ? '' : `Last runs:\n\n${runsTable(runs)}`,
    pastMeasured.length === 0 ? '' : `Last measurements:\n\n${measuredTable(pastMeasured)}`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** That of one proof alone. */
export const renderProofBlock = (proof: Proof): string =>
  renderGateBlock({ proofs: [{ proof, sheet: null }], runs: [], measured: [], pastMeasured: [] });

const cell = (text: string): string => forMarkdown(bounded(text, LONGEST_CELL));

const runsTable = (runs: readonly PastRun[]): string =>
  markdownTable(
    ['Run', 'Window', 'Verdict', 'Findings'],
    runs.map(({ opened, windowId, verdict, findings }) => [
      opened,
      cell(windowId),
      verdict,
      String(findings),
    ]),
  );

const measuredTable = (results: readonly MeasuredResult[]): string =>
  markdownTable(
    ['Run', 'Measurement', 'App', 'Measured'],
    results.flatMap(({ timestamp, target, measurements: [main] }) =>
      main === undefined
        ? []
        : [
            [
              cell(timestamp),
              cell(main.id === null ? main.name : `${main.name} (${main.id})`),
              cell(target),
              cell(numbersOf(main)),
            ],
          ],
    ),
  );
