import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { type CellResult, keyOfResult } from './cell.ts';

/** The results of a run, a line for each, so that one that was interrupted can go on. */
export class Ledger {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
  }

  /** What was written so far; a line that was cut off is left out. A cell that was run again counts as it was last. */
  read(): CellResult[] {
    if (!existsSync(this.#path)) return [];
    const lines = readFileSync(this.#path, 'utf8').split('\n').slice(0, -1);
    const results = lines.map((line) => JSON.parse(line) as CellResult);
    return [...new Map(results.map((one) => [keyOfResult(one), one])).values()];
  }

  add(result: CellResult): void {
    appendFileSync(this.#path, `${JSON.stringify(result)}\n`);
  }

  clear(): void {
    rmSync(this.#path, { force: true });
  }
}
