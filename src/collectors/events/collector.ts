import { realpathSync } from 'node:fs';
import type { EventActivity } from '../../model/activity.ts';
import type { Availability, Collector, Failure, Look, Observations } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { EventsSource } from '../../model/target.ts';
import type { Procfs } from '../../os/procfs.ts';
import { describeProblem } from '../file-problems.ts';
import { COPIED_BYTES, readDatabase, Unsettled } from './database.ts';
import { ExclusiveLock } from './exclusive-lock.ts';
import { type FileState, readFileState } from './file-state.ts';
import { findDatabaseHolders } from './held-database.ts';
import { HiddenRows, processesOf } from './hidden-rows.ts';
import { DistinctTexts } from '../distinct-texts.ts';
import { EventsReport } from './report.ts';
import { readTable } from './table.ts';
import { MOST_TYPES, TableReader, type TableReading } from './table-reader.ts';
import { DatabaseWatcher } from './watcher.ts';
import { findWriteLock } from './write-lock.ts';

export interface EventsCollectorOptions {
  target: string;
  source: EventsSource;
  procfs: Procfs;
  tickMs: number;
  /** The run's clock, on which looks are stamped. */
  nowMs: () => number;
  /** Rows of that long before the first look are activities too: `unless` may rest on them. */
  lookBackMs: number;
}

export interface EventsCollector extends Collector {
  /** Distinct types that the table holds or has held, at most 200. */
  eventTypes(): string[];
  /** All columns that the table has or has had, at most 2000; none where it could never be read. */
  columns(): string[];
}

const POLL_MS = 30_000;
const UNCOMPARED =
  'its database was written to, and the table has more older rows than can be compared, so one of them may have become another, or come among them';
const MOST_COLUMNS = 2000;

/**
 * Reads the app's own events table: each row that appears is an activity. Tier `counter`: rows stay, so nothing is
 * lost between two looks but what the app deletes again, which is reported as far as it can be known. An UPDATE is
 * seen where it changes type or time: of one of the newest 2000 rows at each look, of an older one some looks later, and at the next
 * full look at the latest, but for the oldest of more than a million and for a large file that is read under a lock; see dueBlocks. Rows that were there at the first look and are
 * younger than `lookBackMs` are activities with `firstSeenAtMs` = their own stamp (at most the first look's time).
 */
export function createEventsCollector(options: EventsCollectorOptions): EventsCollector {
  return new SqliteEvents(options);
}

class SqliteEvents implements EventsCollector {
  readonly name = 'events';
  readonly #options: EventsCollectorOptions;
  readonly #reader: TableReader;
  readonly #report: EventsReport = new EventsReport();
  readonly #types: DistinctTexts = new DistinctTexts(MOST_TYPES);
  readonly #columns: DistinctTexts = new DistinctTexts(MOST_COLUMNS);
  readonly #lock: ExclusiveLock;
  readonly #hidden: HiddenRows;
  #watcher: DatabaseWatcher | null = null;
  #path: string;
  #state: FileState | null = null;
  #firstLookMs: number | null = null;
  #previousMs: number | null = null;
  #checkedAtMs = Number.NEGATIVE_INFINITY;
  #wake: () => void = () => {};
  #wasAbsent = false;
  #failing = false;
  #more = false;
  /** The file as it was when the older rows of the table were last to be compared, all of them. */
  #comparedSignature: string | null = null;
  #isUncompared = false;
  /** Large and without a write-ahead log: each read takes a lock for a moment, so reads are kept rare. */
  #readsUnderLock = false;
  #unsettledLooks = 0;

  constructor(options: EventsCollectorOptions) {
    this.#options = options;
    this.#path = options.source.sqlite;
    this.#reader = new TableReader(options);
    const { procfs, target, source } = options;
    this.#lock = new ExclusiveLock(procfs);
    const hidden = { procfs, target, file: source.sqlite, lock: this.#lock, report: this.#report };
    this.#hidden = new HiddenRows(hidden);
  }

  /** Never `unavailable`: a file that is missing or locked now can be there at a later look. */
  probe(processes: readonly WatchedProcess[]): Availability {
    const { source, procfs, target } = this.#options;
    try {
      const path = realpathSync(source.sqlite);
      const { state } = readDatabase(path, true, (connection) => readTable(connection, source));
      const { problem, note } = findDatabaseHolders(procfs, processesOf(processes, target), path, state);
      return { status: problem === null ? 'ok' : 'partial', tier: 'counter', reason: problem ?? note };
    } catch (error) {
      return {
        status: 'partial',
        tier: 'counter',
        reason: describeProblem(error, source.sqlite).message,
      };
    }
  }

  sample(look: Look): Observations {
    if (!look.full && look.nowMs < this.dueAtMs()) return {};
    const silentUntilMs = this.#silentUntilMs(look);
    this.#watcher?.clean();
    this.#firstLookMs ??= look.nowMs;
    this.#checkedAtMs = look.nowMs;
    let activities: readonly EventActivity[] = [];
    let reasons: string[];
    try {
      const before = this.#state;
      activities = this.#read(look, silentUntilMs);
      const isNew = before?.inode !== this.#state?.inode;
      reasons = this.#hidden.reasons({
        look,
        path: this.#path,
        state: this.#state,
        isNew,
        takeMoved: () => this.#watcher?.takeMoved() === true,
        isDoubtful: this.#failing,
      });
    } catch (error) {
      reasons = this.#failed(error, look);
    }
    this.#failing = reasons.length > 0;
    for (const reason of reasons) this.#report.flaw(reason);
    if (this.#isUncompared) reasons.push(UNCOMPARED);
    this.#isUncompared = false;
    const failures: Failure[] = reasons.map((reason) => ({ target: this.#options.target, reason }));
    return { activities, failures };
  }

  /** A quiet database costs nothing at most looks: the watcher is silent, and the slow poll is not due. */
  dueAtMs(): number {
    const isNew = (this.#watcher?.isDirty ?? true) || this.#isUnfinished() || this.#state?.fresh !== false;
    return isNew && !this.#readsUnderLock ? 0 : this.#checkedAtMs + POLL_MS;
  }

  onNews(wake: () => void): void {
    this.#wake = wake;
  }

  pending(): boolean {
    if (this.#more || this.#unsettledLooks > 0) return true;
    try {
      const lock = findWriteLock(this.#options.procfs, this.#path);
      if (lock !== undefined) return lock !== null;
      this.#report.writeLocksHidden();
      return readFileState(this.#path).journalHot;
    } catch {
      return false;
    }
  }

  report(): Availability & { lost: number } {
    return this.#report.summary();
  }

  stop(): Availability & { lost: number } {
    this.#watcher?.close();
    this.#watcher = null;
    return this.report();
  }

  eventTypes(): string[] {
    return this.#types.all;
  }

  columns(): string[] {
    return this.#columns.all;
  }

  #isUnfinished(): boolean {
    return this.#failing || this.#more || this.#unsettledLooks > 0 || this.#lock.isMet;
  }

  /** A database that is hidden for a while, or half read, is not silent. */
  #silentUntilMs(look: Look): number | null {
    if (this.#watcher === null || this.#isUnfinished()) return null;
    // Under a lock it is not read at each look: what it held at the look before is not known where nobody listens.
    if (!this.#watcher.isReliable) return this.#checkedAtMs;
    return this.#watcher.changedAtMs ?? look.previousMs;
  }

  #read(look: Look, silentUntilMs: number | null): readonly EventActivity[] {
    const path = realpathSync(this.#options.source.sqlite);
    const known = this.#state;
    const state = readFileState(path);
    const isSame =
      known !== null && !known.fresh && known.signature === state.signature && path === this.#path;
    if (isSame && !look.full && !this.#isUnfinished()) {
      this.#previousMs = look.nowMs;
      return [];
    }
    const isOther = known !== null && (known.inode !== state.inode || known.device !== state.device);
    const wasReplaced = isOther || (known !== null && this.#wasAbsent);
    const { unlockedAtMs } = this.#lock;
    const isWritten = this.#previousMs !== null && unlockedAtMs < this.#previousMs;
    const reading = this.#reader.read(path, {
      nowMs: look.nowMs,
      firstLookMs: this.#firstLookMs ?? look.nowMs,
      previousMs: isWritten ? unlockedAtMs : this.#previousMs,
      // Another file was not listened to while it was written.
      silentUntilMs: isWritten || wasReplaced ? null : silentUntilMs,
      wasAbsent: this.#wasAbsent,
      wasReplaced,
      patient: look.full || this.#unsettledLooks > 0,
      isThorough: look.full || wasReplaced,
    });
    if (look.full) this.#compared(reading);
    this.#watch(path);
    if (wasReplaced) {
      this.#report.flaw(
        `${path} was replaced; rows of the new file count unless they were known from the old one`,
      );
    }
    this.#report.wasRead(reading.lost, reading.note);
    this.#path = path;
    this.#state = reading.state;
    this.#wasAbsent = false;
    this.#unsettledLooks = 0;
    this.#more = reading.more;
    this.#readsUnderLock = reading.mode === 'shared-lock' && reading.state.sizeBytes > COPIED_BYTES;
    if (!reading.more) this.#previousMs = look.nowMs;
    for (const type of reading.types) this.#types.add(type);
    for (const column of reading.columns) this.#columns.add(column);
    return reading.activities;
  }

  /** What was written since the last time may have been written into older rows. */
  #compared({ state: { signature }, isWhole }: TableReading): void {
    const before = this.#comparedSignature;
    this.#isUncompared = !isWhole && before !== null && before !== signature;
    this.#comparedSignature = signature;
  }

  #watch(path: string): void {
    if (this.#watcher?.path === path) return;
    this.#watcher?.close();
    this.#watcher = new DatabaseWatcher(path, this.#options.nowMs, () => this.#wake());
  }

  /** A transaction in flight is no failure unless it lasts: its rows are read when it has ended. */
  #failed(error: unknown, look: Look): string[] {
    const problem = describeProblem(error, this.#options.source.sqlite);
    this.#hidden.forget();
    if (problem.absent) {
      this.#wasAbsent = true;
      this.#previousMs = look.nowMs;
    }
    this.#unsettledLooks = problem instanceof Unsettled ? this.#unsettledLooks + 1 : 0;
    return this.#unsettledLooks === 1 && !look.full ? [] : [problem.message];
  }
}
