import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { IdleproofError } from '../errors.ts';
import { EVIDENCE_FILE } from '../model/file-names.ts';
import type { Proof } from '../model/proof.ts';
import { hasOwnEvidence } from '../session/verify/proof-evidence.ts';

/**
 * Where the evidence of a proof lies: as it is named, else beside the proof.
 * @throws IdleproofError for a daemon's proof with none beside it: the evidence of all of them is in one store
 */
export function evidencePathOf(proof: Proof, proofPath: string, named: string | undefined): string {
  const beside = join(dirname(proofPath), EVIDENCE_FILE);
  if (named === undefined && !hasOwnEvidence(proof) && !existsSync(beside))
    throw new IdleproofError('EVIDENCE_OF_DAEMON', { path: proofPath });
  return named ?? beside;
}
