/** Where a series has died down to a steady level. */
export interface Transient {
  /** Number of values before the steady level. */
  length: number;
  /** Means before and after. */
  before: number;
  after: number;
  /** Whether what is left still falls, so that nothing is known of a steady level. */
  isOpen: boolean;
}

/** Fewer values do not show a level. */
const LEAST_VALUES = 10;
/** A beginning that is not so many times as high is no other state. */
const FACTOR = 2;
/** Standard deviations by which the ranks of the beginning must be higher; chance alone rarely finds a cut that good. */
const RANK_Z = 2.8;
/** A shorter cut is as good that reaches nearly the smallest error: a tail that ends slowly would be cut for ever. */
const NEARLY = 0.005;
/** The same for one half of a series against the other, which nobody has chosen. */
const HALVES_Z = 2;

/**
 * The initial transient of a series, by the marginal standard error rule (White, «An effective truncation heuristic for bias
 * reduction in simulation output», 1997): the first cut that leaves nearly the smallest standard error of the mean. A cut
 * that chance may have made is none: what comes before must be higher, by the ranks of its values too.
 * @param values means over equal stretches of time, in order
 * @returns null: no transient
 */
export function initialTransient(values: readonly number[]): Transient | null {
  if (values.length < LEAST_VALUES) return null;
  const errors = Array.from({ length: (values.length >> 1) + 1 }, (_, cut) =>
    squaredError(values.slice(cut)),
  );
  const least = Math.min(...errors);
  const length = errors.findIndex((error) => error <= least + NEARLY * ((errors[0] ?? 0) - least));
  if (length === 0) return null;
  const [head, tail] = [values.slice(0, length), values.slice(length)];
  const [before, after] = [mean(head), mean(tail)];
  if (before < FACTOR * after || rankZ(head, tail) < RANK_Z) return null;
  return { length, before, after, isOpen: isFalling(tail, FACTOR) };
}

/** Whether the first half of a series lies clearly above the second: so many times as high, and by its ranks. */
export function isFalling(values: readonly number[], factor: number): boolean {
  const half = values.length >> 1;
  const [head, tail] = [values.slice(0, half), values.slice(half)];
  return mean(head) >= factor * mean(tail) && rankZ(head, tail) >= HALVES_Z;
}

/** Of the mean. */
function squaredError(values: readonly number[]): number {
  const center = mean(values);
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / values.length ** 2;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** How far the ranks of some values lie above those of others, in standard deviations of chance (Mann–Whitney). */
function rankZ(some: readonly number[], others: readonly number[]): number {
  let wins = 0;
  for (const one of some) {
    for (const other of others) wins += one > other ? 1 : Number(one === other) / 2;
  }
  const pairs = some.length * others.length;
  return (wins - pairs / 2) / Math.sqrt((pairs * (some.length + others.length + 1)) / 12);
}
