import { realpathSync } from 'node:fs';
import type { EventActivity } from '../../model/activity.ts';
import type { Failure, Look } from '../../model/collector.ts';
import { DistinctTexts } from '../distinct-texts.ts';
import { describeProblem } from '../file-problems.ts';
import { COPIED_BYTES, Unsettled } from './database.ts';
import type { ExclusiveLock } from './exclusive-lock.ts';
import { type FileState, readFileState } from './file-state.ts';
import type { EventsReport } from './report.ts';
import { MOST_TYPES, TableReader, type TableReaderOptions, type TableReading } from './table-reader.ts';

const MOST_COLUMNS = 2000;
/** A commit, also on a slow disk or a busy host: whoever writes for longer holds something back. */
const COMMIT_MS = 1500;

const UNCOMPARED =
  'its database was written to, and the table has more older rows than can be compared, so one of them may have become another, or come among them';
const UNSEEN =
  'its database was written to, and the rows of the table are what they were before: some may have come and gone between two looks, or been others meanwhile';

/** What a reading leaves open; without `sinceMs` of the time since the look before. */
type Doubt = Omit<Failure, 'target'>;

/** What the collector knows about the database before it is read. */
interface BeforeRead {
  /** See Sighting. */
  silentUntilMs: number | null;
  /** Whether it is to be read although its file looks as it did. */
  isDoubtful: boolean;
}

/** A database from look to look: which file it is, whether it was there, and how much of it is read. */
export class FollowedDatabase {
  readonly #options: TableReaderOptions;
  readonly #lock: ExclusiveLock;
  readonly #report: EventsReport;
  readonly #reader: TableReader;
  readonly #types: DistinctTexts = new DistinctTexts(MOST_TYPES);
  readonly #columns: DistinctTexts = new DistinctTexts(MOST_COLUMNS);
  #path: string;
  #state: FileState | null = null;
  #firstLookMs: number | null = null;
  #previousMs: number | null = null;
  #wasAbsent = false;
  #more = false;
  /** See TableReading. */
  #isBehind = false;
  /** When it could first not be read since somebody was writing; null: at the last look nobody was. */
  #unsettledSinceMs: number | null = null;
  #readsUnderLock = false;
  /** The file as it was when the older rows of the table were last to be compared, all of them. */
  #comparedSignature: string | null = null;
  #doubts: Doubt[] = [];

  constructor(options: TableReaderOptions, lock: ExclusiveLock, report: EventsReport) {
    this.#options = options;
    this.#lock = lock;
    this.#report = report;
    this.#reader = new TableReader(options);
    this.#path = options.source.sqlite;
  }

  /** With all links resolved, as of the last reading. */
  get path(): string {
    return this.#path;
  }

  /** As of the last reading; null: it could never be read. */
  get state(): FileState | null {
    return this.#state;
  }

  /** There were more rows than one reading takes, or a transaction was in flight. */
  get isHalfRead(): boolean {
    return this.#more || this.#unsettledSinceMs !== null;
  }

  /** Large and without a write-ahead log: each read takes a lock for a moment, so reads are to be kept rare. One that failed is to be made good. */
  get readsUnderLock(): boolean {
    return this.#readsUnderLock && this.#unsettledSinceMs === null;
  }

  get types(): string[] {
    return this.#types.all;
  }

  get columns(): string[] {
    return this.#columns.all;
  }

  /** Rows that have come since the look before. Throws what stands against it; then `failed` is to be told. */
  read(look: Look, { silentUntilMs, isDoubtful }: BeforeRead): readonly EventActivity[] {
    this.#firstLookMs ??= look.nowMs;
    const path = realpathSync(this.#options.source.sqlite);
    const known = this.#state;
    const state = readFileState(path);
    const isSame =
      known !== null && !known.fresh && known.signature === state.signature && path === this.#path;
    if (isSame && !look.full && !isDoubtful && !this.#isBehind) {
      this.#previousMs = look.nowMs;
      return [];
    }
    const isOther = known !== null && (known.inode !== state.inode || known.device !== state.device);
    const wasReplaced = isOther || (known !== null && this.#wasAbsent);
    const { unlockedAtMs } = this.#lock;
    const wasWriting = this.#previousMs !== null && unlockedAtMs < this.#previousMs;
    const reading = this.#reader.read(path, {
      nowMs: look.nowMs,
      firstLookMs: this.#firstLookMs,
      previousMs: wasWriting ? unlockedAtMs : this.#previousMs,
      // Another file was not listened to while it was written.
      silentUntilMs: wasWriting || wasReplaced ? null : silentUntilMs,
      wasAbsent: this.#wasAbsent,
      wasReplaced,
      wasWritten: !isSame,
      patient: look.full || this.#unsettledSinceMs !== null,
      isThorough: look.full || wasReplaced,
    });
    if (wasReplaced) {
      this.#report.flaw(
        `${path} was replaced; rows of the new file count unless they were known from the old one`,
      );
    }
    // It is not read at each look, and what is doubted came since it was.
    const sinceMs = silentUntilMs ?? this.#previousMs;
    if (reading.mayMiss) this.#doubts.push({ reason: UNSEEN, ...(sinceMs === null ? {} : { sinceMs }) });
    this.#wasRead(path, reading, look);
    return reading.activities;
  }

  /** Returns why it could not be read; none for a transaction in flight, unless it lasts: its rows are read when it has ended. */
  failed(error: unknown, look: Look): string[] {
    const problem = describeProblem(error, this.#options.source.sqlite);
    if (problem.absent) {
      this.#wasAbsent = true;
      this.#previousMs = look.nowMs;
    }
    this.#unsettledSinceMs = problem instanceof Unsettled ? (this.#unsettledSinceMs ?? look.nowMs) : null;
    const mayEnd = this.#unsettledSinceMs !== null && look.nowMs - this.#unsettledSinceMs < COMMIT_MS;
    return mayEnd && !look.full ? [] : [problem.message];
  }

  /** What the readings since the last call leave open, although they did not fail. */
  takeDoubts(): Doubt[] {
    return this.#doubts.splice(0);
  }

  #wasRead(path: string, reading: TableReading, look: Look): void {
    if (look.full) this.#compared(reading);
    this.#report.wasRead(reading.lost, reading.note);
    this.#path = path;
    this.#state = reading.state;
    this.#wasAbsent = false;
    this.#unsettledSinceMs = null;
    this.#more = reading.more;
    this.#isBehind = reading.isBehind;
    this.#readsUnderLock = reading.mode === 'shared-lock' && reading.state.sizeBytes > COPIED_BYTES;
    if (!reading.more) this.#previousMs = look.nowMs;
    for (const type of reading.types) this.#types.add(type);
    for (const column of reading.columns) this.#columns.add(column);
  }

  /** What was written since the last time may have been written into older rows. */
  #compared({ state: { signature }, isWhole }: TableReading): void {
    const before = this.#comparedSignature;
    if (!isWhole && before !== null && before !== signature) this.#doubts.push({ reason: UNCOMPARED });
    this.#comparedSignature = signature;
  }
}
