import { createHash } from 'node:crypto';
import type { CellValue } from '../../core/parse/event-time.ts';
import { prepared } from '../../os/sqlite.ts';
import type { Connection } from './database.ts';
import { comparedSql } from './rows.ts';
import type { EventsTable } from './table.ts';
import { tableSql } from './table-sql.ts';

/** Until when rows are known to have been as they were read: until that reading, and later where nothing was written since. */
export interface LastRead {
  untilMs: number;
}

/** Neighbouring rows that are not remembered one by one: enough to tell whether any of them came or became another, and which. */
export interface RowBlock {
  /** Those with ids from here… */
  from: bigint;
  /** … to below this. */
  to: bigint;
  digest: string;
  /** Of each row a number that is another one for another row, but for rare chances. */
  prints: Uint32Array;
  lastRead: LastRead;
}

/** One row of a block. */
export interface BlockRow {
  key: bigint;
  print: number;
}

/** Rows of a block; to read it costs five times as much as to find that it is the same. */
export const BLOCK_ROWS = 1000;

/** Rows with ids `from` to below `to` as blocks, in the order of ids. */
export function* readBlocks(
  connection: Connection,
  table: EventsTable,
  { from, to }: { from: bigint; to: bigint },
  lastRead: LastRead,
): Generator<{ block: RowBlock; rows: BlockRow[] }> {
  for (let start = from; start < to; ) {
    const rows = readRange(connection, table, { from: start, to });
    const last = rows.length < BLOCK_ROWS ? undefined : rows.at(-1)?.key;
    const range = { from: start, to: last === undefined ? to : last + 1n };
    const digest = digestOf(connection, table, range);
    yield {
      block: { ...range, digest, prints: Uint32Array.from(rows, ({ print }) => print), lastRead },
      rows,
    };
    start = range.to;
  }
}

function readRange(
  connection: Connection,
  table: EventsTable,
  { from, to }: { from: bigint; to: bigint },
): BlockRow[] {
  const sql = tableSql(table, 'rows of a block', () => {
    const { sqlKey: key, sqlName } = table;
    return `SELECT ${[key, ...comparedSql(table)].join(', ')} FROM ${sqlName} WHERE ${key} >= ? AND ${key} <= ? ORDER BY ${key} LIMIT ?`;
  });
  const rows = prepared(connection, sql)
    .raw()
    .safeIntegers()
    .all(from, to - 1n, BLOCK_ROWS) as [bigint, ...CellValue[]][];
  return rows.map((row) => ({ key: row[0], print: fnv1a(row.join('\u0000')) }));
}

/** One block of two neighbours that were both read at this look. */
export function joinBlocks(
  connection: Connection,
  table: EventsTable,
  one: RowBlock,
  next: RowBlock,
): RowBlock {
  const prints = new Uint32Array(one.prints.length + next.prints.length);
  prints.set(one.prints);
  prints.set(next.prints, one.prints.length);
  const range = { from: one.from, to: next.to };
  return { ...range, digest: digestOf(connection, table, range), prints, lastRead: next.lastRead };
}

/** Whether a row is one of the block, as it was read. */
export function membersOf({ prints }: RowBlock): (row: BlockRow) => boolean {
  const known = new Set(prints);
  return ({ print }) => known.has(print);
}

/** Another text where a row with an id from `from` to below `to` came, went or became another. SQLite puts it together, which is the cheapest way. */
export function digestOf(
  connection: Connection,
  table: EventsTable,
  { from, to }: { from: bigint; to: bigint },
): string {
  const hash = createHash('sha256');
  if (from >= to) return hash.digest('base64');
  const sql = tableSql(table, 'digest', () => digestSql(table));
  const cells = prepared(connection, sql)
    .raw()
    .safeIntegers()
    .get(from, to - 1n) as (Buffer | null)[];
  for (const cell of cells) {
    hash.update(`${cell?.length ?? 0}:`);
    if (cell !== null) hash.update(cell);
  }
  return hash.digest('base64');
}

/** In the order of ids: no index is to be walked along. */
function digestSql(table: EventsTable): string {
  const { sqlKey: key, sqlName } = table;
  const columns = [key, ...comparedSql(table)].map((text) => `CAST(group_concat(${text}, char(31)) AS BLOB)`);
  return `SELECT ${columns.join(', ')} FROM ${sqlName} NOT INDEXED WHERE ${key} >= ? AND ${key} <= ?`;
}

/** 32 bits of FNV-1a over UTF-16 code units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
