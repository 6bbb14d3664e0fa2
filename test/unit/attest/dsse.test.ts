import { describe, expect, it } from 'vitest';
import { fromBase64, isSignedBy, preAuthEncoding, seal } from '../../../src/attest/dsse.ts';
import { readEnvelopes, statementIn } from '../../../src/attest/envelopes.ts';
import type { Statement } from '../../../src/model/attestation.ts';
import { testPublicKey, testSigner } from '../../support/signing-key.ts';

const STATEMENT: Statement = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'app', digest: { sha256: 'a'.repeat(64) } }],
  predicateType: 'https://in-toto.io/attestation/test-result/v0.1',
  predicate: { result: 'PASSED', title: '?>~ü' },
};

describe('preAuthEncoding', () => {
  it('gives the published test vector', () => {
    const encoded = preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));
    expect(encoded.toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  });

  it('counts bytes, not characters', () => {
    expect(preAuthEncoding('ü', Buffer.from('€')).toString()).toBe('DSSEv1 2 ü 3 €');
  });
});

describe('an envelope', () => {
  const envelope = seal(STATEMENT, testSigner);
  const signature = envelope.signatures[0]!;

  it('holds what was sealed, and its signature', () => {
    expect(isSignedBy(envelope, testPublicKey)).toBe(true);
    expect(statementIn(envelope)).toEqual({ statement: STATEMENT });
  });

  it('is accepted in URL-safe base64, without padding, and by whatever name of the key', () => {
    const urlSafe = (text: string): string => Buffer.from(text, 'base64').toString('base64url');
    const other = {
      payload: urlSafe(envelope.payload),
      payloadType: envelope.payloadType,
      signatures: [{ sig: 'AAAA' }, { keyid: 'x', sig: urlSafe(signature.sig) }],
    };
    expect(isSignedBy(other, testPublicKey)).toBe(true);
  });

  it('does not hold with any bit of payload, type or signature changed', () => {
    const flip = (text: string, index: number): string =>
      text.slice(0, index) + String.fromCharCode(text.charCodeAt(index) ^ 1) + text.slice(index + 1);
    for (let index = 0; index < envelope.payload.length; index += 1)
      expect(isSignedBy({ ...envelope, payload: flip(envelope.payload, index) }, testPublicKey)).toBe(false);
    for (let index = 0; index < signature.sig.length; index += 1) {
      const signatures = [{ ...signature, sig: flip(signature.sig, index) }];
      expect(isSignedBy({ ...envelope, signatures }, testPublicKey)).toBe(false);
    }
    expect(isSignedBy({ ...envelope, payloadType: 'text/plain' }, testPublicKey)).toBe(false);
  });

  it('is read from a bundle and from a file of its own', () => {
    const line = JSON.stringify(envelope);
    expect(readEnvelopes(`${line}\n${line}\n`)).toEqual([
      { line: 1, envelope },
      { line: 2, envelope },
    ]);
    expect(readEnvelopes(JSON.stringify(envelope, null, 2))).toEqual([{ line: 1, envelope }]);
    expect(readEnvelopes(`${line}\n${line.slice(1)}\n{}`)).toEqual([
      { line: 1, envelope },
      { line: 2, problem: expect.stringContaining('not JSON') as string },
      { line: 3, problem: expect.stringContaining('not a DSSE envelope') as string },
    ]);
    expect(readEnvelopes('')).toEqual([]);
    expect(readEnvelopes(line.replace('{', '{"payload":"",'))).toEqual([
      { line: 1, problem: expect.stringContaining('«payload» twice') as string },
    ]);
    expect(readEnvelopes(JSON.stringify({ ...envelope, signatures: [] }))).toEqual([
      { line: 1, problem: expect.any(String) as string },
    ]);
  });

  it.each([
    ['another type', { ...envelope, payloadType: 'text/plain' }],
    ['no base64', { ...envelope, payload: '*' }],
    ['no JSON', { ...envelope, payload: 'AAAA' }],
    ['a statement of two', { ...envelope, payload: Buffer.from('{"a":1,"a":2}').toString('base64') }],
    ['no statement', { ...envelope, payload: Buffer.from('{}').toString('base64') }],
  ])('holds no statement: %s', (_, bad) => {
    expect(statementIn(bad)).toEqual({ problem: expect.any(String) as string });
  });
});

describe('fromBase64', () => {
  it.each(['A', 'AB==', 'AB', 'A===', ' AAA', 'AA\n==', 'AAA=A'])('%j is none', (text) => {
    expect(fromBase64(text)).toBeNull();
  });
});
