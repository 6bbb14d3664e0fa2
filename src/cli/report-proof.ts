import { dirname, join } from 'node:path';
import type { Evidence } from '../model/evidence.ts';
import { PROOF_FORMATS, type ProofMaterial } from '../model/proof-format.ts';
import type { Proof } from '../model/proof.ts';
import { EvidenceReader } from '../evidence/read.ts';
import { readEvidenceFor } from '../session/proof-evidence.ts';
import { FORMATS } from '../session/proof-files.ts';
import { readWholeProof } from '../session/stored-proof.ts';
import { reportFormats, type ReportOptions } from './report-options.ts';
import { tellReport } from './report-output.ts';
import { signerFor } from './signing-key.ts';

/** One proof again, in the formats asked for. */
export function renderOne(proofPath: string, options: ReportOptions): void {
  const formats = reportFormats(options, PROOF_FORMATS, 'md');
  const signer = signerFor(formats, options.key, process.env, 'report');
  const proof = readWholeProof(proofPath);
  const material = materialOf(proof, options.evidence ?? join(dirname(proofPath), 'evidence.db'));
  for (const format of formats) {
    const { fileName, render } = FORMATS[format];
    tellReport(options.out, fileName, render(material, signer));
  }
}

/** The evidence is read when a format asks for it: most need the proof alone. */
function materialOf(proof: Proof, evidencePath: string): ProofMaterial {
  let evidence: Evidence | null = null;
  return {
    proof,
    get evidence(): Evidence {
      evidence ??= read(proof, evidencePath);
      return evidence;
    },
  };
}

function read(proof: Proof, path: string): Evidence {
  const reader = new EvidenceReader(path);
  try {
    return readEvidenceFor(proof, reader, 0).evidence;
  } finally {
    reader.close();
  }
}
