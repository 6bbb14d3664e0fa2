/** Timers whose periods have a common measure (3, 5 and 7 s) fill a grid of it between them; one of them is this. */
export interface Place {
  /** Its period, in steps of the grid. */
  multiple: number;
  /** Its beats are those whose number is this modulo `multiple`. */
  rest: number;
}

const LARGEST = 12;
/** A grid of which more is filled is a period of its own, with some beats lost. */
const FULL = 0.75;
const FILLED = 0.9;
const MIN_BEATS = 4;
const SIGNIFICANT = 1e-3;

/**
 * The one place of a sparsely filled grid that is filled, beyond chance, while others are not.
 * @param isFilled for each step of the grid, from the first beat to the last, whether there is an event;
 * null where nobody looked
 * @returns null where the grid's gaps look random
 */
export function filledPlace(isFilled: readonly (boolean | null)[]): Place | null {
  const share = isFilled.filter(Boolean).length / isFilled.filter((one) => one !== null).length;
  if (!(share < FULL)) return null;
  let best: Place | null = null;
  let least = SIGNIFICANT;
  for (let multiple = 2; multiple <= LARGEST; multiple += 1) {
    for (let rest = 0; rest < multiple; rest += 1) {
      const mine = isFilled.filter((_, step) => step % multiple === rest).filter((one) => one !== null);
      const filled = mine.filter(Boolean).length;
      if (filled < MIN_BEATS || filled < FILLED * mine.length) continue;
      // Bonferroni over the places of one multiple; that more of them are tried weighs against long ones.
      const chance = multiple * multiple * binomialTail(filled, mine.length, share);
      if (chance >= least) continue;
      least = chance;
      best = { multiple, rest };
    }
  }
  return best;
}

/** Chance of `hits` or more in so many trials. */
function binomialTail(hits: number, trials: number, share: number): number {
  let term = share ** trials;
  let tail = 0;
  for (let count = trials; count >= hits; count -= 1) {
    tail += term;
    term *= (count / (trials - count + 1)) * ((1 - share) / share);
  }
  return tail;
}
