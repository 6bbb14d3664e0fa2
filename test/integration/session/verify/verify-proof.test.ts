import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRulePacks } from '../../../../src/config/rule-packs.ts';
import { IdleproofError } from '../../../../src/errors.ts';
import type { Proof } from '../../../../src/model/proof.ts';
import { proveEvidence } from '../../../../src/session/prove.ts';
import { readProof, readWholeProof } from '../../../../src/session/proofs/stored-proof.ts';
import { attestationParts, checkSignatures } from '../../../../src/session/verify/verify-attestation.ts';
import { kindOfFile, readAttestation } from '../../../../src/session/verify/verify-input.ts';
import { type VerifiedProof, verifyProof } from '../../../../src/session/verify/verify-proof.ts';

type Json = Record<string, unknown>;

let folder: string;
let told: Proof;
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-verified-'));
  for (const file of ['evidence.db', 'proof.json', 'proof.intoto.jsonl']) {
    cpSync(`reports/sample/agent/${file}`, at(file));
  }
  told = readProof(at('proof.json'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A changed proof, verified with the attestation that lies beside it. */
function verify(proof: unknown, toolVersion: string = told.tool.version): VerifiedProof {
  const path = at('changed.json');
  writeFileSync(path, `${JSON.stringify(proof, null, 2)}\n`);
  const read = readProof(path);
  const { verified, material } = verifyProof(read, {
    evidencePath: at('evidence.db'),
    loadPacks: (names) => loadRulePacks(names, { packsFolder: 'rules' }),
    toolVersion,
  });
  const { read: statements } = checkSignatures(readAttestation(at('proof.intoto.jsonl')), null);
  attestationParts(statements, readFileSync(path), material, true);
  return verified;
}

const hasProblem = ({ problems, judged }: VerifiedProof): boolean => problems.length > 0 || !judged.again;

/** The paths of a value, three levels deep; of each array its first element. */
function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null || path.length === 3) return [];
  const keys = Array.isArray(value) ? Object.keys(value).slice(0, 1) : Object.keys(value);
  return keys.flatMap((key) => [[...path, key], ...pathsOf((value as Json)[key], [...path, key])]);
}

/** A copy without a value, or with another one in its place. */
function changed(path: readonly string[], value?: unknown): unknown {
  const copy: unknown = structuredClone(told);
  const parent = path.slice(0, -1).reduce((object, key) => object[key] as Json, copy as Json);
  const last = path.at(-1) ?? '';
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

describe('verifyProof', () => {
  it('holds for the sample', () => {
    expect(verify(told)).toMatchObject({ problems: [], judged: { again: true, whole: true } });
  });

  it('finds whatever is changed or missing in a proof, and never fails over it', () => {
    const unnoticed = pathsOf(told).flatMap((path) =>
      [undefined, null, 'x'].flatMap((value) => {
        const proof = changed(path, value);
        if (JSON.stringify(proof) === JSON.stringify(told)) return [];
        try {
          return hasProblem(verify(proof)) ? [] : [`${path.join('.')}: ${String(value)}`];
        } catch (error) {
          return error instanceof IdleproofError ? [] : [`${path.join('.')}: ${String(error)}`];
        }
      }),
    );
    expect(unnoticed).toEqual([]);
  }, 600_000);

  it('holds for a proof that was judged with parameters, and for no other ones', () => {
    const packs = loadRulePacks(['idle-budget:memory=1B'], { packsFolder: 'rules' });
    const options = { strict: false, acceptSampledMs: null };
    const { proof } = proveEvidence(at('evidence.db'), packs, options);
    expect(proof.rulePacks).toMatchObject([{ pack: 'idle-budget', params: { memory: '1B' } }]);
    expect(verify(proof)).toMatchObject({ problems: [], judged: { again: true, whole: true } });
    const [named] = proof.rulePacks ?? [];
    for (const params of [{}, { memory: '9GB' }, { memory: 'off' }, { memory: '' }, { other: '1B' }]) {
      const verified = verify({ ...proof, rulePacks: [{ ...named, params }] });
      expect(verified.judged).toMatchObject({ again: false });
    }
  });

  it('compares only verdicts with another version of itself, and says so', () => {
    expect(verify(told, '99.0.0')).toMatchObject({ problems: [], judged: { again: true, whole: false } });
  });
});

describe('a file that is none', () => {
  it('is refused, and not waited for', () => {
    const pipe = at('proof.pipe');
    execFileSync('mkfifo', [pipe]);
    for (const read of [readProof, readWholeProof, kindOfFile, readAttestation]) {
      expect(() => read(pipe)).toThrow('it is not a file');
    }
  });
});

describe('kindOfFile', () => {
  it('goes by the name of an attestation, and else by what the file holds', () => {
    cpSync(at('proof.intoto.jsonl'), at('renamed'));
    expect(
      ['evidence.db', 'proof.json', 'proof.intoto.jsonl', 'renamed'].map((name) => kindOfFile(at(name))),
    ).toEqual(['evidence', 'proof', 'attestation', 'attestation']);
  });
});
