import { realpathSync } from 'node:fs';
import type { EventActivity } from '../../model/activity.ts';
import type { Availability, Collector, Failure, Look, Observations } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { Procfs } from '../../os/procfs.ts';
import { describeProblem } from '../file-problems.ts';
import { readDatabase } from './database.ts';
import { ExclusiveLock } from './exclusive-lock.ts';
import { readFileState } from './file-state.ts';
import { FollowedDatabase } from './followed-database.ts';
import { findDatabaseHolders } from './held-database.ts';
import { HiddenRows, processesOf } from './hidden-rows.ts';
import { EventsReport } from './report.ts';
import { readTable } from './table.ts';
import type { TableReaderOptions } from './table-reader.ts';
import { DatabaseWatcher } from './watcher.ts';
import { findWriteLock } from './write-lock.ts';

export interface EventsCollectorOptions extends TableReaderOptions {
  procfs: Procfs;
}

export interface EventsCollector extends Collector {
  /** Distinct types that the table holds or has held, at most 200. */
  eventTypes(): string[];
  /** All columns that the table has or has had, at most 2000; none where it could never be read. */
  columns(): string[];
}

const POLL_MS = 30_000;

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
  readonly #report: EventsReport = new EventsReport();
  readonly #lock: ExclusiveLock;
  readonly #database: FollowedDatabase;
  readonly #hidden: HiddenRows;
  #watcher: DatabaseWatcher | null = null;
  #checkedAtMs = Number.NEGATIVE_INFINITY;
  #wake: () => void = () => {};
  #failing = false;

  constructor(options: EventsCollectorOptions) {
    this.#options = options;
    const { procfs, target, source } = options;
    this.#lock = new ExclusiveLock(procfs);
    this.#database = new FollowedDatabase(options, this.#lock, this.#report);
    const hidden = { procfs, target, file: source.sqlite, lock: this.#lock, report: this.#report };
    this.#hidden = new HiddenRows(hidden);
  }

  /** Never `unavailable`: a file that is missing or locked now can be there at a later look. */
  probe(processes: readonly WatchedProcess[]): Availability {
    const { source, procfs, target } = this.#options;
    try {
      const path = realpathSync(source.sqlite);
      const { state } = readDatabase(path, true, ({ connection }) => readTable(connection, source));
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
    this.#checkedAtMs = look.nowMs;
    let activities: readonly EventActivity[] = [];
    let reasons: string[];
    try {
      const before = this.#database.state;
      activities = this.#database.read(look, { silentUntilMs, isDoubtful: this.#isUnfinished() });
      const { path, state } = this.#database;
      this.#watch(path);
      reasons = this.#hidden.reasons({
        look,
        path,
        state,
        isNew: before?.inode !== state?.inode,
        takeMoved: () => this.#watcher?.takeMoved() === true,
        isDoubtful: this.#failing,
      });
    } catch (error) {
      this.#hidden.forget();
      reasons = this.#database.failed(error, look);
    }
    this.#failing = reasons.length > 0;
    for (const reason of reasons) this.#report.flaw(reason);
    const { target } = this.#options;
    const problems = [...reasons.map((reason) => ({ reason })), ...this.#database.takeDoubts()];
    const failures: Failure[] = problems.map((problem) => ({ target, ...problem }));
    return { activities, failures };
  }

  /** A quiet database costs nothing at most looks: the watcher is silent, and the slow poll is not due. */
  dueAtMs(): number {
    const isNew =
      (this.#watcher?.isDirty ?? true) || this.#isUnfinished() || this.#database.state?.fresh !== false;
    return isNew && !this.#database.readsUnderLock ? 0 : this.#checkedAtMs + POLL_MS;
  }

  onNews(wake: () => void): void {
    this.#wake = wake;
  }

  pending(): boolean {
    if (this.#database.isHalfRead) return true;
    try {
      const lock = findWriteLock(this.#options.procfs, this.#database.path);
      if (lock !== undefined) return lock !== null;
      this.#report.writeLocksHidden();
      return readFileState(this.#database.path).journalHot;
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
    return this.#database.types;
  }

  columns(): string[] {
    return this.#database.columns;
  }

  #isUnfinished(): boolean {
    return this.#failing || this.#database.isHalfRead || this.#lock.isMet;
  }

  /** A database that is hidden for a while, or half read, is not silent. */
  #silentUntilMs(look: Look): number | null {
    if (this.#watcher === null || this.#isUnfinished()) return null;
    // Under a lock it is not read at each look: what it held at the look before is not known where nobody listens.
    if (!this.#watcher.isReliable) return this.#checkedAtMs;
    return this.#watcher.changedAtMs ?? look.previousMs;
  }

  #watch(path: string): void {
    if (this.#watcher?.path === path) return;
    this.#watcher?.close();
    this.#watcher = new DatabaseWatcher(path, this.#options.nowMs, () => this.#wake());
  }
}
