import { type JudgeOptions, judge } from '../../../src/core/rules/evaluate.ts';
import type { RulePack } from '../../../src/core/rules/pack.ts';
import type { RuleResult } from '../../../src/model/proof.ts';
import { Scene } from './evidence.ts';

export const PLAIN: JudgeOptions = { strict: false, acceptSampledMs: null };
export const ACCEPTING: JudgeOptions = { strict: false, acceptSampledMs: 1000 };

/** The result of a pack that has one rule for one target. */
export function only(scene: Scene, rules: RulePack, options: JudgeOptions = PLAIN): RuleResult {
  const [result, ...others] = judge(scene.evidence, [rules], options);
  if (result === undefined || others.length > 0) throw new Error('expected one result');
  return result;
}

/** A target that ran in the window, so that sampling alone is not enough. */
export const busy = (seconds?: number): Scene => new Scene(seconds).sample(20, 1, { cpuNs: 1e9 + 1e6 });
