import { IdleproofError } from '../errors.ts';
import { CHAIN_START } from './chain.ts';
import { openEvidence } from './open-evidence.ts';
import type { SegmentState } from './segments.ts';
import { Verifier } from './verifier.ts';
import { isDamage } from './soundness.ts';

/** Something that is not as it was written, and where. */
export interface EvidenceProblem {
  where: string;
  problem: string;
}

export interface VerifiedSegment {
  id: number;
  fromMs: number;
  /** null: it is still open, and its end cannot be checked but by a head that somebody brings. */
  toMs: number | null;
  state: SegmentState;
  batches: number;
  rows: number;
}

/** What a look at every row of an evidence file came to. */
export interface Verification {
  /** The first of them; empty: every row that is kept is as it was written. */
  problems: EvidenceProblem[];
  /** How many there are in all. */
  problemCount: number;
  segments: VerifiedSegment[];
  /** Digest of the last batch. */
  chainHead: string;
  /** Kept and read. */
  batches: number;
  rows: number;
  /** Of the heads that were brought, those that the chain does not hold: it was cut off before them, or they lie in what was dropped. */
  missingHeads: string[];
}

/**
 * Reads every row of an evidence file, also one that is being written, and checks it against the chain: finds what was
 * changed, removed, put elsewhere, inserted or cut off. Holds one batch at a time. Throws EVIDENCE_READ, EVIDENCE_NEWER.
 * @param heads digests that the chain must have had once, from proofs or logs
 */
export function verifyEvidence(path: string, heads: readonly string[] = []): Verification {
  const { db, layout } = openEvidence(path);
  try {
    return new Verifier(db, layout.hasSegments, heads).run(layout.tables);
  } catch (error) {
    if (error instanceof IdleproofError) throw error;
    if (!isDamage(error))
      throw new IdleproofError('EVIDENCE_READ', { path, problem: (error as Error).message }, error);
    const damage = { where: 'the file', problem: `it is damaged: ${error.message}` };
    return { ...NOTHING, problems: [damage], problemCount: 1, missingHeads: [...heads] };
  } finally {
    db.close();
  }
}

const NOTHING = { segments: [], chainHead: CHAIN_START, batches: 0, rows: 0 };
