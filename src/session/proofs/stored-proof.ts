import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseProof } from '../../core/proof/schema.ts';
import { parseVerifiable } from '../../core/proof/verifiable.ts';
import { IdleproofError } from '../../errors.ts';
import type { Proof } from '../../model/proof.ts';
import { readBoundedFile } from '../../os/bounded-file.ts';
import { EVIDENCE_FILE, PROOF_FILE } from '../../model/file-names.ts';

/** Larger ones are no proofs of ours. */
const MAX_BYTES = 32_000_000;

/** The bytes of a proof.json, whatever they hold. Throws, in words for people, where they cannot be read. */
export const readProofBytes = (path: string): Buffer => readBoundedFile(path, MAX_BYTES);

/** Where the proof is that somebody names by its own path, or by that of the folder that it lies in. */
export const proofPathOf = (given: string): string =>
  statSync(given, { throwIfNoEntry: false })?.isDirectory() === true ? join(given, PROOF_FILE) : given;

/** Reads a proof of any version as it was written. @throws IdleproofError VERIFY_UNREADABLE */
export function readProof(path: string): Proof {
  let json: string;
  try {
    json = readProofBytes(path).toString('utf8');
  } catch (error) {
    throw new IdleproofError('VERIFY_UNREADABLE', { path, problem: (error as Error).message }, error);
  }
  const parsed = parseVerifiable(json);
  if ('problem' in parsed) throw new IdleproofError('VERIFY_UNREADABLE', { path, problem: parsed.problem });
  return parsed.proof;
}

/**
 * Reads a proof of this version whole, as its schema has it.
 * @param given the path of a proof.json, or of the folder that it lies in
 * @throws IdleproofError PROOF_UNREADABLE, PROOF_OTHER_VERSION
 */
export function readWholeProof(given: string): Proof {
  const path = proofPathOf(given);
  let json: string;
  try {
    json = readProofBytes(path).toString('utf8');
  } catch (error) {
    throw new IdleproofError('PROOF_UNREADABLE', { path, problem: (error as Error).message }, error);
  }
  const proof = parseProof(json);
  if (proof !== null) return proof;
  throw notOfThisVersion(path, json);
}

function notOfThisVersion(path: string, json: string): IdleproofError {
  const parsed = parseVerifiable(json);
  if ('problem' in parsed) return new IdleproofError('PROOF_UNREADABLE', { path, problem: parsed.problem });
  const evidence = join(dirname(path), EVIDENCE_FILE);
  return new IdleproofError('PROOF_OTHER_VERSION', { path, evidence, version: parsed.proof.tool.version });
}
