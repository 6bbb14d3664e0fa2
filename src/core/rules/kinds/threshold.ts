import { aggregate } from '../aggregates.ts';
import type { Claim } from '../claim.ts';
import { WINDOW_DOUBTS } from '../doubts/window.ts';
import { type Judgement, conclude } from '../judgement.ts';
import type { ThresholdRule } from '../pack.ts';

/** Judges aggregates of a metric over the window. */
export function judgeThreshold(claim: Claim<ThresholdRule>): Judgement {
  const { source, facts, doubts, accepted } = aggregate(claim);
  const all = [...source.doubts, ...WINDOW_DOUBTS.flatMap((doubt) => doubt(claim, source) ?? []), ...doubts];
  return conclude(facts, all, accepted);
}
