import { isFile, isOpenToOthers, PEM_BEGIN, readSigner, sayKeySource } from '../attest/keys.ts';
import { escapeControls } from '../core/parse/escape-controls.ts';
import { IdleproofError } from '../errors.ts';
import type { Refuse } from '../errors/refuse.ts';
import { KEY_VARIABLE, type Signer } from '../model/attestation.ts';
import type { ProofFormat } from '../model/proof-format.ts';

/** How every command that signs names its key. */
export const KEY_OPTION: readonly [flags: string, description: string] = [
  '--key <file>',
  `private key that signs intoto (default: ${KEY_VARIABLE}, the key itself or its path)`,
];

/**
 * The key for what these formats sign; null where they sign nothing. An option comes before the environment.
 * @param refuse of the command that was asked for
 * @throws IdleproofError KEY_MISSING, KEY_INVALID, OPTION_INVALID
 */
export function signerFor(
  formats: readonly ProofFormat[],
  keyPath: string | undefined,
  environment: NodeJS.ProcessEnv,
  refuse: Refuse,
): Signer | null {
  if (keyPath?.includes(PEM_BEGIN) === true) {
    refuse('--key', 'name a file: a key on the command line is seen by everybody');
  }
  if (!formats.includes('intoto')) return null;
  if (keyPath !== undefined) return signerOf(keyPath, sayKeySource(keyPath, '--key'));
  const fromEnvironment = environment[KEY_VARIABLE] ?? '';
  if (fromEnvironment === '') throw new IdleproofError('KEY_MISSING');
  // Whatever somebody keeps there may be a secret, unless it is a file.
  const where = isFile(fromEnvironment) ? sayKeySource(fromEnvironment, KEY_VARIABLE) : KEY_VARIABLE;
  return signerOf(fromEnvironment, where);
}

function signerOf(keyOrPath: string, where: string): Signer {
  const signer = readSigner(keyOrPath, where);
  if (isOpenToOthers(keyOrPath)) {
    const path = escapeControls(keyOrPath);
    process.stderr.write(
      `warning: others than its owner can use the private key ${path}: chmod 600 it, or make another one\n`,
    );
  }
  return signer;
}
