import { type Tier, TIERS } from '../../model/collector.ts';

/** The tier that loses most; where there is none, nothing better than `sampled` is known. */
export function worstTier(tiers: readonly Tier[]): Tier {
  return TIERS.findLast((tier) => tiers.includes(tier)) ?? 'sampled';
}

/** Whether one tier may miss what the other does not; null: nothing is known at all. */
export function missesMore(one: Tier | null, other: Tier | null): boolean {
  return rank(one) > rank(other);
}

const rank = (tier: Tier | null): number => (tier === null ? TIERS.length : TIERS.indexOf(tier));
