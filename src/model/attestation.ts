/** in-toto Statement v1 and the DSSE envelope that it is signed in; see github.com/in-toto/attestation and docs/proof.md. */

/** At least one of `name` and `digest` says what it is. */
export interface ResourceDescriptor {
  name?: string;
  mediaType?: string;
  digest?: Record<string, string>;
  annotations?: Record<string, unknown>;
}

export interface Statement {
  _type: 'https://in-toto.io/Statement/v1';
  subject: { name: string; digest: { sha256: string } }[];
  predicateType: string;
  predicate: Record<string, unknown>;
}

/** JSON form of DSSE. `payload` and `sig` are base64. */
export interface Envelope {
  payload: string;
  payloadType: string;
  signatures: { keyid?: string; sig: string }[];
}

/** The variable that holds the signing key itself, or the path of its file. What is watched does not get to see it. */
export const KEY_VARIABLE = 'IDLEPROOF_KEY';

/** Signs with a private key that it does not show. */
export interface Signer {
  /** SHA-256 of the public key (SPKI, DER), in hex: a hint for people, nothing that a check may go by. */
  keyId: string;
  sign(bytes: Uint8Array): Uint8Array;
}
