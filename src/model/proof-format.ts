import type { Evidence } from './evidence.ts';
import type { Proof } from './proof.ts';

/** What a proof can be written as. Schema and options are made of this list. */
export const PROOF_FORMATS = ['json', 'md', 'html', 'junit', 'trace', 'intoto'] as const;
export type ProofFormat = (typeof PROOF_FORMATS)[number];

/** What a format is made of: the proof, and what it was judged from. */
export interface ProofMaterial {
  proof: Proof;
  evidence: Evidence;
}
