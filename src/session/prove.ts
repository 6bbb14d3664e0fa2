import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { remembering } from '../core/derive/once.ts';
import { assembleProof } from '../core/proof/assemble.ts';
import { type JudgeOptions, judge } from '../core/rules/evaluate.ts';
import type { RulePack } from '../core/rules/pack.ts';
import { IdleproofError } from '../errors.ts';
import { readEvidence, type StoredEvidence } from '../evidence/read.ts';
import type { Proof } from '../model/proof.ts';
import { renderJson } from '../render/json.ts';
import { renderMarkdown } from '../render/markdown.ts';

/** Judges stored evidence and assembles the proof: the same evidence, rules and version give the same proof. */
export function proveEvidence(path: string, packs: readonly RulePack[], options: JudgeOptions): Proof {
  return prove(readEvidence(path), packs, options);
}

/** The same for what was read of one window of a store of many. */
export function prove(
  { evidence: stored, head }: StoredEvidence,
  packs: readonly RulePack[],
  options: JudgeOptions,
): Proof {
  const evidence = remembering(stored);
  const results = judge(evidence, packs, options);
  return assembleProof({ evidence, head, packs, rulesDigest: rulesDigestOf(packs), options, results });
}

/** SHA-256 over the digests of the rule files, in their order, each followed by those that it extends. */
export function rulesDigestOf(packs: readonly RulePack[]): string {
  const hash = createHash('sha256');
  for (const { pack, sha256, bases = [] } of packs) {
    hash.update(`${pack} ${sha256}\n`);
    for (const base of bases) hash.update(`${pack} < ${base.pack} ${base.sha256}\n`);
  }
  return hash.digest('hex');
}

export type ProofFormat = 'json' | 'md';

/** The files that a proof can be written as. */
export const PROOF_FORMATS: Readonly<Record<ProofFormat, (proof: Proof) => string>> = {
  json: renderJson,
  md: renderMarkdown,
};

/** Writes `proof.<format>` for each format into the run's folder; returns the paths. */
export function writeProof(folder: string, proof: Proof, formats: readonly ProofFormat[]): string[] {
  return formats.map((format) => {
    const path = join(folder, `proof.${format}`);
    try {
      writeFileSync(path, PROOF_FORMATS[format](proof), { flag: 'wx' });
    } catch (error) {
      throw new IdleproofError('PROOF_WRITE', { path, problem: (error as Error).message }, error);
    }
    return path;
  });
}
