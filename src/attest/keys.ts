import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { IdleproofError } from '../errors.ts';
import type { Signer } from '../model/attestation.ts';

const ALGORITHM = 'ed25519';
export const PEM_BEGIN = '-----BEGIN';
const PRIVATE_PEM = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/** A key that somebody gave in the place of its file's path, without the lines around it. */
const LIKE_A_KEY = /^[\w+/=-]{40,}$/;

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

/** Where a key comes from, as an error may show it: a path that is one, and never what may be the key itself. */
export function sayKeySource(keyOrPath: string, name: string): string {
  const mayBeKey = keyOrPath.includes(PEM_BEGIN) || LIKE_A_KEY.test(keyOrPath);
  return mayBeKey && !isFile(keyOrPath) ? name : `${name} ${keyOrPath}`;
}

/** Whether the file of a private key is open to others than its owner; false where there is no such file, or nobody can tell. */
export function isOpenToOthers(keyOrPath: string): boolean {
  // Windows has no such bits.
  if (process.platform === 'win32' || !isFile(keyOrPath)) return false;
  return (statSync(keyOrPath).mode & 0o077) !== 0;
}

/** Whether there is a file of this path, whatever else the text may be. */
export function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The key that a verifier brings: the path of a PEM file. */
export function readPublicKey(path: string): KeyObject {
  const pem = readKeyFile(path);
  if (PRIVATE_PEM.test(pem)) {
    const problem =
      'it is a private key, which signs and is given to nobody; who verifies brings the public one';
    throw new IdleproofError('KEY_INVALID', { where: path, problem });
  }
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (error) {
    throw new IdleproofError('KEY_INVALID', { where: path, problem: 'it is not a public key in PEM' }, error);
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
