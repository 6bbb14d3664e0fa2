import type { Value } from './tables.ts';

/** Rows do not say what rows say: since they were written, a disk or somebody has changed them. */
export class DamagedRows extends Error {
  override readonly name = 'DamagedRows';
}

/**
 * What a JSON body says.
 * @param what it is, for people: «a reading of counters»
 * @throws DamagedRows
 */
export function parseBody(body: Value | undefined, what: string): unknown {
  try {
    return JSON.parse(String(body));
  } catch (error) {
    throw new DamagedRows(`${what} is no JSON: ${(error as Error).message}`, { cause: error });
  }
}

/** Whether a body is an object, whatever is in it. */
export const isObject = (body: unknown): body is Record<string, unknown> =>
  typeof body === 'object' && body !== null && !Array.isArray(body);
