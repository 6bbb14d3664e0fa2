import type { KeptProofs } from '../../core/proof/summary.ts';
import { EvidenceReader } from '../../evidence/read.ts';
import type { Window } from '../../model/evidence.ts';
import type { Verdict } from '../../model/verdict.ts';
import { readLeftBehind } from '../cut-off.ts';
import { findUnjudged } from './unjudged.ts';

/**
 * The windows of a store that are over and have no proof: it could not be written, or they are not judged yet. Of those that
 * nobody can judge any more the folder of the proofs itself tells.
 * @param waiting whatever the store knows of them: a full disk keeps evidence in memory, too
 * @throws IdleproofError EVIDENCE_READ, EVIDENCE_NEWER
 */
export function windowsWithoutProof(
  storePath: string,
  proofsFolder: string,
  waiting: readonly Window[] = [],
): KeptProofs['unproved'] {
  const all = new Map(waiting.map((window) => [keyOf(window), described(window, null)]));
  const reader = new EvidenceReader(storePath);
  try {
    for (const { window, verdict } of readLeftBehind(reader).unproved)
      if (findUnjudged(proofsFolder, window) === null) all.set(keyOf(window), described(window, verdict));
  } finally {
    reader.close();
  }
  return [...all.values()];
}

function described({ id, fromMs, toMs }: Window, verdict: Verdict | null): KeptProofs['unproved'][number] {
  const why = verdict === null ? 'not judged yet' : `${verdict}, but its proof could not be written`;
  const path = `${id} of ${new Date(fromMs).toISOString()} (${why})`;
  return { path, writtenMs: toMs, windowId: id, verdict };
}

const keyOf = ({ id, fromMs }: Window): string => `${id} ${fromMs}`;
