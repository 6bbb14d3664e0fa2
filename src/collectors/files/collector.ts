import type { Availability, Collector, Failure, Look, Observations } from '../../model/collector.ts';
import { DistinctTexts } from '../distinct-texts.ts';
import { EventBurst } from './event-burst.ts';
import { FileActivities } from './file-activities.ts';
import { isInside } from './folders.ts';
import { FolderWatcher } from './folder-watcher.ts';
import { Inventory } from './inventory.ts';

export interface FilesCollectorOptions {
  target: string;
  /** Real path of the folder. */
  folder: string;
  /** Real path of the run's own folder, if there is one: what is written there is the watchdog's doing. */
  ownFolder: string | null;
  /** The run's clock, on which looks are stamped. */
  nowMs: () => number;
  mostEntries?: number;
}

const MOST_ENTRIES = 10_000;
const MOST_FLAWS = 5;
/** Where inotify does not tell of everything. */
const COMPARE_EVERY_MS = 5_000;
/** Looks at which a new folder is compared again, until chokidar has its watch on it. */
const NEW_FOLDER_LOOKS = 2;

/**
 * Watches what is written in a folder that the user named: names made, deleted and renamed, and files written, by whomever.
 * Tier `counter`: events give the time, and a comparison at every full look finds whatever they did not tell, by size,
 * time stamps and listings; see Inventory. What is written to one file between two looks is one write, and what a new
 * file is filled with at once belongs to its `create`. A file rewritten with the size and the time stamp that it had is a flaw. Not
 * seen: what is written through a memory mapping until the file system moves the time stamp.
 */
export function createFilesCollector(options: FilesCollectorOptions): Collector {
  return new FolderCollector(options);
}

class FolderCollector implements Collector {
  readonly name = 'files';
  readonly #options: FilesCollectorOptions;
  readonly #inventory: Inventory;
  readonly #flaws: DistinctTexts = new DistinctTexts(MOST_FLAWS);
  readonly #activities: FileActivities;
  readonly #burst: EventBurst;
  #watcher: FolderWatcher | null = null;
  #wake: () => void = () => {};
  #comparedAtMs: number | null = null;
  /** Something to compare in full at the next look: chokidar has become ready, or a folder has another of its name as heir. */
  #isDue = false;
  /** New folders, and how many more looks they are compared at. */
  readonly #newFolders: Map<string, number> = new Map();
  #watchError: string | null = null;
  #isGone = false;

  constructor(options: FilesCollectorOptions) {
    this.#options = options;
    const { folder, ownFolder, mostEntries = MOST_ENTRIES } = options;
    this.#activities = new FileActivities(options.target);
    this.#burst = new EventBurst(() =>
      this.#flaws.add(`so much happened in ${folder} at once that inotify may not have told all of it`),
    );
    this.#inventory = new Inventory({
      root: folder,
      mostEntries,
      isOwn: ownIn(ownFolder),
      onChange: (change) => this.#activities.add(change),
      onFlaw: (reason) => this.#flaws.add(reason),
      onFolder: (path, again) => {
        this.#newFolders.set(path, NEW_FOLDER_LOOKS);
        // chokidar takes a folder that was made anew under the same name for the old one.
        if (again) this.#watch();
      },
    });
  }

  probe(): Availability {
    const flaws = new DistinctTexts(MOST_FLAWS);
    const { folder, ownFolder, mostEntries = MOST_ENTRIES } = this.#options;
    new Inventory({
      root: folder,
      mostEntries,
      isOwn: ownIn(ownFolder),
      onChange: () => {},
      onFlaw: (reason) => flaws.add(reason),
      onFolder: () => {},
    }).load();
    const reason = flaws.all.length === 0 ? null : flaws.all.join('; ');
    return { status: reason === null ? 'ok' : 'partial', tier: 'counter', reason };
  }

  sample(look: Look): Observations {
    const { folder } = this.#options;
    if (this.#comparedAtMs === null) {
      this.#inventory.load();
      this.#comparedAtMs = look.nowMs;
      this.#watch();
      return { failures: this.#failures() };
    }
    if (!look.full && look.nowMs < this.dueAtMs()) return {};
    this.#inventory.settleSuspects();
    if (look.full || this.#isDue || this.#isGone || this.#isComparisonDue(look.nowMs)) {
      this.#isDue = false;
      this.#inventory.compare(folder, this.#comparedAtMs, look.nowMs);
      this.#comparedAtMs = look.nowMs;
    } else {
      for (const path of this.#newFolders.keys()) {
        this.#inventory.compare(path, this.#comparedAtMs, look.nowMs);
      }
    }
    this.#ageNewFolders();
    this.#inventory.settle();
    return { activities: this.#activities.take(), failures: this.#failures() };
  }

  /** A quiet folder costs nothing at a look. */
  dueAtMs(): number {
    const isUnfinished =
      this.#comparedAtMs === null ||
      !this.#activities.isEmpty ||
      this.#newFolders.size > 0 ||
      this.#isDue ||
      this.#isGone ||
      !this.#inventory.isSettled;
    if (isUnfinished) return 0;
    return this.#watchError === null
      ? Number.POSITIVE_INFINITY
      : (this.#comparedAtMs ?? 0) + COMPARE_EVERY_MS;
  }

  onNews(wake: () => void): void {
    this.#wake = wake;
  }

  stop(): Availability & { lost: number } {
    this.#watcher?.close();
    this.#watcher = null;
    return this.report();
  }

  report(): Availability & { lost: number } {
    const isBlind = this.#comparedAtMs === null;
    const flaws = this.#flaws.all;
    const reasons = [...flaws];
    if (isBlind) reasons.push('it was never looked at');
    if (this.#watchError !== null) {
      reasons.push(`compared every ${COMPARE_EVERY_MS / 1000} s, since ${this.#watchError}`);
    }
    return {
      status: isBlind ? 'unavailable' : flaws.length > 0 ? 'partial' : 'ok',
      tier: 'counter',
      reason: reasons.length === 0 ? null : reasons.join('; '),
      lost: this.#activities.lost,
    };
  }

  #watch(): void {
    this.#watcher?.close();
    const { folder, ownFolder, nowMs } = this.#options;
    const isOwn = ownIn(ownFolder);
    this.#watcher = new FolderWatcher(folder, {
      isIgnored: (path) => isOwn(path) || (this.#inventory.isFull && !this.#inventory.has(path)),
      onReady: () => {
        this.#isDue = true;
        this.#wake();
      },
      onEvent: (path, event, parent) => {
        this.#burst.count();
        this.#inventory.told(path, nowMs(), this.#inventory.isFolder(parent) ? event : null);
        if (this.dueAtMs() === 0) this.#wake();
      },
      onError: (reason) => {
        this.#watchError ??= reason;
        this.#wake();
      },
    });
  }

  #isComparisonDue(nowMs: number): boolean {
    return this.#watchError !== null && nowMs >= (this.#comparedAtMs ?? 0) + COMPARE_EVERY_MS;
  }

  #ageNewFolders(): void {
    for (const [path, looks] of this.#newFolders) {
      if (looks <= 1 || !this.#inventory.isFolder(path)) this.#newFolders.delete(path);
      else this.#newFolders.set(path, looks - 1);
    }
  }

  /** A folder that is gone is watched again when it is back; what happens until then is not known. */
  #failures(): Failure[] {
    const wasGone = this.#isGone;
    const { folder, target } = this.#options;
    this.#isGone = !this.#inventory.isFolder(folder);
    if (wasGone && !this.#isGone) this.#watch();
    return wasGone || this.#isGone ? [{ target, reason: `${folder} was not there` }] : [];
  }
}

function ownIn(ownFolder: string | null): (path: string) => boolean {
  return (path) => ownFolder !== null && isInside(ownFolder, path);
}
