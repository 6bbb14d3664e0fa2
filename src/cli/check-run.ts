import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { JudgeOptions } from '../core/rules/evaluate.ts';
import type { RulePack } from '../core/rules/schema.ts';
import { IdleproofError } from '../errors.ts';
import type { Proof } from '../model/proof.ts';
import { runCheck } from '../session/check.ts';
import type { CheckHooks, CheckPlan } from '../session/plan.ts';
import { type ProofFormat, proveEvidence, writeProof } from '../session/prove.ts';
import { dropRunFolder, makeRunFolder } from '../session/run-folder.ts';

export interface CheckRequest extends Omit<CheckPlan, 'folder'> {
  out: string;
  formats: readonly ProofFormat[];
  packs: readonly RulePack[];
  judging: JudgeOptions;
}

export interface CheckOutcome {
  proof: Proof;
  folder: string;
  /** The proof in the formats asked for. */
  files: string[];
}

/** One check from the first look to the files on disk. A run that could not begin leaves no folder behind. */
export async function checkAndProve(request: CheckRequest, hooks: CheckHooks): Promise<CheckOutcome> {
  const names = request.targets.map(({ name }) => name);
  const folder = makeRunFolder(request.out, new Date(), names);
  try {
    const evidencePath = await runCheck({ ...request, folder }, hooks);
    hooks.onProgress?.('judging', 0, 0);
    const proof = proveEvidence(evidencePath, request.packs, request.judging);
    return { proof, folder, files: writeProof(folder, proof, request.formats) };
  } catch (error) {
    const began = existsSync(join(folder, 'evidence.db'));
    if (!began || (error instanceof IdleproofError && error.exitCode === 3)) dropRunFolder(folder);
    throw error;
  }
}
