import { createHash } from 'node:crypto';
import { TABLE_NAMES, type Row } from './tables.ts';

/** What the first segment names as the one before it, and the first batch of a file without segments. */
export const CHAIN_START: string = '0'.repeat(64);

export interface BatchHead {
  id: number;
  atMs: number;
  keyframe: Keyframe;
}

/** 1: the batch repeats what was known before, so that reading can begin with it; 2: a run begins with it; 0: neither. */
export type Keyframe = 0 | 1 | 2;
export const NO_KEYFRAME = 0;
export const KEYFRAME = 1;
export const RUN_BEGINS = 2;

/** What is fixed when a segment begins. */
export interface SegmentOpening {
  id: number;
  fromMs: number;
  firstBatch: number;
  /** Digest of the segment before. */
  previous: string;
}

/** What is fixed when it ends. `head` is the digest of its last batch. */
export interface SegmentHeader extends SegmentOpening {
  toMs: number;
  batches: number;
  rows: number;
  head: string;
}

/**
 * Digest of a batch: SHA-256 over the digest of the batch before, its number, its time, and its rows as JSON, table
 * by table in the order of TABLE_NAMES. Any row that is changed, removed, added or moved changes every later digest.
 */
export function digestBatch(
  previous: string,
  { id, atMs, keyframe }: BatchHead,
  rows: readonly Row[],
): string {
  let text = `${previous}\n${id}\n${atMs}\n${keyframe === NO_KEYFRAME ? '' : `keyframe ${keyframe}\n`}`;
  for (const table of TABLE_NAMES) {
    for (const row of rows) {
      if (row.table === table) text += `${JSON.stringify([table, ...row.values])}\n`;
    }
  }
  return sha256(text);
}

/** What the first batch of a segment names as the one before it. */
export function digestOpening({ id, fromMs, firstBatch, previous }: SegmentOpening): string {
  return sha256(`segment ${id}\n${fromMs}\n${firstBatch}\n${previous}\n`);
}

/** Digest of a closed segment: the next one names it, also when the rows of this one are long dropped. */
export function digestSegment(header: SegmentHeader): string {
  const { toMs, batches, rows, head } = header;
  return sha256(`${digestOpening(header)}\n${toMs}\n${batches}\n${rows}\n${head}\n`);
}

/** What the first batch of a thinned segment names as the one before it. */
export function digestThinned(segment: string): string {
  return sha256(`thinned ${segment}\n`);
}

/** Text as SQLite gives it back: half a character, left by a cut, is stored as U+FFFD. */
export function asStored(row: Row): Row {
  if (!row.values.some((value) => typeof value === 'string' && HALF.test(value))) return row;
  return {
    table: row.table,
    values: row.values.map((value) =>
      typeof value === 'string' ? value.replaceAll(HALVES, '\uFFFD') : value,
    ),
  };
}

const HALF = /\p{Surrogate}/u;
const HALVES = /\p{Surrogate}/gu;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
