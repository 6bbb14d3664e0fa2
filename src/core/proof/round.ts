/** Numbers as a proof shows them: six significant digits, so that the same evidence gives the same bytes everywhere. */
function round(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(6));
}

/** The same for every number inside a value. Process ids, counts and other integers stay as they are. */
export function roundAll<T>(value: T): T {
  if (typeof value === 'number') return round(value) as T;
  if (Array.isArray(value)) return value.map(roundAll) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, roundAll(inner)])) as T;
}
