import { PEM_BEGIN, readSigner } from '../attest/keys.ts';
import { IdleproofError } from '../errors.ts';
import type { Signer } from '../model/attestation.ts';
import type { ProofFormat } from '../model/proof-format.ts';

/** Holds the signing key itself, or the path of its file. */
const KEY_VARIABLE = 'IDLEPROOF_KEY';

/** The key for what these formats sign; null where they sign nothing. An option comes before the environment. */
export function signerFor(
  formats: readonly ProofFormat[],
  keyPath: string | undefined,
  environment: NodeJS.ProcessEnv,
): Signer | null {
  if (!formats.includes('intoto')) return null;
  if (keyPath !== undefined) {
    // The command line is written into the proof.
    if (keyPath.includes(PEM_BEGIN)) {
      const problem = 'name a file: a key on the command line is seen by everybody';
      throw new IdleproofError('OPTION_INVALID', { option: '--key', problem, command: 'check' });
    }
    return readSigner(keyPath, '--key');
  }
  const fromEnvironment = environment[KEY_VARIABLE] ?? '';
  if (fromEnvironment === '') throw new IdleproofError('KEY_MISSING');
  return readSigner(fromEnvironment, KEY_VARIABLE);
}
