import type { OpenDatabase } from './database.ts';
import { readTableEnd, type TableEnd, wasRewritten } from './table-end.ts';
import type { EventsTable } from './table.ts';

/** What writing leaves in a database, whatever becomes of what was written. */
export interface Traces {
  schemaVersion: number;
  /** See EventsTable. */
  schema: string;
  /** null: of a table whose rows come anywhere. */
  end: TableEnd | null;
  /** See Pages. */
  digest: number | null;
  /** See FileState. */
  commit: string;
}

/** Those of a commit whose rows are read now. Runs inside the database. */
export function readTraces(
  { pages }: OpenDatabase,
  { rootPage, schemaVersion, schema }: EventsTable,
): Omit<Traces, 'commit'> {
  return { schemaVersion, schema, end: readTableEnd(pages, rootPage), digest: pages.digest };
}

/** VACUUM writes every page anew, and counts as one change. */
const LEAST_UNDONE = 2;

/** Follows what is left of rows that came and went between two readings. */
export class UnseenRows {
  #before: Traces | null = null;

  /**
   * Whether rows may have come and gone since the reading before: the pages where new ones come were written and hold the same rows, something was
   * committed and the whole database is the same, or tables were made or renamed and are what they were.
   * @param now null: somebody committed meanwhile, so that it is not known of which rows these are the traces
   * @param isSame all rows that are compared are what they were, in the same file
   */
  take(now: Traces | null, isSame: boolean): boolean {
    const before = this.#before;
    this.#before = now ?? before;
    return isSame && before !== null && now !== null && tellOfUnseen(before, now);
  }
}

function tellOfUnseen(before: Traces, now: Traces): boolean {
  const changes = now.schemaVersion - before.schemaVersion;
  if (changes !== 0) return changes >= LEAST_UNDONE && before.schema === now.schema;
  if (before.end !== null && now.end !== null && wasRewritten(before.end, now.end)) return true;
  return before.digest !== null && before.digest === now.digest && before.commit !== now.commit;
}
