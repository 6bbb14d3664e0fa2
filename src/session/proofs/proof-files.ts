import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { seal } from '../../attest/dsse.ts';
import { chartsOf } from '../../core/charts/charts.ts';
import { statementsOf } from '../../core/attest/statements.ts';
import { shellQuote } from '../../core/parse/shell-quote.ts';
import { IdleproofError } from '../../errors.ts';
import type { Signer } from '../../model/attestation.ts';
import { PROOF_FORMATS, type ProofFormat, type ProofMaterial } from '../../model/proof-format.ts';
import { writeNewFile } from '../../os/new-file.ts';
import { renderHtml } from '../../render/html/html.ts';
import { renderJson } from '../../render/json.ts';
import { renderJunit } from '../../render/junit.ts';
import { renderMarkdown } from '../../render/markdown.ts';
import { renderTrace } from '../../render/trace/render.ts';
import { readPageAssets } from '../page-assets.ts';
import { PROOF_FILE } from '../../model/file-names.ts';

interface FormatEntry {
  fileName: string;
  /** @param signer needed for what is signed, ignored by the others */
  render: (material: ProofMaterial, signer: Signer | null) => string;
}

/** Everything that a proof can be written as: `check`, the daemon and `report` go by this table. */
export const FORMATS: Readonly<Record<ProofFormat, FormatEntry>> = {
  json: { fileName: PROOF_FILE, render: ({ proof }) => renderJson(proof) },
  md: { fileName: 'proof.md', render: ({ proof }) => renderMarkdown(proof) },
  html: {
    fileName: 'proof.html',
    render: ({ proof, evidence }) => renderHtml(proof, chartsOf(evidence, proof), readPageAssets()),
  },
  junit: { fileName: 'proof.junit.xml', render: ({ proof }) => renderJunit(proof) },
  trace: { fileName: 'proof.trace.json', render: renderTrace },
  intoto: { fileName: 'proof.intoto.jsonl', render: renderAttestations },
};

/** A proof, and how it is to be written. */
export interface ProofOutput {
  material: ProofMaterial;
  /** Where the evidence that it was judged by lies, from which it can be written again. */
  evidencePath: string;
  formats: readonly ProofFormat[];
  /** null: nothing is to be signed. */
  signer: Signer | null;
}

/**
 * A proof in each of these formats into the run's folder, each whole or not at all; nothing is overwritten. An attestation names the
 * digest of proof.json, which is then written, too. Returns the paths.
 * @throws IdleproofError PROOF_WRITE, and what hinders an attestation
 */
export function writeProof(
  folder: string,
  { material, evidencePath, formats, signer }: ProofOutput,
): string[] {
  const wanted = new Set<ProofFormat>(formats.includes('intoto') ? ['json', ...formats] : formats);
  // In the order of the table: what can fail for reasons of its own comes last.
  return PROOF_FORMATS.filter((format) => wanted.has(format)).map((format) => {
    const { fileName, render } = FORMATS[format];
    const path = join(folder, fileName);
    const text = render(material, signer);
    try {
      writeNewFile(path, text);
    } catch (error) {
      const problem = (error as Error).message;
      throw new IdleproofError('PROOF_WRITE', { path, problem, evidence: shellQuote(evidencePath) }, error);
    }
    return path;
  });
}

/** An in-toto bundle: one envelope a line. */
function renderAttestations(material: ProofMaterial, signer: Signer | null): string {
  if (signer === null) throw new IdleproofError('KEY_MISSING');
  const sha256 = createHash('sha256').update(renderJson(material.proof)).digest('hex');
  const statements = statementsOf(material, sha256);
  if (statements.length === 0) throw new IdleproofError('ATTEST_NO_SUBJECT');
  return statements.map((statement) => `${JSON.stringify(seal(statement, signer))}\n`).join('');
}
