import type { z } from 'zod';
import type { CollectorName } from '../../../model/collector.ts';
import type { Claim } from '../claim.ts';
import type { Judgement } from '../judgement.ts';
import type { Rule } from '../pack.ts';
import type { Path, Problem } from '../problem.ts';

/** A kind of rule: what can be written, what is wrong with it, and how it is judged. */
export interface RuleKind<R extends Rule> {
  /** The keys of a rule with their defaults; its description is what a rule of this kind claims. */
  schema: z.ZodType<R>;
  /** What is wrong with a rule of the right shape, below its path. */
  check: (rule: R, path: Path) => Problem[];
  judge: (claim: Claim<R>) => Judgement;
  /** The collectors that can show its metric, best first, where they are not the metric's own. */
  collectors?: readonly CollectorName[];
}
