import type { Evidence, Window } from '../../model/evidence.ts';
import type { Proof } from '../../model/proof.ts';
import { outside } from '../derive/spans.ts';
import { loopGaps } from '../derive/timeline.ts';
import type { SoakWindow } from '../windows/soak-exclusion.ts';
import { excludedBy } from './excluded.ts';

/**
 * What a window adds to what those of a soak exclude together; null: nothing. Only one that passed, and in which nothing
 * happened that may be a beat, says that there was none: what is excused may repeat, and so may what came once or twice in each.
 * @param evidence of that window
 */
export function soakWindowOf(
  window: Window,
  { verdict, coverage: { excludes }, rules }: Pick<Proof, 'verdict' | 'coverage' | 'rules'>,
  evidence: Evidence,
): SoakWindow | null {
  if (verdict !== 'pass' || excludes.periodSeconds === null) return null;
  const isTold = rules.every(({ verdict: of, periodsTold }) => of === 'pass' || periodsTold === null);
  const told = excludedBy(excludes, rules).periodSeconds;
  if (!isTold || told === null || told.max < excludes.periodSeconds.max) return null;
  const { trigger, anchorMs = null } = window;
  return { trigger, anchorMs, exposure: outside(window, loopGaps(evidence, window)) };
}
