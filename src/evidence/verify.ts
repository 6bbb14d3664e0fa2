import { IdleproofError } from '../errors.ts';
import { CHAIN_START } from './chain.ts';
import { foreignObjects } from './foreign-objects.ts';
import { openEvidence } from './open-evidence.ts';
import { isDamage } from './soundness.ts';
import type { Verification } from './verification.ts';
import { Verifier } from './verifier.ts';

/**
 * Reads every row of an evidence file, also one that is being written, and checks it against the chain: finds what was
 * changed, removed, put elsewhere, inserted or cut off. Holds one batch at a time. Throws EVIDENCE_READ, EVIDENCE_NEWER.
 * @param heads digests that the chain must have had once, from proofs or logs
 */
export function verifyEvidence(path: string, heads: readonly string[] = []): Verification {
  const { db, layout } = openEvidence(path);
  try {
    const foreign = foreignObjects(db);
    if (foreign.length > 0) {
      return { ...NOTHING, problems: foreign, problemCount: foreign.length, missingHeads: [...heads] };
    }
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
