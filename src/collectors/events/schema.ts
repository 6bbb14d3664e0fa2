import { createHash } from 'node:crypto';
import { closest, distance } from 'fastest-levenshtein';
import type { EventsSource } from '../../model/target.ts';
import { FileProblem } from '../file-problems.ts';
import type { Connection } from './database.ts';

/** Moves with every change of a table; see PRAGMA schema_version in sqlite.org/pragma.html. */
export function readSchemaVersion(connection: Connection): number {
  return Number(connection.pragma('schema_version', { simple: true }));
}

/** See EventsTable. */
export function readSchema(connection: Connection): string {
  // A table that was renamed has its name in quotes.
  const sql =
    "SELECT group_concat(type || ' ' || rootpage || ' ' || replace(coalesce(sql, name), '\"', ''), ';') FROM sqlite_schema";
  return createHash('sha256')
    .update(String(connection.prepare(sql).pluck().get()))
    .digest('hex');
}

/** Throws a FileProblem that names what is there instead. */
export function findTable(
  connection: Connection,
  source: EventsSource,
): { name: string; rootPage: number; sql: string } {
  const objects = connection
    .prepare<[], { type: string; name: string; rootpage: number; sql: string | null }>(
      "SELECT type, name, rootpage, sql FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .all();
  const found = objects.find((object) => object.name.toLowerCase() === source.table.toLowerCase());
  const place = source.sqlite;
  if (found === undefined) {
    throw new FileProblem(
      `${place} has no table «${source.table}»; ${tablesIn(objects, source.table)}`,
      true,
    );
  }
  const sql = found.sql ?? '';
  if (found.type === 'view') {
    throw new FileProblem(`«${found.name}» in ${place} is a view; name the table whose rows it shows`);
  }
  if (/^\s*create\s+virtual\b/i.test(sql)) {
    throw new FileProblem(
      `«${found.name}» in ${place} is a virtual table; name the table that holds the rows`,
    );
  }
  return { name: found.name, rootPage: found.rootpage, sql };
}

function tablesIn(objects: readonly { type: string; name: string }[], wanted: string): string {
  const names = objects.filter((object) => object.type === 'table').map((object) => object.name);
  if (names.length === 0) return 'it has no tables';
  const name = closest(wanted, names);
  const near = distance(wanted, name) <= Math.max(3, wanted.length / 2) ? ` The nearest is «${name}».` : '';
  return `tables: ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}.${near}`;
}
