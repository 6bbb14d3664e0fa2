import { createHash } from 'node:crypto';
import { TABLE_NAMES, type Row } from './tables.ts';

/** What the first batch of a chain names as the one before it. */
export const CHAIN_START: string = '0'.repeat(64);

/**
 * Digest of a batch: SHA-256 over the digest of the batch before, its number, its time, and its rows as JSON, table
 * by table in the order of TABLE_NAMES. Any row that is changed, removed, added or moved changes every later digest.
 */
export function digestBatch(previous: string, id: number, atMs: number, rows: readonly Row[]): string {
  const hash = createHash('sha256').update(`${previous}\n${id}\n${atMs}\n`);
  for (const table of TABLE_NAMES) {
    for (const row of rows) {
      if (row.table === table) hash.update(`${JSON.stringify([table, ...row.values])}\n`);
    }
  }
  return hash.digest('hex');
}
