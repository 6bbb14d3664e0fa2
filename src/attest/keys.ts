import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { IdleproofError } from '../errors.ts';
import type { Signer } from '../model/attestation.ts';

const ALGORITHM = 'ed25519';
export const PEM_BEGIN = '-----BEGIN';

/** SHA-256 of a public key (SPKI, DER), in hex. */
export function keyIdOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

export interface NewKeys {
  privatePath: string;
  publicPath: string;
  keyId: string;
}

/** Makes a key pair: the private key into a file that only its owner may read. Nothing is ever overwritten. */
export function makeKeys(privatePath: string, publicPath: string): NewKeys {
  const { privateKey, publicKey } = generateKeyPairSync(ALGORITHM);
  writeKey(privatePath, privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600);
  try {
    writeKey(publicPath, publicKey.export({ type: 'spki', format: 'pem' }), 0o644);
  } catch (error) {
    // It has just been made, and nobody knows it.
    rmSync(privatePath, { force: true });
    throw error;
  }
  return { privatePath, publicPath, keyId: keyIdOf(publicKey) };
}

function writeKey(path: string, pem: string | Buffer, mode: number): void {
  try {
    writeFileSync(path, pem, { flag: 'wx', mode });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const problem = code === 'EEXIST' ? 'there is a file already' : message;
    throw new IdleproofError('KEY_WRITE', { path, problem }, error);
  }
}

/**
 * The signing key: a PEM text (PKCS #8), or the path of a file that holds one.
 * @param name what holds it, for the error: what it holds may be the key itself, and is never shown
 */
export function readSigner(keyOrPath: string, name: string): Signer {
  let key: KeyObject;
  try {
    const pem = keyOrPath.includes(PEM_BEGIN) ? keyOrPath : readFileSync(keyOrPath, 'utf8');
    key = createPrivateKey(pem);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    const problem = `it is neither a private key in PEM without a passphrase nor the path of a file with one (${code})`;
    throw new IdleproofError('KEY_INVALID', { where: name, problem });
  }
  refuseOther(key, name);
  const keyId = keyIdOf(createPublicKey(key));
  return { keyId, sign: (bytes) => sign(null, bytes, key) };
}

/** The key that a verifier brings: the path of a PEM file. */
export function readPublicKey(path: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey(readKeyFile(path));
  } catch (error) {
    if (error instanceof IdleproofError) throw error;
    throw new IdleproofError('KEY_INVALID', { where: path, problem: 'it is not a public key in PEM' });
  }
  refuseOther(key, path);
  return key;
}

function refuseOther({ asymmetricKeyType }: KeyObject, where: string): void {
  if (asymmetricKeyType === ALGORITHM) return;
  const problem = `it is of the type ${asymmetricKeyType ?? 'unknown'}, and an Ed25519 key is needed`;
  throw new IdleproofError('KEY_INVALID', { where, problem });
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new IdleproofError('KEY_INVALID', { where: path, problem: (error as Error).message }, error);
  }
}
