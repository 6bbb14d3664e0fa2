import { BROKEN_OFF, CUT_MARK, SHORTEST_CUT } from '../../core/parse/cut-text.ts';
import { type FoundColumns, findEventColumns } from '../../core/parse/event-columns.ts';
import type { CellValue } from '../../core/parse/event-time.ts';
import type { EventsSource } from '../../model/target.ts';
import { FileProblem } from '../file-problems.ts';
import type { Connection } from './database.ts';
import { findTable, readSchema, readSchemaVersion } from './schema.ts';

/** How the events table is built, as far as reading its new rows needs it. */
export interface EventsTable {
  /** Quoted for SQL. */
  sqlName: string;
  name: string;
  /** Of the b-tree that holds its rows. */
  rootPage: number;
  columns: FoundColumns;
  /** SQL for what tells rows apart: the rowid, or the primary key as text where there is no rowid. */
  sqlKey: string;
  hasRowid: boolean;
  /** AUTOINCREMENT: ids are never used twice, and sqlite_sequence tells how many were given out. */
  autoincrement: boolean;
  /** An INTEGER PRIMARY KEY without AUTOINCREMENT: the app may choose ids itself, in any order. */
  choosesIds: boolean;
  /** The other columns, at most 20. */
  dataColumns: string[];
  /** How many others there are beyond these. */
  leftOut: number;
  /** All columns, those of id, type and time among them. */
  allColumns: string[];
  /** Had rows when it was looked at, so that the columns rest on what they hold and not on their names alone. */
  settled: boolean;
  schemaVersion: number;
  /** Everything that the schema names, and where; the same again where things were made or renamed, and that was undone. */
  schema: string;
}

interface ColumnInfo {
  name: string;
  type: string;
  pk: number;
  /** 1: hidden column of a virtual table; 2 and 3 are generated ones. */
  hidden: number;
}

const CELL_CHARACTERS = SHORTEST_CUT;
/** No text of as many characters is longer. */
const COMPARED_BYTES = 4 * CELL_CHARACTERS;
const DATA_COLUMNS = 20;
const SAMPLED_ROWS = 50;
const SAMPLED_COLUMNS = 100;
/** As long as a SHA-256: what tells things apart is mostly no longer. */
const TOLD_BLOB_BYTES = 32;

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * SQL for a cell, bounded inside SQLite so that a megabyte of payload is never loaded. A text that was cut says so; SQLite's
 * own functions end at a NUL, which a text may hold before its end. A short blob is told as SQL writes it; see cut-text.ts for what
 * rules make of it.
 */
export function cellSql(column: string): string {
  const name = quote(column);
  const bytes = `'blob ' || CASE WHEN length(${name}) <= ${TOLD_BLOB_BYTES} THEN quote(${name}) ELSE 'of ' || length(${name}) || ' bytes' END`;
  const part = `substr(${name}, 1, ${CELL_CHARACTERS})`;
  const isBrokenOff = `length(CAST(${name} AS BLOB)) > length(CAST(${part} AS BLOB))`;
  const mark = `CASE WHEN length(${name}) > ${CELL_CHARACTERS} THEN '${CUT_MARK}' WHEN ${isBrokenOff} THEN '${BROKEN_OFF}${CUT_MARK}' ELSE '' END`;
  return `CASE typeof(${name}) WHEN 'blob' THEN ${bytes} WHEN 'text' THEN ${part} || ${mark} ELSE ${name} END`;
}

/**
 * The same for SQL that is only compared: as it is where it is short, with its type and the length of a text before it, so that no other cell is
 * the same text, nor cells that stand beside each other. Read as text, many blobs would be the same; and only quote() tells every digit of a number.
 */
export function comparableSql(column: string): string {
  const name = quote(column);
  const part = `substr(CAST(${name} AS BLOB), 1, ${COMPARED_BYTES})`;
  const text = `CASE WHEN octet_length(${name}) <= ${COMPARED_BYTES} THEN ${name} ELSE ${part} END`;
  return `CASE typeof(${name}) WHEN 'text' THEN 't' || octet_length(${name}) || ':' || ${text} WHEN 'integer' THEN 'i' || ${name} WHEN 'real' THEN 'r' || quote(${name}) WHEN 'blob' THEN 'b' || length(${name}) || ':' || hex(${part}) ELSE 'n' END`;
}

/**
 * Finds the table and its columns; throws a FileProblem that names what is there instead.
 * @param known as it was when those of its rows were read that are known; null: none are
 */
export function readTable(
  connection: Connection,
  source: EventsSource,
  known: EventsTable | null = null,
): EventsTable {
  const { name, rootPage, sql } = findTable(connection, source);
  const infos = connection
    .prepare<[string], ColumnInfo>(
      'SELECT name, type, pk, hidden FROM pragma_table_xinfo(?) WHERE hidden <> 1',
    )
    .all(name);
  const key = infos.filter((info) => info.pk > 0).sort((a, b) => a.pk - b.pk);
  const rowid = rowidName(connection, name, infos);
  const rows = sampleRows(connection, name, rowid, infos.slice(0, SAMPLED_COLUMNS));
  const found = findEventColumns(
    infos.map((info, index) => ({
      name: info.name,
      declaredType: info.type,
      primaryKey: info.pk,
      cells: rows.map((row) => row[index] ?? null),
    })),
    source.columns ?? {},
    known?.columns,
  );
  if ('problem' in found) throw new FileProblem(`table ${name} in ${source.sqlite}: ${found.problem}`);
  const used = new Set([found.id, found.type, found.time]);
  const allColumns = infos.map((info) => info.name);
  const others = allColumns.filter((column) => !used.has(column));
  const integerKey = rowid !== null && key.length === 1 && key[0]?.type.toUpperCase() === 'INTEGER';
  const autoincrement = integerKey && /\bautoincrement\b/i.test(sql);
  return {
    sqlName: quote(name),
    name,
    rootPage,
    columns: found,
    sqlKey: rowid ?? key.map((info) => `substr(quote(${quote(info.name)}), 1, 500)`).join(` || ',' || `),
    hasRowid: rowid !== null,
    autoincrement,
    choosesIds: integerKey && !autoincrement,
    dataColumns: others.slice(0, DATA_COLUMNS),
    leftOut: Math.max(0, others.length - DATA_COLUMNS),
    allColumns,
    settled: rows.length > 0 && (found.time === null || found.timeFormat !== null),
    schemaVersion: readSchemaVersion(connection),
    schema: readSchema(connection),
  };
}

/** The name under which the rowid can be reached; null where there is none, or columns hide all of its names. */
function rowidName(connection: Connection, table: string, infos: readonly ColumnInfo[]): string | null {
  const listed = connection
    .prepare<[string], { wr: number }>("SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?")
    .get(table);
  if (listed?.wr === 1) return null;
  const taken = new Set(infos.map((info) => info.name.toLowerCase()));
  const free = ['rowid', '_rowid_', 'oid'].find((name) => !taken.has(name));
  if (free !== undefined) return free;
  throw new FileProblem(`table ${table} hides its rowid behind columns of that name`);
}

function sampleRows(
  connection: Connection,
  table: string,
  rowid: string | null,
  infos: readonly ColumnInfo[],
): CellValue[][] {
  const cells = infos.map((info) => cellSql(info.name)).join(', ');
  const order = rowid === null ? '' : `ORDER BY ${rowid} DESC`;
  return connection
    .prepare<[], CellValue[]>(`SELECT ${cells} FROM ${quote(table)} ${order} LIMIT ${SAMPLED_ROWS}`)
    .raw()
    .safeIntegers()
    .all();
}
