import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { IdleproofError } from '../../errors.ts';
import type { Proof } from '../../model/proof.ts';
import { renderJson } from '../../render/json.ts';
import { type ProofOutput, writeProof } from './proof-files.ts';
import { nthFolder, runFolderName } from './run-folder.ts';
import { PROOF_FILE } from '../../model/file-names.ts';

const UNFINISHED = '.part';

/** Whether a folder of this name is one that somebody was writing a proof into. */
export const isUnfinished = (name: string): boolean => name.startsWith('.') && name.endsWith(UNFINISHED);

/**
 * Writes the proof of a window of many into a folder of its own, which is there whole or not at all, whenever the process is
 * killed. A folder that is there and says the same is the proof's already: whoever tries again makes no other one.
 * @returns the folder; `problem`: one of the files could not be written, and those before it are there
 * @throws IdleproofError REPORT_FOLDER, PROOF_WRITE
 */
export function keepProof(
  parent: string,
  { startedAt, windowId }: { startedAt: Date; windowId: string },
  output: ProofOutput,
): { folder: string; problem: string | null } {
  const name = runFolderName(startedAt, [windowId]);
  const part = join(parent, `.${name}${UNFINISHED}`);
  inFolder(parent, () => {
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { recursive: true });
  });
  try {
    const wanted = JSON.parse(renderJson(output.material.proof)) as Proof;
    let nth = 1;
    for (; existsSync(nthFolder(parent, name, nth)); nth += 1) {
      const folder = nthFolder(parent, name, nth);
      if (saysTheSame(folder, wanted)) return { folder, problem: null };
    }
    const problem = written(part, output);
    const folder = nthFolder(parent, name, nth);
    inFolder(parent, () => renameSync(part, folder));
    return { folder, problem };
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

/** An attestation can fail for reasons of its own, when the proof is there. @throws IdleproofError where it is not */
function written(folder: string, output: ProofOutput): string | null {
  try {
    writeProof(folder, output);
    return null;
  } catch (error) {
    if (read(folder) === null) throw error;
    return (error as Error).message;
  }
}

/** Where the chain stood when it was judged is another matter. */
function saysTheSame(folder: string, wanted: Proof): boolean {
  const found = read(folder);
  return found !== null && isDeepStrictEqual({ ...found, evidence: null }, { ...wanted, evidence: null });
}

/** null: there is no whole proof. */
function read(folder: string): Partial<Proof> | null {
  try {
    return JSON.parse(readFileSync(join(folder, PROOF_FILE), 'utf8')) as Partial<Proof>;
  } catch {
    return null;
  }
}

function inFolder(folder: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw new IdleproofError('REPORT_FOLDER', { folder, problem: (error as Error).message }, error);
  }
}
