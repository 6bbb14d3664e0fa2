import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import type { Signer } from '../../src/model/attestation.ts';

/** The secret key of the first test vector of RFC 8032, section 7.1: Ed25519 signs the same bytes with the same signature. */
const SECRET = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';

/** PKCS #8 around a raw Ed25519 key (RFC 8410). */
const PKCS8_HEAD = '302e020100300506032b657004220420';

const privateKey = createPrivateKey({
  key: Buffer.from(PKCS8_HEAD + SECRET, 'hex'),
  format: 'der',
  type: 'pkcs8',
});

export const testPublicKey: KeyObject = createPublicKey(privateKey);

export const testSigner: Signer = {
  keyId: createHash('sha256')
    .update(testPublicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex'),
  sign: (bytes) => sign(null, bytes, privateKey),
};
