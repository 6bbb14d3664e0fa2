import type { Verdict } from '../model/verdict.ts';

/** See the table in the README; errors bring their own code (errors.ts). */
export const EXIT = { pass: 0, fail: 1, inconclusive: 2, usage: 3, internal: 4, interrupted: 130 } as const;

export const exitCodeOf = (verdict: Verdict, interrupted: boolean): number =>
  interrupted ? EXIT.interrupted : EXIT[verdict];
