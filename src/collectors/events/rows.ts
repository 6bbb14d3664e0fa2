import { prepared, retain } from '../../os/sqlite.ts';
import { LEFT_OUT, UNTOLD } from '../../core/parse/cut-text.ts';
import type { CellValue } from '../../core/parse/event-time.ts';
import type { FieldValue } from '../../model/activity.ts';
import type { Connection } from './database.ts';
import { cellSql, comparableSql, type EventsTable } from './table.ts';
import { tableSql } from './table-sql.ts';

/** Rowid, or the primary key as text. */
export type Key = bigint | string;

/** What tells a row apart from another that gets the same key later. */
export interface RowHead {
  key: Key;
  time: CellValue;
  print: string;
}

export type KnownHead = Pick<RowHead, 'key' | 'print'>;

export interface EventRow {
  id: string;
  type: string;
  time: CellValue;
  data: Record<string, FieldValue>;
}

export type HeadRange = { newest: number } | { from: Key; to: bigint } | { above: bigint; limit: number };

type Statement = [sql: string, parameters: (Key | number)[]];
type RawRow = [key: Key, type: CellValue, time: CellValue, id: CellValue, ...data: CellValue[]];

/** Key, type, time and id of rows, in the order of keys. A table without rowid is read whole whatever the range. */
export function readHeads(connection: Connection, table: EventsTable, range: HeadRange): RowHead[] {
  const [clauses, parameters] = rangeSql(table, range);
  const sql = tableSql(table, clauses, () => {
    const { time } = table.columns;
    const cells = [table.sqlKey, time === null ? 'NULL' : cellSql(time), ...comparedSql(table)];
    return `SELECT ${cells.join(', ')} FROM ${table.sqlName} ${clauses}`;
  });
  const rows = prepared(connection, sql)
    .raw()
    .safeIntegers()
    .all(...parameters) as [Key, CellValue, ...string[]][];
  const heads = rows.map(([key, time, ...print]) => ({ key, time, print: print.join('\u0000') }));
  return 'newest' in range && table.hasRowid ? heads.toReversed() : heads;
}

/** SQL for what tells a row from another that gets its key: its type, time and id, as far as there are any that the key does not say. */
export function comparedSql(table: EventsTable): string[] {
  const { type, time, id } = table.columns;
  const printed = [type, time, isKeyItsId(table) ? null : id];
  return printed.flatMap((name) => (name === null ? [] : comparableSql(name)));
}

function isKeyItsId({ hasRowid, autoincrement, choosesIds }: EventsTable): boolean {
  return !hasRowid || autoincrement || choosesIds;
}

function rangeSql(table: EventsTable, range: HeadRange): Statement {
  const key = table.sqlKey;
  if ('newest' in range) {
    return [table.hasRowid ? `ORDER BY ${key} DESC LIMIT ?` : 'LIMIT ?', [range.newest]];
  }
  if (!table.hasRowid) return ['', []];
  if ('above' in range) return [`WHERE ${key} > ? ORDER BY ${key} LIMIT ?`, [range.above, range.limit]];
  return [`WHERE ${key} >= ? AND ${key} <= ? ORDER BY ${key}`, [range.from, range.to]];
}

/** The whole rows of these heads, cells bounded. */
export function readRows(
  connection: Connection,
  table: EventsTable,
  heads: readonly Pick<RowHead, 'key'>[],
): EventRow[] {
  if (heads.length === 0) return [];
  const { id, type, time } = table.columns;
  const cells = [type, time, id, ...table.dataColumns].map((name) =>
    name === null ? 'NULL' : cellSql(name),
  );
  const sql = `SELECT ${table.sqlKey}, ${cells.join(', ')} FROM ${table.sqlName}`;
  if (table.hasRowid) {
    const statement = connection
      .prepare<[Key], RawRow>(`${sql} WHERE ${table.sqlKey} = ?`)
      .raw()
      .safeIntegers();
    const rows = heads.map((head) => statement.get(head.key));
    return rows.filter((row) => row !== undefined).map((row) => toRow(row, table));
  }
  const wanted = new Set(heads.map((head) => head.key));
  const rows: EventRow[] = [];
  for (const row of retain(connection.prepare<[], RawRow>(sql).raw().safeIntegers().iterate())) {
    if (wanted.has(row[0])) rows.push(toRow(row, table));
  }
  return rows;
}

function toRow(row: RawRow, table: EventsTable): EventRow {
  const [key, type, time, id, ...data] = row;
  return {
    id: String(id ?? key),
    type: type === null ? '' : String(type),
    time,
    data: Object.fromEntries([
      ...table.dataColumns.map((column, index) => [column, toField(data[index] ?? null)]),
      ...(table.leftOut > 0 ? [[LEFT_OUT, table.leftOut]] : []),
    ]) as EventRow['data'],
  };
}

/** Integers beyond 2^53 stay exact as text. Evidence cannot hold an infinite REAL. */
function toField(cell: CellValue): FieldValue {
  if (typeof cell === 'bigint') return Number.isSafeInteger(Number(cell)) ? Number(cell) : String(cell);
  if (typeof cell === 'string' || cell === null) return cell;
  return Number.isFinite(Number(cell)) ? Number(cell) : UNTOLD;
}

/** Distinct types among the newest `limit` rows, at most `most` of them. */
export function readTypes(connection: Connection, table: EventsTable, limit: number, most: number): string[] {
  const order = table.hasRowid ? `ORDER BY ${table.sqlKey} DESC` : '';
  return connection
    .prepare<[number, number], CellValue>(
      `SELECT DISTINCT type FROM (SELECT ${cellSql(table.columns.type)} AS type FROM ${table.sqlName} ${order} LIMIT ?) LIMIT ?`,
    )
    .pluck()
    .all(limit, most)
    .map((type) => (type === null ? '' : String(type)));
}
