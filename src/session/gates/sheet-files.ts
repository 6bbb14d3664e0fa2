import { join } from 'node:path';
import { IdleproofError } from '../../errors.ts';
import type { GateSheet } from '../../model/gate-sheet.ts';
import { writeNewFile } from '../../os/new-file.ts';
import { renderGatesMarkdown } from '../../render/gates-table.ts';
import { renderJson } from '../../render/json.ts';
import { GATES_FILE } from '../../model/file-names.ts';

/**
 * A gate sheet beside the proof of its window; nothing is overwritten. Returns the paths.
 * @throws IdleproofError GATES_WRITE
 */
export function writeGateSheet(folder: string, sheet: GateSheet): string[] {
  const texts = { [GATES_FILE]: renderJson(sheet), 'gates.md': renderGatesMarkdown(sheet) };
  return Object.entries(texts).map(([name, text]) => {
    const path = join(folder, name);
    try {
      writeNewFile(path, text);
    } catch (error) {
      throw new IdleproofError('GATES_WRITE', { path, problem: (error as Error).message }, error);
    }
    return path;
  });
}
