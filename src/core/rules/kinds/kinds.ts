import type { Rule } from '../pack.ts';
import { absence } from './absence.ts';
import { deadline } from './deadline.ts';
import type { RuleKind } from './kind.ts';
import { measurement } from './measurement.ts';
import { periodicity } from './periodicity.ts';
import { regression } from './regression.ts';
import { threshold } from './threshold.ts';
import { trend } from './trend.ts';

type RuleOf<K extends Rule['kind']> = Extract<Rule, { kind: K }>;

/** Every kind of rule, in the order in which they are listed. A new one has its type in pack.ts and its line here. */
export const KINDS: { [K in Rule['kind']]: RuleKind<RuleOf<K>> } = {
  threshold,
  absence,
  periodicity,
  trend,
  deadline,
  measurement,
  regression,
};

/** The kind of a rule, for that rule and its claims only. */
export function kindOf<R extends Rule>({ kind }: R): RuleKind<R> {
  return KINDS[kind] as unknown as RuleKind<R>;
}
