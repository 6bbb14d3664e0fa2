import type { ProofTime } from './proof.ts';
import type { Verdict } from './verdict.ts';

/** What a comparison can be printed as. */
export const COMPARISON_FORMATS = ['text', 'md', 'json'] as const;

/**
 * `unknown`: one of the two cannot tell. `weaker`, `stronger`: the second proof shows less, or more, of the same. What is the same
 * is left out.
 */
export type ComparedChange = 'new' | 'worse' | 'weaker' | 'unknown' | 'better' | 'stronger' | 'gone';

/** Something that is other in the second proof. */
export interface ComparedItem {
  change: ComparedChange;
  /** `sight`: what the whole proof rests on, such as its window, a collector, a control. */
  kind: 'sight' | 'finding' | 'rule' | 'metric';
  /** null: all of them. */
  target: string | null;
  /** The rule, the metric, or what the proof rests on. */
  name: string;
  /** As each of the proofs says it; null: it says nothing. */
  before: string | null;
  after: string | null;
}

/** What a comparison tells of each proof. */
export interface ComparedProof {
  verdict: Verdict;
  headline: string;
  windowId: string;
  opened: ProofTime;
  durationSeconds: number;
  toolVersion: string;
}

/** Two proofs, side by side. */
export interface ProofComparison {
  schemaVersion: 1;
  headline: string;
  before: ComparedProof;
  after: ComparedProof;
  /** Why the two may differ for reasons that are not the app's. */
  notes: string[];
  items: ComparedItem[];
}
