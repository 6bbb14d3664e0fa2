/**
 * What a condition says of an activity: Kleene's three values, as numbers so that AND is the least of them and OR the
 * greatest. `unknown` where a value is not known, or not wholly.
 */
export const TRUTH = { no: 0, unknown: 1, yes: 2 } as const;
export type Truth = keyof typeof TRUTH;

export function truthOf(holds: boolean): Truth {
  return holds ? 'yes' : 'no';
}

/** AND: one `no` decides, else one `unknown` leaves it open. */
export function allOf(truths: readonly Truth[]): Truth {
  if (truths.includes('no')) return 'no';
  return truths.includes('unknown') ? 'unknown' : 'yes';
}

/** OR: one `yes` decides, else one `unknown` leaves it open. */
export function anyOf(truths: readonly Truth[]): Truth {
  if (truths.includes('yes')) return 'yes';
  return truths.includes('unknown') ? 'unknown' : 'no';
}
