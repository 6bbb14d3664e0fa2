import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Proof } from '../../../../src/model/proof.ts';
import type { ProofFormat } from '../../../../src/model/proof-format.ts';
import { readKeptProofs } from '../../../../src/session/proofs/kept-proofs.ts';
import { keepProof } from '../../../../src/session/proofs/proof-folder.ts';
import { proofOf } from '../../../support/proofs.ts';
import { agentScene } from '../../../support/proven.ts';

const startedAt = new Date(2026, 10, 5, 7, 3);
const NAME = '2026-11-05_0703_night';

let parent: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'idleproof-kept-'));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

function keep(proof: Proof, formats: readonly ProofFormat[] = ['json', 'md']): string {
  const material = { proof, evidence: agentScene().evidence };
  const { folder, problem } = keepProof(
    parent,
    { startedAt, windowId: 'night' },
    { material, evidencePath: join(parent, 'evidence.db'), formats, signer: null },
  );
  return problem === null ? folder : `${folder}: ${problem}`;
}

const proof = proofOf({ openedMs: startedAt.getTime(), id: 'night' });
const later: Proof = { ...proof, evidence: { chainHead: 'e'.repeat(64), rows: 99 } };

describe('keepProof', () => {
  it('uses the folder that says the same again, wherever the chain stood', () => {
    const folder = keep(proof);
    expect(folder).toBe(join(parent, NAME));
    const json = readFileSync(join(folder, 'proof.json'), 'utf8');
    expect(keep(later)).toBe(folder);
    expect(readFileSync(join(folder, 'proof.json'), 'utf8')).toBe(json);
    expect(readdirSync(parent)).toEqual([NAME]);
    expect(readdirSync(folder).sort()).toEqual(['proof.json', 'proof.md']);
  });

  it('puts a proof that supersedes beside the one before', () => {
    keep(proof);
    const other = { ...proof, verdict: 'fail' } satisfies Proof;
    expect(keep(other)).toBe(join(parent, `${NAME}-2`));
    expect(keep(other)).toBe(join(parent, `${NAME}-2`));
  });

  it('takes nothing that is there for its own: what was torn, a folder of a check', () => {
    mkdirSync(join(parent, NAME));
    writeFileSync(join(parent, NAME, 'evidence.db'), '');
    mkdirSync(join(parent, `${NAME}-2`));
    writeFileSync(join(parent, `${NAME}-2`, 'proof.json'), '{"schemaVersion":1,');
    expect(keep(proof)).toBe(join(parent, `${NAME}-3`));
    expect(readdirSync(join(parent, NAME))).toEqual(['evidence.db']);
  });

  it('clears away what somebody who was killed was writing; nobody takes that for a proof', () => {
    keep(proof);
    const part = join(parent, `.${NAME}.part`);
    mkdirSync(part);
    writeFileSync(join(part, 'proof.json'), JSON.stringify(proof));
    expect(readKeptProofs(parent)).toMatchObject({ digests: { length: 1 }, broken: [] });
    keep(proof);
    expect(readdirSync(parent)).toEqual([NAME]);
  });

  it('keeps the proof where something else could not be written, and nothing where the proof could not', () => {
    expect(keep(proof, ['json', 'intoto'])).toMatch(new RegExp(`${NAME}: .*key`, 'i'));
    expect(readdirSync(join(parent, NAME))).toEqual(['proof.json']);
    const file = join(parent, 'file');
    writeFileSync(file, '');
    const material = { proof, evidence: agentScene().evidence };
    const evidencePath = join(parent, 'evidence.db');
    const output = { material, evidencePath, formats: ['json'], signer: null } as const;
    expect(() => keepProof(file, { startedAt, windowId: 'night' }, output)).toThrowError(
      expect.objectContaining({ code: 'REPORT_FOLDER' }),
    );
  });
});
