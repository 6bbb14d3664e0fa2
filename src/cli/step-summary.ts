import { appendFileSync } from 'node:fs';
import type { Proof } from '../model/proof.ts';
import { renderProofBlock } from '../render/gate-block.ts';
import { renderMarkdown } from '../render/markdown.ts';

/** GitHub shows no summary of a step that is larger than 1 MiB. */
const LARGEST_BYTES = 1_000_000;

/** Adds the proof to the summary of a GitHub workflow's step, where there is one. The verdict stands, whatever becomes of that. */
export function addStepSummary(proof: Proof, environment: NodeJS.ProcessEnv): void {
  const path = environment['GITHUB_STEP_SUMMARY'] ?? '';
  if (path === '') return;
  const whole = renderMarkdown(proof);
  const text = Buffer.byteLength(whole) <= LARGEST_BYTES ? whole : renderProofBlock(proof);
  try {
    appendFileSync(path, `${text}\n`);
  } catch (error) {
    process.stderr.write(`the step summary could not be written: ${(error as Error).message}\n`);
  }
}
