import { keepalivesCounted } from '../../coverage/keepalives.ts';
import { counted } from '../../wording/amounts.ts';
import type { Claim } from '../claim.ts';
import { compileCondition } from '../conditions/condition.ts';
import type { ActivityRule, ConditionMap } from '../pack.ts';

/** Whether a rule is about the kernel's own keepalives: only one that names them is. */
export function namesKeepalives({ activity, match }: Pick<ActivityRule, 'activity' | 'match'>): boolean {
  return activity === 'network' && match !== undefined && [match].flat().some(mapNamesThem);
}

/**
 * Why nobody can say that no keepalive went out: no process sends them, so neither a trace nor looks at what processes do see
 * them all. Only where the network namespace counted none there were none.
 */
export function doubtfulKeepalives({ rule, evidence, target, window }: Claim<ActivityRule>): string | null {
  if (!namesKeepalives(rule)) return null;
  const count = keepalivesCounted(evidence, target, window);
  if (count === null) return `keepalives were not counted in the network namespace of ${target}`;
  return count === 0
    ? null
    : `${counted(count, 'keepalive')} left this network namespace, and nobody can say for whom all of them were`;
}

function mapNamesThem(map: ConditionMap): boolean {
  return Object.entries(map).some(([key, values]) => {
    const condition = compileCondition('network', key, values);
    return 'truthOf' in condition && condition.namesKeepalive;
  });
}
