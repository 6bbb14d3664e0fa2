import type { Evidence, Window } from '../../model/evidence.ts';
import type { ActorOf } from './actors.ts';
import type { Rule, RulePack } from './pack.ts';
import type { AskForPeriods } from './periodicity/search.ts';

/** One rule, to be judged for one target over one window. */
export interface Claim<R extends Rule = Rule> {
  evidence: Evidence;
  window: Window;
  target: string;
  pack: RulePack;
  rule: R;
  /** The shortest life that must be seen where only sampling is to be had; null: sampling is not accepted. */
  acceptSampledMs: number | null;
  actorOf: ActorOf;
  askForPeriods: AskForPeriods;
}
