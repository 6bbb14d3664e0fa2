import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Change, foundBetween, type Stamp, toldAt } from './change.ts';
import { Departures } from './departures.ts';
import { type Entry, readEntry, tryReadEntry, wasTouched, wasWritten } from './entry.ts';
import { EntryTree } from './entry-tree.ts';
import { FolderStamps } from './folder-stamps.ts';

export interface InventoryOptions {
  /** Real path of the watched folder. */
  root: string;
  mostEntries: number;
  /** Names that are the watchdog's own. */
  isOwn: (path: string) => boolean;
  onChange: (change: Change) => void;
  /** Something cannot be seen. */
  onFlaw: (reason: string) => void;
  /** A folder is new. `again`: there was another one of that name before. */
  onFolder: (path: string, again: boolean) => void;
}

/** As fs.watch calls it; null where it is not sure that it is about this name. */
export type FolderEvent = 'rename' | 'change' | null;

/**
 * What is in a folder and everything below it, kept up to date by events about single names and by comparing all of them.
 * A comparison finds whatever lasts, told or not: files by size and time stamp, names by their folder's listing, and
 * names that came and went by their folder's own time stamp. Links are not followed.
 */
export class Inventory {
  readonly #options: InventoryOptions;
  readonly #entries: EntryTree = new EntryTree();
  readonly #departures: Departures = new Departures();
  readonly #stamps: FolderStamps = new FolderStamps();
  /** Names that the comparison under way has looked at. */
  #seen: Set<string> = new Set();
  /** Of names of which inotify told since all were compared, when it did last. */
  readonly #toldMs: Map<string, number> = new Map();
  #isLoading = false;

  constructor(options: InventoryOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  get isFull(): boolean {
    return this.#entries.size >= this.#options.mostEntries;
  }

  /** Nothing waits for an event or for the next look. */
  get isSettled(): boolean {
    return !this.#stamps.hasSuspects && this.#departures.isEmpty;
  }

  has(path: string): boolean {
    return this.#entries.has(path);
  }

  isFolder(path: string): boolean {
    return this.#entries.get(path)?.kind === 'folder';
  }

  /** Takes down what is there, without calling it a change. */
  load(): void {
    this.#isLoading = true;
    this.compare(this.#options.root, 0, 0);
    this.#isLoading = false;
  }

  told(path: string, atMs: number, event: FolderEvent): void {
    if (this.has(path)) this.#toldMs.set(path, atMs);
    this.#visit(path, toldAt(atMs), event);
  }

  /** Compares a folder and everything below it with what is known; what is found happened between the two times. */
  compare(folder: string, sinceMs: number, nowMs: number): void {
    const stamp = foundBetween(sinceMs, nowMs);
    this.#seen = new Set();
    this.#stamps.beginComparison();
    const isKnown = this.isFolder(folder);
    this.#visit(folder, stamp, null);
    if (isKnown && this.isFolder(folder)) this.#walk(folder, stamp);
    for (const path of this.#entries.below(folder)) {
      if (!this.#seen.has(path)) this.#visit(path, stamp, null);
    }
    this.#stamps.endComparison(folder);
    if (folder === this.#options.root) this.#toldMs.clear();
  }

  /** To be called at each look before it compares: says what no event has explained since the look before. */
  settleSuspects(): void {
    for (const { folder, atMs } of this.#stamps.settle()) {
      if (!this.has(folder)) continue;
      this.#report('write', folder, atMs);
      this.#options.onFlaw(`something came and went in ${folder}, and inotify did not tell what`);
    }
  }

  /** To be called at each look after it has compared: says what has become of names that left. */
  settle(): void {
    for (const { op, path, atMs } of this.#departures.settle()) {
      this.#report(op, path, atMs);
      if (op === 'delete' && !this.has(path)) this.#deleteBelow(path, atMs);
    }
  }

  #walk(folder: string, stamp: Stamp): void {
    const known = this.#entries.get(folder);
    const before = tryReadEntry(folder);
    let names: string[];
    try {
      names = readdirSync(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#unreadable(folder, error);
      return;
    }
    for (const name of names) this.#walkName(join(folder, name), stamp);
    if (before?.identity !== known?.identity) return;
    if (before && before.modifiedNs !== known?.modifiedNs) {
      this.#stamps.found({ folder, atMs: stamp.at(before.modifiedNs) });
    }
    // After the listing: a name that came in between is found by the next one, and explains the time stamp then.
    const after = tryReadEntry(folder);
    if (after?.identity === known?.identity && after !== null) this.#entries.update(folder, after);
  }

  #walkName(path: string, stamp: Stamp): void {
    this.#seen.add(path);
    const isKnown = this.#entries.has(path);
    if (!isKnown && this.isFull && !this.#options.isOwn(path)) {
      this.#overflow();
      return;
    }
    const wasFolder = this.isFolder(path);
    this.#visit(path, stamp, null);
    if (wasFolder && this.isFolder(path)) this.#walk(path, stamp);
  }

  #visit(path: string, stamp: Stamp, event: FolderEvent): void {
    if (this.#options.isOwn(path)) return;
    let after: Entry | null;
    try {
      after = readEntry(path);
    } catch (error) {
      this.#unreadable(path, error);
      return;
    }
    const before = this.#entries.get(path);
    if (after === null) {
      this.#missing(path, before, stamp.at(null), event);
    } else if (before === undefined) {
      this.#arrive(path, after, stamp, { event, replaced: false });
    } else if (before.identity !== after.identity) {
      this.#leave(path, before, stamp.at(null), true);
      this.#arrive(path, after, stamp, { event, replaced: true });
    } else if (after.kind !== 'folder') {
      this.#entries.update(path, after);
      if (wasWritten(before, after)) this.#written(path, after, stamp);
      else if (wasTouched(before, after)) this.#touched(path);
    }
  }

  #missing(path: string, before: Entry | undefined, atMs: number, event: FolderEvent): void {
    if (before !== undefined) {
      this.#leave(path, before, atMs, event === 'rename');
    } else if (event !== null) {
      this.#stamps.explain(dirname(path));
      this.#departures.pass(path, atMs, event);
    } else if (path.includes('\uFFFD')) {
      this.#options.onFlaw(`${path} is not UTF-8 and cannot be looked at`);
    }
  }

  #leave(path: string, before: Entry, atMs: number, told: boolean): void {
    this.#entries.delete(path);
    this.#stamps.explain(dirname(path));
    this.#departures.leave(path, before.identity, atMs, told);
  }

  #arrive(
    path: string,
    after: Entry,
    stamp: Stamp,
    { event, replaced }: { event: FolderEvent; replaced: boolean },
  ): void {
    const atMs = stamp.at(after.changedNs);
    const folder = dirname(path);
    const again = this.#departures.has(path);
    this.#stamps.explain(folder);
    const source = this.#sourceOf(path, after, atMs);
    const passing = source === null && replaced ? this.#departures.claimPassing(folder) : null;
    const wasMoved = source !== null || passing !== null;
    if (passing !== null) this.#report('create', passing.path, passing.atMs);
    if (replaced && wasMoved) this.#departures.excuse(path);
    if (replaced) this.#deleteBelow(path, atMs);
    if (this.isFull) {
      this.#overflow();
      if (event !== null) this.#report(event === 'change' ? 'write' : 'create', path, atMs);
      return;
    }
    this.#entries.add(path, after);
    this.#report(wasMoved ? 'rename' : 'create', path, atMs);
    if (after.kind !== 'folder') return;
    // Where another folder bears the old name by now, what is below that name belongs to it.
    if (source !== null && !this.has(source)) this.#entries.moveBelow(source, path);
    if (!this.#isLoading) this.#options.onFolder(path, again);
    this.#walk(path, stamp);
  }

  /** Where a file was before; null for a new one, and for a further link to one that is still there. */
  #sourceOf(path: string, { identity }: Entry, atMs: number): string | null {
    const left = this.#departures.claim(identity);
    if (left !== null) return left;
    const known = this.#entries.pathOf(identity);
    const entry = known === undefined ? undefined : this.#entries.get(known);
    if (known === undefined || known === path || entry?.identity !== identity) return null;
    if (tryReadEntry(known)?.identity === identity) return null;
    this.#leave(known, entry, atMs, false);
    return this.#departures.claim(identity);
  }

  #deleteBelow(folder: string, atMs: number): void {
    for (const path of this.#entries.below(folder)) {
      this.#entries.delete(path);
      this.#report('delete', path, atMs);
    }
  }

  #report(op: Change['op'], path: string, atMs: number, since: Pick<Change, 'sinceMs'> = {}): void {
    if (!this.#isLoading) this.#options.onChange({ op, path, atMs, ...since });
  }

  /** Nobody tells of writes through a memory mapping, nor of those by a name of the file that is not in the folder. */
  #written(path: string, { modifiedNs }: Entry, stamp: Stamp): void {
    const atMs = stamp.at(modifiedNs);
    if (stamp.sinceMs === null) return this.#report('write', path, atMs);
    // The kernel's stamps are coarser than the time at which it told of the write before.
    const sinceMs = Math.min(atMs, Math.max(stamp.sinceMs, this.#toldMs.get(path) ?? 0));
    this.#report('write', path, atMs, { sinceMs });
  }

  #touched(path: string): void {
    this.#options.onFlaw(
      `${path} was touched, and whether it was written cannot be told: its time stamp was set back, or another attribute set`,
    );
  }

  #overflow(): void {
    const { root, mostEntries, onFlaw } = this.#options;
    onFlaw(`${root} holds more than ${mostEntries} files and folders; the others are not watched`);
  }

  #unreadable(path: string, error: unknown): void {
    this.#options.onFlaw(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'error'}`);
  }
}
