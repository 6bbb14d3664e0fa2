import type { Expectation, Outcome } from './expectation.ts';

/** Compares a value that is only known to lie somewhere: kept or broken wherever that is, else open. */
export function compareInterval(low: number, high: number, { operator, limit }: Expectation): Outcome {
  if (Number.isNaN(low) || Number.isNaN(high)) return 'open';
  switch (operator) {
    case '<':
      return decide(high < limit, low >= limit);
    case '<=':
      return decide(high <= limit, low > limit);
    case '>':
      return decide(low > limit, high <= limit);
    case '>=':
      return decide(low >= limit, high < limit);
    default:
      return 'open';
  }
}

/** Whether an expectation limits from above. */
export const isCeiling = ({ operator }: Expectation): boolean => operator === '<' || operator === '<=';

function decide(isKept: boolean, isBroken: boolean): Outcome {
  if (isKept) return 'kept';
  return isBroken ? 'broken' : 'open';
}
