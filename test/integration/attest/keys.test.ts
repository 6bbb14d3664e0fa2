import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isSignedBy, seal } from '../../../src/attest/dsse.ts';
import {
  isOpenToOthers,
  keyIdOf,
  makeKeys,
  readPublicKey,
  readSigner,
  sayKeySource,
} from '../../../src/attest/keys.ts';
import type { Statement } from '../../../src/model/attestation.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const statement: Statement = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'app', digest: { sha256: 'a' } }],
  predicateType: 'x',
  predicate: {},
};

describe('keys', () => {
  it('makes a pair that signs and verifies, readable for the owner alone', () => {
    const { keyId } = makeKeys(at('k.key'), at('k.pub'));
    expect(statSync(at('k.key')).mode & 0o777).toBe(0o600);
    const signers = [readSigner(at('k.key'), 'x'), readSigner(readFileSync(at('k.key'), 'utf8'), 'x')];
    const key = readPublicKey(at('k.pub'));
    expect(keyIdOf(key)).toBe(keyId);
    for (const signer of signers) expect(isSignedBy(seal(statement, signer), key)).toBe(true);
    makeKeys(at('o.key'), at('o.pub'));
    expect(isSignedBy(seal(statement, signers[0]!), readPublicKey(at('o.pub')))).toBe(false);
  });

  it('overwrites nothing, and leaves no half of a pair', () => {
    writeFileSync(at('k.pub'), 'mine');
    expect(() => makeKeys(at('k.key'), at('k.pub'))).toThrow(/there is a file already/);
    expect(() => statSync(at('k.key'))).toThrow(/ENOENT/);
    expect(readFileSync(at('k.pub'), 'utf8')).toBe('mine');
  });

  it('refuses other keys, and never shows what it was given', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(() => readSigner(pem, 'KEY')).toThrow(/of the type ec/);
    writeFileSync(at('ec.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
    expect(() => readPublicKey(at('ec.pub'))).toThrow(/of the type ec/);
    for (const secret of ['-----BEGIN PRIVATE KEY-----\nhunter2', 'hunter2-without-a-head', at('hunter2')]) {
      expect(() => readSigner(secret, 'KEY')).toThrow(/^(?!.*hunter2).*KEY/s);
    }
  });

  it('takes no private key from those who verify', () => {
    makeKeys(at('k.key'), at('k.pub'));
    expect(() => readPublicKey(at('k.key'))).toThrow(/k\.key cannot be used: it is a private key/);
  });

  it('names the file of a key, and never what may be a key', () => {
    makeKeys(at('k.key'), at('k.pub'));
    const pem = readFileSync(at('k.key'), 'utf8');
    const [, bare = ''] = pem.split('\n');
    expect(sayKeySource(pem, '--key')).toBe('--key');
    expect(sayKeySource(bare, '--key')).toBe('--key');
    expect(sayKeySource(at('k.key'), '--key')).toBe(`--key ${at('k.key')}`);
    expect(sayKeySource('gone.key', '--key')).toBe('--key gone.key');
  });

  it('tells a private key that others can read', () => {
    makeKeys(at('k.key'), at('k.pub'));
    expect(isOpenToOthers(at('k.key'))).toBe(false);
    for (const mode of [0o644, 0o640, 0o606]) {
      chmodSync(at('k.key'), mode);
      expect(isOpenToOthers(at('k.key'))).toBe(true);
    }
    expect(isOpenToOthers(at('gone'))).toBe(false);
    expect(isOpenToOthers(readFileSync(at('k.key'), 'utf8'))).toBe(false);
  });
});
