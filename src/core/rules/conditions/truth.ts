/**
 * What a condition says of an activity: Kleene's three values, as numbers so that AND and OR are those of their bits.
 * `unknown` where a value is not known, or not wholly.
 */
export const TRUTH = { no: 0b00, unknown: 0b01, yes: 0b11 } as const;
export type Truth = keyof typeof TRUTH;

/** Of what is known. */
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
