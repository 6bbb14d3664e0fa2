import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { IdleproofError } from '../../errors.ts';
import { readBoundedFile } from '../../os/bounded-file.ts';

/** Ours list 1,000 entries of a kind. */
const LARGEST_ATTESTATION_BYTES = 64_000_000;

/**
 * What somebody wants to have verified: an attestation by its name, so that a damaged one is still known for what it is, else by how the
 * file begins. A database begins with its own name.
 * @throws IdleproofError VERIFY_UNREADABLE
 */
export function kindOfFile(path: string): 'evidence' | 'attestation' | 'proof' {
  const beginning = beginningOf(path);
  if (/\.(?:jsonl|dsse\.json|intoto\.json)$/.test(path)) return 'attestation';
  if (!beginning.startsWith('{')) return 'evidence';
  return /^\{[^]{0,200}?"payload(?:Type)?"\s*:/.test(beginning) ? 'attestation' : 'proof';
}

function beginningOf(path: string): string {
  const bytes = Buffer.alloc(256);
  try {
    // A pipe would be waited for without end.
    if (!statSync(path).isFile()) throw new Error('it is not a file');
    const file = openSync(path, 'r');
    try {
      return bytes.toString('latin1', 0, readSync(file, bytes));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The text of an attestation, damaged or not. @throws IdleproofError VERIFY_UNREADABLE */
export function readAttestation(path: string): string {
  try {
    return readBoundedFile(path, LARGEST_ATTESTATION_BYTES).toString('utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
}

const unreadable = (path: string, error: unknown): IdleproofError =>
  new IdleproofError('VERIFY_UNREADABLE', { path, problem: (error as Error).message }, error);
