import { closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { describeProblem, FileProblem } from '../file-problems.ts';
import { type Connection, readDatabase, type ReadMode } from './database.ts';
import { readTypes } from './rows.ts';
import { type EventsTable, readTable } from './table.ts';

/** A table with a column that can be the type of an event. */
interface TypedTable {
  table: string;
  columns: { id: string | null; type: string; time: string | null };
  /** Distinct types of the newest rows: one more than `MOST_TYPES` where there are more. */
  types: string[];
}

export interface TablesOfDatabase {
  typed: TypedTable[];
  /** All tables, at most 200. */
  names: string[];
  /** Tables called like events of which it cannot be told which column is what. */
  unclear: string[];
}

const MAGIC = 'SQLite format 3\0';
const MOST_TYPES = 50;
const MOST_TABLES = 200;
/** How many tables are looked into, and how many rows of each: few where a lock is held meanwhile. */
const LOOKED_INTO: Readonly<Record<ReadMode, { tables: number; rows: number }>> = {
  copy: { tables: MOST_TABLES, rows: 20_000 },
  wal: { tables: MOST_TABLES, rows: 20_000 },
  'shared-lock': { tables: 5, rows: 1_000 },
};

/** Whether this is a regular file that begins as an SQLite database does; false where it may not be read. See sqlite.org/fileformat.html. */
export function isDatabase(path: string): boolean {
  const head = Buffer.alloc(MAGIC.length);
  try {
    // To open a device can already do something.
    if (!statSync(path).isFile()) return false;
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (readSync(fd, head, 0, head.length, 0) < head.length) return false;
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
  return head.toString('latin1') === MAGIC;
}

/** The tables of a database that may hold events, read as the collector reads them. @throws FileProblem in words */
export function findTables(path: string): TablesOfDatabase {
  try {
    return readDatabase(path, true, ({ connection, mode }) => readTables(connection, mode, path)).result;
  } catch (error) {
    throw describeProblem(error, path);
  }
}

function readTables(connection: Connection, mode: ReadMode, path: string): TablesOfDatabase {
  const { tables, rows } = LOOKED_INTO[mode];
  const names = connection
    .prepare<[number], string>(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
       AND length(name) <= 200 ORDER BY name NOT LIKE '%event%', name LIMIT ?`,
    )
    .pluck()
    .all(MOST_TABLES);
  const found: TablesOfDatabase = { typed: [], names, unclear: [] };
  for (const name of names.slice(0, tables)) {
    try {
      found.typed.push(describe(connection, readTable(connection, { sqlite: path, table: name }), rows));
    } catch (error) {
      // What is no table of events is passed over; a damaged database is not.
      if (!(error instanceof FileProblem)) throw error;
      if (/event/iu.test(name)) found.unclear.push(error.message);
    }
  }
  return found;
}

function describe(connection: Connection, table: EventsTable, rows: number): TypedTable {
  const { id, type, time } = table.columns;
  const types = readTypes(connection, table, rows, MOST_TYPES + 1).filter((one) => one !== '');
  return { table: table.name, columns: { id, type, time }, types };
}
