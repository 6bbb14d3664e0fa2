import { readFileSync } from 'node:fs';
import { IdleproofError } from '../../errors.ts';
import { verifyEvidence } from '../../evidence/verify.ts';
import type { EvidenceProblem } from '../../evidence/verification.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Proof } from '../../model/proof.ts';
import { EvidenceReader } from '../../evidence/read.ts';
import { renderJson } from '../../render/json.ts';
import { chainProblems, type ProofCheck, verifyProof } from './verify-proof.ts';
import { readEvidenceFor } from './proof-evidence.ts';
import { PROOF_FILE } from '../../model/file-names.ts';

/** The evidence of a proof, to draw it from. Throws PROOF_UNFOUNDED where it is of another run, or was changed. */
export function evidenceBehind(proof: Proof, proofPath: string, evidencePath: string): Evidence {
  const evidence = verifyEvidence(evidencePath, [proof.evidence.chainHead], true);
  refuseAny([...evidence.problems, ...chainProblems(proof, evidence, evidencePath)], proofPath, evidencePath);
  const reader = new EvidenceReader(evidencePath);
  try {
    return readEvidenceFor(proof, reader, 0).evidence;
  } finally {
    reader.close();
  }
}

/**
 * Whoever signs an attestation vouches for what it says, also when it is made long after the run. Throws PROOF_UNFOUNDED unless the
 * proof is, byte for byte, what was written, and its evidence gives it again.
 */
export function assertFounded(proof: Proof, proofPath: string, check: ProofCheck): void {
  const { evidence, judged, problems } = verifyProof(proof, check).verified;
  refuseAny([...evidence.problems, ...problems], proofPath, check.evidencePath);
  const others = judged.again ? [] : [{ where: 'its verdicts', problem: judged.reason }];
  const isAsWritten = readFileSync(proofPath, 'utf8') === renderJson(proof);
  if (!isAsWritten) others.push({ where: PROOF_FILE, problem: 'it was written anew since, in other bytes' });
  refuseAny(others, proofPath, check.evidencePath);
}

function refuseAny([first]: readonly EvidenceProblem[], path: string, evidence: string): void {
  if (first === undefined) return;
  throw new IdleproofError('PROOF_UNFOUNDED', {
    path,
    evidence,
    problem: `${first.where}: ${first.problem}`,
  });
}
