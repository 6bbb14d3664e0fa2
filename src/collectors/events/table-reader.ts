import { stampGraceMs } from '../../core/parse/sighting.ts';
import type { EventActivity } from '../../model/activity.ts';
import type { EventsSource } from '../../model/target.ts';
import { type Cursor, emptyCursor, readBaseline, readNew, type Reading } from './cursor.ts';
import { type OpenDatabase, type ReadMode, readDatabase } from './database.ts';
import { toEventActivity } from './event-activity.ts';
import type { FileState } from './file-state.ts';
import type { OlderLook } from './followed-blocks.ts';
import { recentRows } from './recent-rows.ts';
import type { LastRead } from './row-blocks.ts';
import { LogIndex } from './log-index.ts';
import { type EventRow, readTypes } from './rows.ts';
import { readSchemaVersion } from './schema.ts';
import { type EventsTable, readTable } from './table.ts';
import { readTraces, type Traces, UnseenRows } from './traces.ts';

export interface TableReaderOptions {
  target: string;
  source: EventsSource;
  tickMs: number;
  /** The run's clock, on which looks are stamped. */
  nowMs: () => number;
  /** Rows of that long before the first look are activities too: `unless` may rest on them. */
  lookBackMs: number;
}

/** What the collector knows about the moment of a reading. */
export interface ReadMoment {
  nowMs: number;
  firstLookMs: number;
  /** The last look at which all that was committed had been read and nobody was writing, or nothing was there. */
  previousMs: number | null;
  /** See Sighting. */
  silentUntilMs: number | null;
  /** File or table were missing at an earlier look. */
  wasAbsent: boolean;
  /** The file is not the one that was read before. */
  wasReplaced: boolean;
  /** Something may have been written since the reading before. */
  wasWritten: boolean;
  patient: boolean;
  /** Rows that are older than those that are read each time are all to be compared, and not only some of them. */
  isThorough: boolean;
}

export interface TableReading {
  state: FileState;
  mode: ReadMode;
  activities: EventActivity[];
  /** Types of rows that the table holds, old ones included at the first reading. */
  types: string[];
  columns: readonly string[];
  more: boolean;
  lost: number;
  note: string | null;
  /** See Reading. */
  isWhole: boolean;
  /** Rows may have come and gone since the reading before. */
  mayMiss: boolean;
  /** Where its newest pages are is not known yet: the next look goes on, also where nothing was written. */
  isBehind: boolean;
}

/** Of a table that holds more of them, some are not told. */
export const MOST_TYPES = 200;
/** How many of the newest rows are asked for their type; few where a lock is held meanwhile. */
const TYPED_ROWS: Readonly<Record<ReadMode, number>> = {
  copy: 100_000,
  wal: 100_000,
  'shared-lock': 2000,
};

interface Read {
  table: EventsTable;
  reading: Reading;
  types: string[];
  traces: Omit<Traces, 'commit' | 'sizeBytes'>;
}

/** Remembers how far one table was read, and turns what is new into activities. */
export class TableReader {
  readonly #options: TableReaderOptions;
  #table: EventsTable | null = null;
  #cursor: Cursor | null = null;
  /** Shared by all that was read last. */
  #lastRead: LastRead | null = null;
  readonly #unseen: UnseenRows = new UnseenRows();
  readonly #log: LogIndex = new LogIndex();

  constructor(options: TableReaderOptions) {
    this.#options = options;
  }

  /** Reads the database at `path`; throws what stands against it, and then remembers what it did before. */
  read(path: string, moment: ReadMoment): TableReading {
    // Where nothing was written since, it is known for longer to have been so; where somebody was writing, for less long.
    if (this.#lastRead !== null && moment.previousMs !== null) this.#lastRead.untilMs = moment.previousMs;
    const lastRead = { untilMs: moment.nowMs };
    const { state, mode, result, isConsistent } = readDatabase(
      path,
      moment.patient,
      (opened) =>
        this.#readRows(opened, { mode: opened.mode, isThorough: moment.isThorough, lastRead }, moment),
      this.#log,
    );
    const { table, reading, types } = result;
    const isBaseline = this.#cursor === null && !moment.wasAbsent;
    const older = this.#changedRows(reading, table, moment);
    const own = reading.rows.map((row) => this.#toActivity(row, table, moment, isBaseline));
    // A row whose time nobody knows came no later than the file was last written.
    const isOld = isBaseline && state.writtenByMs < this.#sinceMs(moment);
    const activities = [
      ...(isOld ? own.filter(({ stampedAtMs }) => stampedAtMs !== null) : own),
      ...older.activities,
    ];
    this.#table = table;
    this.#cursor = reading.cursor;
    this.#lastRead = lastRead;
    const { commit, sizeBytes } = state;
    const traces = isConsistent ? { ...result.traces, commit, sizeBytes } : null;
    const isSame = isAsItWas(reading) && !moment.wasReplaced;
    const mayMiss = this.#unseen.take(traces, { isSame, wasWritten: moment.wasWritten });
    const { more, isWhole } = reading;
    const lost = reading.lost + older.untimed;
    const note = reading.note ?? (older.untimed === 0 ? null : untimedNote(older.untimed));
    return {
      state,
      mode,
      activities,
      types: [...types, ...activities.map(({ type }) => type)],
      columns: table.allColumns,
      more,
      lost,
      note,
      isWhole,
      mayMiss,
      isBehind: mode === 'wal' && this.#log.isBehind,
    };
  }

  /** Runs inside the database: changes nothing of our own, since what was read may have to be thrown away. */
  #readRows(opened: OpenDatabase, look: OlderLook, moment: ReadMoment): Read {
    const { connection } = opened;
    const known = moment.wasReplaced ? null : this.#table;
    const isCurrent = known?.settled === true && known.schemaVersion === readSchemaVersion(connection);
    const isTold = (this.#cursor?.remembered.size ?? 0) > 0;
    const table = isCurrent ? known : readTable(connection, this.#options.source, isTold ? known : null);
    const traces = readTraces(opened, table);
    const isFirst = this.#cursor === null;
    const types = isFirst ? readTypes(connection, table, TYPED_ROWS[look.mode], MOST_TYPES) : [];
    if (isFirst && !moment.wasAbsent) {
      const reading = readBaseline(connection, table, look, (heads) =>
        recentRows(heads, table, this.#sinceMs(moment)),
      );
      return { table, types, traces, reading };
    }
    const cursor = this.#cursor ?? emptyCursor(table);
    // Which ids another file has given out says nothing about this one.
    const start = moment.wasReplaced ? { ...cursor, sequence: null } : cursor;
    return { table, types, traces, reading: readNew(connection, table, look, start) };
  }

  /**
   * Older rows are not compared at each look. One whose stamp does not say when it became what it is may have done so long before this look, and
   * something else in between.
   */
  #changedRows(
    { changed }: Reading,
    table: EventsTable,
    moment: ReadMoment,
  ): { activities: EventActivity[]; untimed: number } {
    const { previousMs, firstLookMs } = moment;
    let untimed = 0;
    const activities = changed.map(({ row, before }) => {
      const activity = this.#toActivity(row, table, { ...moment, previousMs: before.untilMs }, false);
      const isTimed = activity.stampedAtMs !== null && !activity.stampDoubtful;
      if (!isTimed && before.untilMs < (previousMs ?? firstLookMs)) untimed += 1;
      return activity;
    });
    return { activities, untimed };
  }

  /** Rows from before that excuse nothing, and are no activities. */
  #sinceMs({ firstLookMs }: ReadMoment): number {
    return firstLookMs - this.#options.lookBackMs;
  }

  /**
   * Where the table could not be read at the first look, the rows found later are old or new by their stamp alone,
   * and new where there is none; the failure of the looks before is on record anyway.
   */
  #toActivity(row: EventRow, table: EventsTable, moment: ReadMoment, isBaseline: boolean): EventActivity {
    const { target, tickMs } = this.#options;
    const readAtMs = this.#options.nowMs();
    const { nowMs, firstLookMs, previousMs, silentUntilMs } = moment;
    const sighting = { readAtMs, silentUntilMs, graceMs: stampGraceMs(tickMs) };
    if (!isBaseline)
      return toEventActivity(row, table, target, {
        ...sighting,
        nowMs,
        previousMs: previousMs ?? firstLookMs,
      });
    const old = toEventActivity(row, table, target, { ...sighting, nowMs: firstLookMs, previousMs: null });
    const isOld = nowMs === firstLookMs || (old.stampedAtMs !== null && old.stampedAtMs < firstLookMs);
    return isOld ? old : toEventActivity(row, table, target, { ...sighting, nowMs, previousMs: firstLookMs });
  }
}

/** No row came, went or became another, of those that are compared. */
function isAsItWas({ rows, changed, areGone, lost }: Reading): boolean {
  return rows.length === 0 && changed.length === 0 && !areGone && lost === 0;
}

function untimedNote(rows: number): string {
  const which = rows === 1 ? 'an older row' : `${rows} older rows`;
  return `${which} came or became another some time between two looks at them, and nothing tells when`;
}
