import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { JudgeOptions } from '../core/rules/evaluate.ts';
import type { RulePack } from '../core/rules/pack.ts';
import { announceMeasurement } from '../daemon/measurement-lock.ts';
import type { Signer } from '../model/attestation.ts';
import type { Proof } from '../model/proof.ts';
import type { ProofFormat } from '../model/proof-format.ts';
import { runCheck } from '../session/check.ts';
import type { CheckHooks, CheckPlan } from '../session/plan.ts';
import { writeProof } from '../session/proofs/proof-files.ts';
import { proveEvidence } from '../session/prove.ts';
import { dropRunFolder, makeRunFolder } from '../session/proofs/run-folder.ts';

export interface CheckRequest extends Omit<CheckPlan, 'folder'> {
  out: string;
  formats: readonly ProofFormat[];
  /** null: nothing is to be signed. */
  signer: Signer | null;
  packs: readonly RulePack[];
  judging: JudgeOptions;
  /** Of daemons that may watch the same targets, and are told that these are measured now. */
  stateFolders: readonly string[];
}

export interface CheckOutcome {
  proof: Proof;
  folder: string;
  /** The proof in the formats asked for. */
  files: string[];
}

/** One check from the first look to the files on disk. */
export async function checkAndProve(request: CheckRequest, hooks: CheckHooks): Promise<CheckOutcome> {
  const names = request.targets.map(({ name }) => name);
  const folder = makeRunFolder(request.out, new Date(), names);
  const evidencePath = await watchAnnounced(folder, request, hooks);
  hooks.onProgress?.('judging', 0, 0);
  const { packs, judging, formats, signer } = request;
  const material = proveEvidence(evidencePath, packs, judging);
  const files = writeProof(folder, { material, evidencePath, formats, signer });
  return { proof: material.proof, folder, files };
}

/** A daemon that watches the same targets is told, so that it does not take our doings for theirs. */
async function watchAnnounced(folder: string, request: CheckRequest, hooks: CheckHooks): Promise<string> {
  const releases: (() => void)[] = [];
  const what = request.isPhaseGate === true ? 'idleproof run' : 'idleproof check';
  const onTargets: CheckHooks['onTargets'] = (processes) => {
    releases.push(announceMeasurement(request.stateFolders, what, processes));
  };
  try {
    return await watchInto(folder, request, { ...hooks, onTargets });
  } finally {
    for (const release of releases) release();
  }
}

/** A run that could not begin leaves no folder behind, unless its command has said something in there. */
async function watchInto(folder: string, request: CheckRequest, hooks: CheckHooks): Promise<string> {
  try {
    return await runCheck({ ...request, folder }, hooks);
  } catch (error) {
    const hasContent = readdirSync(folder).some((name) => statSync(join(folder, name)).size > 0);
    if (!hasContent) dropRunFolder(folder);
    throw error;
  }
}
