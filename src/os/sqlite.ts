import Database from 'better-sqlite3';

export type Sqlite = Database.Database;

/**
 * Since Node 24 the destructor of a native object needs a JavaScript context (node_object_wrap.h removes a cleanup hook), and
 * the garbage collector has none when it runs between two callbacks: the process is aborted. So nothing that better-sqlite3
 * makes is given to the collector there; a closed database and its statements are some hundred bytes each.
 */
const RETAINS: boolean = Number.parseInt(process.versions.node, 10) >= 24;
const retained: object[] = [];

/** Keeps a native object for as long as the process lives, where it must not be collected. Returns it. */
export function retain<T extends object>(object: T): T {
  if (RETAINS) retained.push(object);
  return object;
}

/** Pages that are kept in memory: better-sqlite3's 16 MB would fill within days, and what is read or written here goes forward. */
const CACHE_KIB = 2048;

/** Opens a database, a file or a copy in memory. Throws what SQLite says. */
export function openSqlite(file: string | Buffer, options: Database.Options = {}): Sqlite {
  const db = retain(new Database(file, options));
  if (RETAINS) retainStatements(db);
  db.pragma(`cache_size = -${CACHE_KIB}`);
  return db;
}

/** Whether SQLite says that a file was never a database, or does not begin as one. */
export const isNoDatabase = (error: Error): boolean => (error as { code?: unknown }).code === 'SQLITE_NOTADB';

/**
 * Whether SQLite says that a file is no database, or a broken one (SQLITE_CORRUPT, SQLITE_CORRUPT_INDEX, …: sqlite.org/rescode.html); no
 * space, no right and a lock are something else.
 */
export function isDamage(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return isNoDatabase(error) || (typeof code === 'string' && code.startsWith('SQLITE_CORRUPT'));
}

const statements: WeakMap<Sqlite, Map<string, Database.Statement>> = new WeakMap();

/** The statement of a text, made once for each database and then reused. */
export function prepared(db: Sqlite, sql: string): Database.Statement {
  const known = statements.get(db) ?? new Map<string, Database.Statement>();
  statements.set(db, known);
  const statement = known.get(sql) ?? db.prepare(sql);
  known.set(sql, statement);
  return statement;
}

type NativeStatement = object & { iterate: (...args: unknown[]) => object };

/** Statements are made by `prepare` of the native object behind the database, those of `pragma` and `transaction` too. */
function retainStatements(db: Sqlite): void {
  for (const symbol of Object.getOwnPropertySymbols(db)) {
    const native = (db as unknown as Record<symbol, { prepare?: (...args: unknown[]) => NativeStatement }>)[
      symbol
    ];
    const prepare = native?.prepare;
    if (native === undefined || prepare === undefined) continue;
    retain(native);
    native.prepare = (...args) => retainIterators(retain(prepare.apply(native, args)));
  }
}

/** An iterator over rows is a native object of its own. */
function retainIterators(statement: NativeStatement): NativeStatement {
  const { iterate } = statement;
  statement.iterate = (...args) => retain(iterate.apply(statement, args));
  return statement;
}
