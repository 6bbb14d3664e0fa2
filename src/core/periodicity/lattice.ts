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
/** Chances below which a place is more than one; a grid with a timer that is known has others for sure. */
const SIGNIFICANT = { first: 1e-3, further: 0.05 };

/**
 * The one place of a sparsely filled grid that is filled, beyond chance, while others are not.
 * @param isFilled for each step of the grid, from the first beat to the last, whether there is an event;
 * null where nobody looked
 * @param isFurther whether a timer is known whose beats lie on the grid
 * @returns null where the grid's gaps look random
 */
export function filledPlace(isFilled: readonly (boolean | null)[], isFurther = false): Place | null {
  const all = stepsFrom(isFilled, 0, 1);
  if (!(all.filled < FULL * all.seen)) return null;
  let best: Place | null = null;
  let least = isFurther ? SIGNIFICANT.further : SIGNIFICANT.first;
  for (let multiple = 2; multiple <= LARGEST; multiple += 1) {
    for (let rest = 0; rest < multiple; rest += 1) {
      const mine = stepsFrom(isFilled, rest, multiple);
      if (mine.filled < MIN_BEATS || mine.filled < FILLED * mine.seen) continue;
      // Bonferroni over the places of one multiple; that more of them are tried weighs against long ones.
      const chance = multiple * multiple * chanceOf(mine, all);
      if (chance >= least) continue;
      least = chance;
      best = { multiple, rest };
    }
  }
  return best;
}

interface Steps {
  filled: number;
  seen: number;
}

/** What is known of every `multiple`-th step. */
function stepsFrom(isFilled: readonly (boolean | null)[], first: number, multiple: number): Steps {
  let filled = 0;
  let seen = 0;
  for (let step = first; step < isFilled.length; step += multiple) {
    if (isFilled[step] !== null) seen += 1;
    if (isFilled[step] === true) filled += 1;
  }
  return { filled, seen };
}

/** Chance that so many of these steps or more are filled, where all that are were drawn at random (Fisher's exact test). */
function chanceOf(mine: Steps, all: Steps): number {
  let tail = 0;
  for (let filled = mine.filled; filled <= Math.min(mine.seen, all.filled); filled += 1) {
    tail += Math.exp(
      logChoose(mine.seen, filled) +
        logChoose(all.seen - mine.seen, all.filled - filled) -
        logChoose(all.seen, all.filled),
    );
  }
  return tail;
}

function logChoose(of: number, chosen: number): number {
  if (chosen > of) return Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let index = 1; index <= chosen; index += 1) sum += Math.log((of - chosen + index) / index);
  return sum;
}
