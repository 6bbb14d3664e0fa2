import { gapsIn, stepsIn } from './best-chain.ts';
import { type Observed, isSeen } from './observed.ts';

/**
 * Beats that had to come between those of a chain while somebody looked, and did not. A beat that falls together with
 * an event of another chain was not missed.
 * @param runs times of consecutive beats since the origin
 * @param nearMs how far from its place a beat may lie
 */
export function missedBeats(
  runs: readonly (readonly number[])[],
  periodMs: number,
  observed: Observed,
  nearMs: number,
): number {
  let missed = 0;
  for (const run of runs) {
    for (const [index, gap] of gapsIn(run).entries()) {
      const steps = stepsIn(gap, periodMs);
      for (let step = 1; step < steps; step += 1) {
        if (isSeen(observed, (run[index] as number) + (gap * step) / steps, nearMs) === false) missed += 1;
      }
    }
  }
  return missed;
}
