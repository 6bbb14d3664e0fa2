import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeProof } from '../../../../src/session/proofs/proof-files.ts';
import { proofOf } from '../../../support/proofs.ts';
import { agentScene } from '../../../support/proven.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('writeProof', () => {
  it('overwrites nothing, and says how to write the proof again from the evidence that is kept', () => {
    const proof = proofOf({ openedMs: Date.UTC(2026, 10, 5), id: 'idle' });
    const material = { proof, evidence: agentScene().evidence };
    const evidencePath = join(folder, 'evidence.db');
    writeFileSync(join(folder, 'proof.json'), 'of somebody else');
    expect(() =>
      writeProof(folder, { material, evidencePath, formats: ['json'], signer: null }),
    ).toThrowError(
      expect.objectContaining({
        code: 'PROOF_WRITE',
        hint: expect.stringMatching(
          new RegExp(`; idleproof judge '${evidencePath}' --out DIR writes the proof`),
        ),
      }),
    );
  });
});
