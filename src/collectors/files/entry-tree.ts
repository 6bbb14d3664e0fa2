import { dirname } from 'node:path';
import type { Entry } from './entry.ts';

/**
 * The entries that are known, by path and by folder: what lies below a folder is found without a look at all the others. A folder
 * can be gone while what was below it is still here.
 */
export class EntryTree {
  readonly #entries: Map<string, Entry> = new Map();
  /** By folder, the names in it that are known or have something known below them. */
  readonly #names: Map<string, Set<string>> = new Map();
  /** Where an identity was last found. */
  readonly #paths: Map<string, string> = new Map();

  get size(): number {
    return this.#entries.size;
  }

  get(path: string): Entry | undefined {
    return this.#entries.get(path);
  }

  has(path: string): boolean {
    return this.#entries.has(path);
  }

  /** The path at which an identity was added last, as long as it is known there. */
  pathOf(identity: string): string | undefined {
    return this.#paths.get(identity);
  }

  add(path: string, entry: Entry): void {
    this.#entries.set(path, entry);
    this.#paths.set(entry.identity, path);
    this.#link(path);
  }

  /** The same file has changed. */
  update(path: string, entry: Entry): void {
    this.#entries.set(path, entry);
    this.#link(path);
  }

  delete(path: string): void {
    const entry = this.#entries.get(path);
    if (entry === undefined) return;
    this.#entries.delete(path);
    if (this.#paths.get(entry.identity) === path) this.#paths.delete(entry.identity);
    this.#unlink(path);
  }

  /** All paths below a folder, that of a folder before those in it. */
  below(folder: string): string[] {
    return this.#collect(folder, []);
  }

  /** A folder bears another name: what is below it keeps being what it is. */
  moveBelow(source: string, target: string): void {
    for (const path of this.below(source)) {
      const entry = this.#entries.get(path);
      if (entry === undefined) continue;
      this.delete(path);
      this.add(target + path.slice(source.length), entry);
    }
  }

  #collect(folder: string, found: string[]): string[] {
    for (const path of this.#names.get(folder) ?? []) {
      if (this.#entries.has(path)) found.push(path);
      this.#collect(path, found);
    }
    return found;
  }

  #link(path: string): void {
    const folder = dirname(path);
    if (folder === path) return;
    const names = this.#names.get(folder);
    if (names?.has(path) === true) return;
    if (names === undefined) this.#names.set(folder, new Set([path]));
    else names.add(path);
    this.#link(folder);
  }

  #unlink(path: string): void {
    const folder = dirname(path);
    if (folder === path || this.#entries.has(path) || this.#names.has(path)) return;
    const names = this.#names.get(folder);
    names?.delete(path);
    if (names?.size === 0) this.#names.delete(folder);
    this.#unlink(folder);
  }
}
