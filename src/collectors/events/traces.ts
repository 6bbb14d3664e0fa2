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
  sizeBytes: number;
}

/** Those of a commit whose rows are read now. Runs inside the database. */
export function readTraces(
  { pages }: OpenDatabase,
  { rootPage, schemaVersion, schema }: EventsTable,
): Omit<Traces, 'commit' | 'sizeBytes'> {
  return { schemaVersion, schema, end: readTableEnd(pages, rootPage), digest: pages.digest };
}

/** VACUUM writes every page anew, and counts as one change. */
const LEAST_UNDONE = 2;
/** Another table in the place of one: that one is renamed and taken back, the other one made and dropped, or renamed and taken back as well. */
const LEAST_STAND_IN = 4;

/** What is known of a reading besides its traces. */
export interface ReadingChange {
  /** All rows that are compared are what they were, in the same file. */
  isSame: boolean;
  /** Something may have been written since the reading before. */
  wasWritten: boolean;
}

/** Follows what is left of rows that came and went between two readings. */
export class UnseenRows {
  /** Of the reading before; null: not known. */
  #before: Traces | null = null;
  #isFirst = true;

  /**
   * Whether rows may have come and gone since the reading before: the pages where new ones come were written and hold the same rows, something was
   * committed and the whole database is the same, tables were made or renamed and are what they were, or something was written and nobody knows where.
   * @param now null: it is not known of which rows these are the traces
   */
  take(now: Traces | null, { isSame, wasWritten }: ReadingChange): boolean {
    const before = this.#before;
    const isFirst = this.#isFirst;
    this.#before = now;
    this.#isFirst = false;
    if (!isSame || isFirst) return false;
    return before === null || now === null ? wasWritten : tellOfUnseen(before, now);
  }
}

function tellOfUnseen(before: Traces, now: Traces): boolean {
  const changes = now.schemaVersion - before.schemaVersion;
  if (changes !== 0 && (changes < LEAST_UNDONE || before.schema !== now.schema)) return false;
  if (changes >= LEAST_STAND_IN) return true;
  if (before.end !== null && now.end !== null && wasRewritten(before.end, now.end)) return true;
  // Rows that come and go leave free pages behind: whoever gives those back may have done nothing else.
  if (now.sizeBytes < before.sizeBytes) return false;
  return before.digest !== null && before.digest === now.digest && before.commit !== now.commit;
}
