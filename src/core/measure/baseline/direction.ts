/** Which way a measurement is better. */
export type Better = 'lower' | 'higher';

const HIGHER: ReadonlySet<string> = new Set(['http.throughput', 'ttft.rate', 'run.rate']);
/** Only who wrote the command knows what it counts. */
export const UNDIRECTED: readonly string[] = ['run.count', 'run.percent'];

/**
 * Which way is better, as the user says, by id or by name, or as it lies in the thing; null: nobody knows.
 * @param told by the name of a measurement or its id
 */
export function betterOf(
  { name, id }: { name: string; id: string | null },
  told: ReadonlyMap<string, Better>,
): Better | null {
  const own = (id === null ? undefined : told.get(id)) ?? told.get(name);
  if (own !== undefined) return own;
  if (UNDIRECTED.includes(name)) return null;
  return HIGHER.has(name) ? 'higher' : 'lower';
}
