import type { Evidence } from '../model/evidence.ts';
import { PROOF_FORMATS, type ProofMaterial } from '../model/proof-format.ts';
import type { Proof } from '../model/proof.ts';
import type { RulePack } from '../core/rules/pack.ts';
import { assertFounded, evidenceBehind } from '../session/verify/founded-proof.ts';
import { evidencePathOf } from './evidence-path.ts';
import { noteUnchecked } from './note-unchecked.ts';
import { packsOfProof } from './packs-of-proof.ts';
import { toolVersion } from './version.ts';
import { FORMATS } from '../session/proofs/proof-files.ts';
import { readWholeProof } from '../session/proofs/stored-proof.ts';
import { refuse, reportFormats, type ReportOptions } from './report-options.ts';
import { tellReport } from './report-output.ts';
import { signerFor } from './signing-key.ts';

/** One proof again, in the formats asked for. */
export function renderOne(proofPath: string, options: ReportOptions): void {
  const formats = reportFormats(options, PROOF_FORMATS, 'md');
  const signer = signerFor(formats, options.key, process.env, refuse);
  const proof = readWholeProof(proofPath);
  const material = materialOf(proof, proofPath, options.evidence);
  if (signer !== null) {
    const { rules = [] } = options;
    const evidencePath = evidencePathOf(proof, proofPath, options.evidence);
    const loadPacks = (names: readonly string[]): RulePack[] => packsOfProof(names, rules);
    assertFounded(proof, proofPath, { evidencePath, loadPacks, toolVersion: toolVersion() });
  }
  if (signer === null) noteUnchecked([proofPath]);
  for (const format of formats) {
    const { fileName, render } = FORMATS[format];
    tellReport(options.out, fileName, render(material, signer));
  }
}

/** The evidence is read when a format asks for it: most need the proof alone. */
function materialOf(proof: Proof, proofPath: string, named: string | undefined): ProofMaterial {
  let evidence: Evidence | null = null;
  return {
    proof,
    get evidence(): Evidence {
      evidence ??= evidenceBehind(proof, proofPath, evidencePathOf(proof, proofPath, named));
      return evidence;
    },
  };
}
