import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { IdleproofError } from '../errors.ts';
import { writeNewFile } from '../os/new-file.ts';

/** Prints a text, or writes it into a folder and prints the path. Nothing is ever overwritten. */
export function tellReport(folder: string | undefined, name: string, text: string): void {
  if (folder === undefined) {
    process.stdout.write(text);
    return;
  }
  const path = join(folder, name);
  try {
    mkdirSync(folder, { recursive: true });
    writeNewFile(path, text);
  } catch (error) {
    throw new IdleproofError('REPORT_FOLDER', { folder, problem: (error as Error).message }, error);
  }
  process.stdout.write(`${path}\n`);
}
