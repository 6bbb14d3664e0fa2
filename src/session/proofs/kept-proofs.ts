import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { digestProof, type ProofDigest } from '../../core/proof/digest.ts';
import type { KeptProofs } from '../../core/proof/summary.ts';
import { IdleproofError } from '../../errors.ts';
import { isResults } from './measured-run.ts';
import { isUnfinished } from './proof-folder.ts';
import { readProofBytes } from './stored-proof.ts';
import { UNJUDGED_FILE } from './unjudged.ts';
import { WITHDRAWN_FILE } from './withdrawn.ts';
import { DAEMON_LOCK_FILE, EVIDENCE_FILE, PROOF_FILE } from '../../model/file-names.ts';

/** Run folders lie in the folder of proofs, or one group below. */
const MAX_DEPTH = 3;

/**
 * Reads every proof in a folder and the folders below. What cannot be read, and runs without a proof, are told.
 * @throws IdleproofError where the folder itself cannot be read, or holds nothing of the kind
 */
export function readKeptProofs(folder: string): KeptProofs {
  const steps = keptProofs(folder);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same, with time for others after each proof: a loop that ticks goes on ticking. */
export async function readKeptProofsGently(folder: string): Promise<KeptProofs> {
  const steps = keptProofs(folder);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await setImmediate();
  }
}

/** Pauses after each proof. */
function* keptProofs(folder: string): Generator<undefined, KeptProofs> {
  const kept = {
    digests: [] as ProofDigest[],
    withdrawn: [] as ProofDigest[],
    broken: [] as Broken[],
    unproved: [] as Unproved[],
  };
  let entries: Dirent[];
  try {
    entries = list(folder);
  } catch (error) {
    const problem = `: ${(error as Error).message}`;
    throw new IdleproofError('PROOFS_FOLDER', { folder, problem }, error);
  }
  yield* visit(folder, entries, 0);
  const { digests, withdrawn, broken, unproved } = kept;
  if (digests.length + withdrawn.length + broken.length + unproved.length === 0) {
    throw new IdleproofError('PROOFS_FOLDER', { folder, problem: '' });
  }
  return kept;

  function* visit(at: string, within: readonly Dirent[], depth: number): Generator<undefined, void> {
    const names = new Set(within.map(({ name }) => name));
    if (names.has(PROOF_FILE)) {
      add(join(at, PROOF_FILE), names.has(WITHDRAWN_FILE) ? kept.withdrawn : kept.digests);
      yield;
    } else if (names.has(UNJUDGED_FILE)) noteUnproved(at, UNJUDGED_FILE);
    // The store of a daemon lies in its state folder, with its own lock; its windows have folders of their own. Measurements are proved by nobody.
    else if (names.has(EVIDENCE_FILE) && !names.has(DAEMON_LOCK_FILE) && ![...names].some(isResults))
      noteUnproved(at, EVIDENCE_FILE);
    if (depth === MAX_DEPTH) return;
    for (const entry of within.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(at, entry.name);
      if (!entry.isDirectory() || isUnfinished(entry.name)) continue;
      let below: Dirent[];
      try {
        below = list(path);
      } catch (error) {
        kept.broken.push({ path: shown(path), problem: (error as Error).message });
        continue;
      }
      yield* visit(path, below, depth + 1);
    }
  }

  function add(path: string, to: ProofDigest[]): void {
    const digest = readDigest(path, shown(path));
    if ('problem' in digest) kept.broken.push({ path: shown(path), problem: digest.problem });
    else to.push(digest);
  }

  function noteUnproved(at: string, file: string): void {
    const writtenAtMs = writtenMs(join(at, file));
    kept.unproved.push({ path: shown(at), writtenMs: writtenAtMs, windowId: null, verdict: null });
  }

  function shown(path: string): string {
    return relative(folder, path) || '.';
  }
}

type Broken = KeptProofs['broken'][number];
type Unproved = KeptProofs['unproved'][number];

/** SQLite writes to the log beside it first. One that has just gone may have been of any time. */
function writtenMs(path: string): number {
  const files = [path, `${path}-wal`].map((file) => statSync(file, { throwIfNoEntry: false }));
  return files[0] === undefined
    ? Number.POSITIVE_INFINITY
    : Math.max(...files.map((file) => file?.mtimeMs ?? 0));
}

const list = (folder: string): Dirent[] => readdirSync(folder, { withFileTypes: true });

function readDigest(path: string, name: string): ProofDigest | { problem: string } {
  try {
    return digestProof(name, readProofBytes(path).toString('utf8'));
  } catch (error) {
    return { problem: (error as Error).message };
  }
}
