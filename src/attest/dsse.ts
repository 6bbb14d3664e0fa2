import { type KeyObject, verify } from 'node:crypto';
import type { Envelope, Signer, Statement } from '../model/attestation.ts';

export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** DSSE's pre-authentication encoding: what is signed. Lengths are of bytes, in ASCII decimal; see the DSSE protocol, v1. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType, 'utf8');
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${type.length} `),
    type,
    Buffer.from(` ${payload.length} `),
    payload,
  ]);
}

/** A statement, signed. */
export function seal(statement: Statement, signer: Signer): Envelope {
  const payload = Buffer.from(JSON.stringify(statement), 'utf8');
  const sig = Buffer.from(signer.sign(preAuthEncoding(PAYLOAD_TYPE, payload)));
  return {
    payload: payload.toString('base64'),
    payloadType: PAYLOAD_TYPE,
    signatures: [{ keyid: signer.keyId, sig: sig.toString('base64') }],
  };
}

/** Whether one of the signatures is by this key (Ed25519). A `keyid` is anybody's word, and decides nothing. */
export function isSignedBy({ payload, payloadType, signatures }: Envelope, key: KeyObject): boolean {
  const body = fromBase64(payload);
  if (body === null) return false;
  const signed = preAuthEncoding(payloadType, body);
  return signatures.some(({ sig }) => {
    const signature = fromBase64(sig);
    return signature !== null && verify(null, signed, key, signature);
  });
}

/**
 * Standard or URL-safe base64, padded or not. Null where it is neither, or not the one way to write these bytes: Node skips what it does
 * not know, and the last digit has bits that mean nothing.
 */
export function fromBase64(text: string): Buffer | null {
  const standard = text.replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Buffer.from(standard, 'base64');
  const again = bytes.toString('base64');
  return standard === again || standard === again.replace(/=+$/, '') ? bytes : null;
}
