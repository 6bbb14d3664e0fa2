import { refuser } from '../../errors/refuse.ts';
import type { EvidenceProblem } from '../../evidence/verification.ts';
import type { Proof } from '../../model/proof.ts';
import { sha256OfFile } from '../../os/file-digest.ts';

/** A program file that a proof must be about. */
export interface Subject {
  /** As it was given. */
  name: string;
  /** Hexadecimal. */
  sha256: string;
}

/** A program file, or its SHA-256 in hexadecimal, as in-toto names it. @throws IdleproofError OPTION_INVALID */
export function readSubject(given: string): Subject {
  const digest = /^(?:sha256:)?([0-9a-f]{64})$/i.exec(given)?.[1];
  if (digest !== undefined) return { name: given, sha256: digest.toLowerCase() };
  try {
    return { name: given, sha256: sha256OfFile(given) };
  } catch (error) {
    const problem = `${given} is neither a SHA-256 nor a file that can be read: ${(error as Error).message}`;
    return refuser('verify')('--subject', problem, error);
  }
}

/** Those that are not among the program files that the targets ran. What could not be read may be any file, and so is none. */
export function subjectProblems(
  { targets }: Pick<Proof, 'targets'>,
  subjects: readonly Subject[],
): EvidenceProblem[] {
  const run = new Set(targets.flatMap(({ executables = [] }) => executables.map(({ sha256 }) => sha256)));
  return subjects
    .filter(({ sha256 }) => !run.has(sha256))
    .map(({ name, sha256 }) => ({
      where: 'targets',
      problem: `none of them ran ${name}${name.includes(sha256) ? '' : ` (SHA-256 ${sha256})`}`,
    }));
}
