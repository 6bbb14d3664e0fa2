import { type Difference, differences } from '../core/examples/compare.ts';
import { evidenceOf } from '../core/examples/evidence-of.ts';
import { type Example, isStored } from '../core/examples/example.ts';
import { parseDurationMs } from '../core/parse/duration.ts';
import type { RulePack } from '../core/rules/pack.ts';
import type { Proof } from '../model/proof.ts';
import { judgeEvidence } from './judge-evidence.ts';
import { prove } from './prove.ts';

/** What came of one example. */
export interface Tested {
  name: string;
  differences: Difference[];
  /** What was found, also where nothing differs. */
  verdict: Proof['verdict'];
}

/** Judges each example by the packs with the engine of a check. */
export function testRules(
  { packs, examples }: { packs: RulePack[]; examples: readonly Example[] },
  toolVersion: string,
): Tested[] {
  return examples.map((example) => {
    const proof = proofOf(example, packs, toolVersion);
    return { name: example.name, differences: differences(example, proof), verdict: proof.verdict };
  });
}

function proofOf(example: Example, packs: RulePack[], toolVersion: string): Proof {
  const options = {
    strict: example.strict === true,
    acceptSampledMs: parseDurationMs(example.acceptSampled ?? ''),
  };
  if (!isStored(example)) {
    const head = { chainHead: '', rows: 0 };
    return prove({ evidence: evidenceOf(example, toolVersion), head }, packs, options).proof;
  }
  const { evidence: path, window = null } = example;
  return judgeEvidence({ path, window, packsFor: () => packs, options }).proof;
}
