import { createHash } from 'node:crypto';
import { remembering } from '../core/derive/once.ts';
import { assembleProof } from '../core/proof/assemble.ts';
import { judge, type JudgeOptions } from '../core/rules/evaluate.ts';
import type { RulePack } from '../core/rules/pack.ts';
import { sha256OfFile } from '../os/file-digest.ts';
import { readEvidence } from '../evidence/read.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Proof } from '../model/proof.ts';
import type { ProofMaterial } from '../model/proof-format.ts';

/** Judges stored evidence and assembles the proof: the same evidence, rules and version give the same proof. */
export function proveEvidence(
  path: string,
  packs: readonly RulePack[],
  options: JudgeOptions,
): ProofMaterial {
  const stored = readEvidence(path);
  return prove({ ...stored, head: { ...stored.head, fileSha256: sha256OfFile(path) } }, packs, options);
}

/** What is judged: evidence, and what the proof says of where it lies. */
interface Judged {
  evidence: Evidence;
  head: Proof['evidence'];
}

/** The same for what was read of one window of a store of many. */
export function prove(
  { evidence: stored, head }: Judged,
  packs: readonly RulePack[],
  options: JudgeOptions,
): ProofMaterial {
  const evidence = remembering(stored);
  const results = judge(evidence, packs, options);
  const rulesDigest = rulesDigestOf(packs);
  const proof = assembleProof({ evidence, head, packs, rulesDigest, options, results });
  // Remembering: a page draws what was derived to judge it.
  return { proof, evidence };
}

/**
 * SHA-256 over the digests of the rule files, in their order, each followed by those that it extends and by the parameters
 * that it was named with, which no file holds.
 */
export function rulesDigestOf(packs: readonly RulePack[]): string {
  const hash = createHash('sha256');
  for (const { pack, sha256, bases = [], given = {} } of packs) {
    hash.update(`${pack} ${sha256}\n`);
    for (const base of bases) hash.update(`${pack} < ${base.pack} ${base.sha256}\n`);
    for (const [name, value] of Object.entries(given).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      hash.update(`${pack} : ${JSON.stringify([name, value])}\n`);
  }
  return hash.digest('hex');
}
