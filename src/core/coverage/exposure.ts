import type { Tier } from '../../model/collector.ts';

/** Something that was counted while a target ran, and that sampling cannot say whose it was. */
export interface Unattributed {
  what: string;
  count: number;
}

/** What sampling may claim for a target in a window. */
export interface Exposure {
  /** `counter`: nothing was missed; `sampled`: something may have been. */
  tier: Extract<Tier, 'counter' | 'sampled'>;
  unattributed: Unattributed[];
  /** Why nothing was missed, or what may have been, in words. */
  reason: string;
  /** Whether any process of the target ran, so that it could have done something. */
  ran: boolean;
}

/** Nothing can be missed of whoever does nothing. */
export const NOT_RUN: Exposure = {
  tier: 'counter',
  unattributed: [],
  reason: 'none of its processes ran',
  ran: false,
};

/**
 * What may be claimed of a target that ran.
 * @param found what was counted and not seen
 * @param whenNone why nothing was missed, where nothing is in `found`
 * @param did what the rest did, as in «3 datagrams left this network namespace»
 */
export function judged(found: Unattributed[], whenNone: string, did: string, target: string): Exposure {
  if (found.length === 0) return { tier: 'counter', unattributed: [], reason: whenNone, ran: true };
  const listed = found
    .map(({ what, count }) => `${count} ${plural(what, count)}`)
    .join(', ')
    .replace(/, ([^,]*)$/, ' and $1');
  return {
    tier: 'sampled',
    unattributed: found,
    ran: true,
    reason: `${listed} ${did} while ${target} ran, and sampling cannot say whose they were`,
  };
}

/** Nobody counted, so that anything may have been missed. */
export function unknown(reason: string): Exposure {
  return { tier: 'sampled', unattributed: [], reason, ran: true };
}

function plural(what: string, count: number): string {
  if (count === 1) return what;
  if (what.startsWith('process or')) return 'processes or threads';
  const [head, ...rest] = what.split(/ (?=without|closed|on |of |sent )/);
  return [`${head}s`, ...rest].join(' ');
}
