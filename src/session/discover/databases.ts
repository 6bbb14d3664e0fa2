import { type Dirent, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isBroadFolder } from '../../core/discovery/broad-folder.ts';
import { userTypes } from '../../core/discovery/event-types.ts';
import { scoreTable } from '../../core/discovery/table-score.ts';
import { keptPart } from '../../core/parse/cut-text.ts';
import { cutText } from '../../core/discovery/cut.ts';
import { findTables, isDatabase } from '../../collectors/events/find-tables.ts';
import type { FoundTable } from '../../model/discovery.ts';

/** What was found in the databases of an app, and what could not be. */
export interface FoundDatabases {
  tables: FoundTable[];
  missing: string[];
}

/** What is collected on the way. */
interface Findings {
  tables: FoundTable[];
  /** Tables called like events whose columns are not clear. */
  unclear: string[];
  unreadable: string[];
  /** Databases without any such table, each with the names of its tables. */
  others: { path: string; names: string[] }[];
}

const MOST_DATABASES = 50;
const MOST_WORDS = 1_000;
const MOST_ENTRIES = 2_000;
const SEARCHED_LEVELS = 2;
const PASSED_OVER = /^(?:\.|node_modules$|__pycache__$|venv$)/u;
/** What SQLite keeps beside a database. */
const COMPANION = /-(?:wal|shm|journal)$/u;
const NAMED_TABLES = 8;
const NAMED_DATABASES = 5;

/** What of an app leads to databases. */
export interface DatabaseTraces {
  /** Paths of files that it holds open. */
  openPaths: readonly string[];
  workingFolders: readonly string[];
  /** Arguments of its processes. */
  argv: readonly string[];
}

/** The likeliest first. */
const WAYS: readonly FoundTable['found'][] = ['open', 'named', 'lying'];

/** Looks for tables of events in the databases that an app holds open and in those that lie in its working folders. */
export function findEventTables({ openPaths, workingFolders, argv }: DatabaseTraces): FoundDatabases {
  const open = openPaths.filter((path) => !COMPANION.test(path) && isDatabase(path));
  const words = argv.slice(0, MOST_WORDS).map(valueOf);
  const named = words.filter((word) => word.startsWith('/') && isDatabase(word));
  const lying = [...named, ...workingFolders.flatMap((folder) => filesIn(folder))].filter(
    (path) => !open.includes(path) && !COMPANION.test(path) && isDatabase(path),
  );
  const all = [...new Set(open), ...new Set(lying)].slice(0, MOST_DATABASES);
  const found: Findings = { tables: [], unclear: [], unreadable: [], others: [] };
  const isNamed = (path: string): boolean =>
    words.some((word) => word === path || word === basename(path) || word.endsWith(`/${basename(path)}`));
  for (const path of all) {
    look(path, open.includes(path) ? 'open' : isNamed(path) ? 'named' : 'lying', found);
  }
  found.tables.sort(
    (a, b) =>
      WAYS.indexOf(a.found) - WAYS.indexOf(b.found) || b.score - a.score || (keyOf(a) < keyOf(b) ? -1 : 1),
  );
  const missing = all.length === 0 ? [nothingThere(workingFolders)] : missingIn(found);
  return { tables: found.tables, missing };
}

/**
 * Which table is taken: the best of those that are the app's for certain. One that only lies in its folder can be another app's,
 * and rules that rest on it would pass whatever this one does.
 */
export function chooseEvents(tables: readonly FoundTable[]): {
  events: FoundTable | null;
  missing: string | null;
} {
  const [best, second] = tables;
  if (best === undefined) return { events: null, missing: null };
  const names = tables.slice(0, NAMED_TABLES).map((one) => `${cutText(one.table, 60)} in ${one.path}`);
  if (best.found === 'lying') {
    const missing = `it holds no events table open; in its folder lies ${names.join('; ')}: if that is its own, take the # away`;
    return { events: null, missing };
  }
  const isTied = second !== undefined && second.found === best.found && second.score === best.score;
  if (isTied) {
    return {
      events: null,
      missing: `several tables look like events: ${names.join('; ')}: choose one, and take its # away`,
    };
  }
  const others = tables
    .slice(1)
    .flatMap(({ found }, index) => (found === 'lying' ? [] : (names[index + 1] ?? [])));
  const missing =
    others.length === 0
      ? null
      : `of its tables that look like events one is watched, ${names[0]}; not watched: ${others.join('; ')}`;
  return { events: best, missing };
}

/** `--database=/srv/app.db` → /srv/app.db. */
const valueOf = (word: string): string => word.slice(word.indexOf('=') + 1);

const keyOf = ({ path, table }: FoundTable): string => `${path} ${table}`;

function look(path: string, way: FoundTable['found'], findings: Findings): void {
  try {
    const { typed, names, unclear } = findTables(path);
    findings.unclear.push(...unclear);
    const found = typed.flatMap(({ table, columns, types }): FoundTable[] => {
      // A type that was cut is not the type that the rows have.
      const users = userTypes(types.filter((type) => keptPart(type) === null));
      const score = scoreTable({
        table,
        typeColumn: columns.type,
        timeColumn: columns.time,
        types,
        hasUserType: users.length > 0,
      });
      return score === null ? [] : [{ path, table, columns, types, userTypes: users, found: way, score }];
    });
    findings.tables.push(...found);
    if (found.length === 0 && unclear.length === 0) findings.others.push({ path, names });
  } catch (error) {
    findings.unreadable.push((error as Error).message);
  }
}

/** Databases without events are worth a word only where none has any. */
function missingIn({ tables, unclear, unreadable, others }: Findings): string[] {
  const texts = [...unclear, ...unreadable].map((text) => cutText(text, 300));
  const told = texts.slice(0, NAMED_DATABASES);
  if (texts.length > told.length)
    told.push(`and ${texts.length - told.length} more databases that cannot be read`);
  if (tables.length > 0 || others.length === 0) return told;
  const shown = others.slice(0, NAMED_DATABASES).map(({ path, names }) => {
    const some = names.slice(0, NAMED_TABLES).map((name) => cutText(name, 60));
    const more = names.length > some.length ? ', …' : '';
    return `${path} has ${names.length === 0 ? 'no tables yet' : `${some.join(', ')}${more}`}`;
  });
  const more = others.length > shown.length ? `; and ${others.length - shown.length} more` : '';
  return [...told, `no table looks like events: ${shown.join('; ')}${more}`];
}

function nothingThere(workingFolders: readonly string[]): string {
  const searched = workingFolders.filter((folder) => !isBroadFolder(folder));
  const where = searched.length === 0 ? '' : `, and none lies in ${searched.slice(0, 3).join(', ')}`;
  return `no events table: it holds no SQLite database open${where}; rules about events will not be judged`;
}

/** Regular files in a folder and the one below; none of a folder that belongs to many. */
function filesIn(folder: string): string[] {
  if (isBroadFolder(folder)) return [];
  const files: string[] = [];
  let level = [folder];
  let left = MOST_ENTRIES;
  for (let depth = 0; depth < SEARCHED_LEVELS; depth += 1) {
    const below: string[] = [];
    for (const path of level) {
      if (left === 0) return files;
      const entries = listed(path).slice(0, left);
      left -= entries.length;
      for (const entry of entries) {
        if (entry.isFile()) files.push(join(path, entry.name));
        else if (entry.isDirectory() && !PASSED_OVER.test(entry.name)) below.push(join(path, entry.name));
      }
    }
    level = below;
  }
  return files;
}

function listed(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}
