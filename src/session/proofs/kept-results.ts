import { type Dirent, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseUnambiguous } from '../../core/parse/repeated-key.ts';
import { gateSheetSchema } from '../../core/measure/gates/sheet-schema.ts';
import type { GateSheet } from '../../model/gate-sheet.ts';
import type { MeasuredResult } from '../../model/measure-document.ts';
import { readBoundedFile } from '../../os/bounded-file.ts';
import { isResults, readMeasuredResult } from './measured-run.ts';
import { GATES_FILE } from '../../model/file-names.ts';

/** As proofs: run folders lie in the folder, or one group below. */
const MAX_DEPTH = 3;
const MAX_SHEET_BYTES = 4_000_000;

/** Reads what measuring commands have left in a folder and the folders below, the last ones first. What cannot be read is left out, and told. */
export function readKeptResults(folder: string): { results: MeasuredResult[]; broken: string[] } {
  const results: MeasuredResult[] = [];
  const broken: string[] = [];
  const visit = (at: string, depth: number): void => {
    for (const entry of list(at, broken)) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) {
        if (depth < MAX_DEPTH) visit(path, depth + 1);
      } else if (isResults(entry.name)) {
        try {
          results.push(readMeasuredResult(path));
        } catch (error) {
          broken.push(`${path}: ${(error as Error).message}`);
        }
      }
    }
  };
  visit(folder, 0);
  return { results: results.toSorted((a, b) => Date.parse(b.timestamp) - Date.parse(a.timestamp)), broken };
}

/** The gate sheet beside a proof; null: the proof is of no such run. @throws Error that says what is wrong with it */
export function readSheetBeside(folder: string, headline: string): GateSheet | null {
  const path = join(folder, GATES_FILE);
  if (!existsSync(path)) return null;
  const parsed = gateSheetSchema.safeParse(
    parseUnambiguous(readBoundedFile(path, MAX_SHEET_BYTES).toString('utf8')),
  );
  if (!parsed.success) throw new Error(`${path} is no gate sheet of this version`);
  if (parsed.data.proof.headline !== headline) throw new Error(`${path} is not of the proof beside it`);
  return parsed.data;
}

/** One that is not there, or no more, holds nothing; one that may not be read is told. */
function list(folder: string, broken: string[]): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') broken.push(message);
    return [];
  }
}
