import type { SegmentState } from '../segments.ts';

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
