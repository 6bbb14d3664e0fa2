import { dirname } from 'node:path';
import type { Change } from './change.ts';

interface Departure {
  identity: string;
  atMs: number;
  /** Its own event has come: one more about the same name tells of another file, that came and went. */
  told: boolean;
  /** Nothing more is to be said of it. */
  settled: boolean;
}

/**
 * Names that are no longer there. Whether a file was deleted or moved is known only when all events of the moment have
 * come; until then the names wait here, as do those that nobody has ever found: they came and went between two events.
 */
export class Departures {
  readonly #departed: Map<string, Departure> = new Map();
  readonly #byIdentity: Map<string, string> = new Map();
  readonly #passing: Map<string, number> = new Map();

  get isEmpty(): boolean {
    return this.#departed.size === 0 && this.#passing.size === 0;
  }

  has(path: string): boolean {
    return this.#departed.has(path);
  }

  /** A known name is not there any more. `told`: by its own event, so that none about it is still under way. */
  leave(path: string, identity: string, atMs: number, told: boolean): void {
    this.#departed.set(path, { identity, atMs, told, settled: false });
    this.#byIdentity.set(identity, path);
  }

  /** Nothing is to be said of a name that has left: what now bears it took its place, or it was found elsewhere. */
  excuse(path: string): void {
    const departure = this.#departed.get(path);
    if (departure !== undefined) departure.settled = true;
  }

  /** The path that a file had which now turns up somewhere else; null where none of that identity has left. */
  claim(identity: string): string | null {
    const path = this.#byIdentity.get(identity);
    if (path === undefined) return null;
    this.#byIdentity.delete(identity);
    if (this.#departed.get(path)?.identity !== identity) return null;
    this.excuse(path);
    return path;
  }

  /** An event about a name that is neither there nor known. */
  pass(path: string, atMs: number, event: 'rename' | 'change'): void {
    const departure = this.#departed.get(path);
    if (departure === undefined) this.#passing.set(path, this.#passing.get(path) ?? atMs);
    else if (event === 'rename' && !departure.told) departure.told = true;
    else if (event === 'rename') this.#passing.set(path, atMs);
  }

  /** A name of that folder that came and went just now, and so is taken for what now bears another name in it. */
  claimPassing(folder: string): Change | null {
    const path = [...this.#passing.keys()].findLast((one) => dirname(one) === folder);
    if (path === undefined) return null;
    const atMs = this.#passing.get(path) ?? 0;
    this.#passing.delete(path);
    this.#departed.set(path, { identity: '', atMs, told: true, settled: true });
    return { op: 'create', path, atMs };
  }

  /**
   * What was not found under another name by now was deleted. Names are remembered until the next settlement: the
   * events about those that a comparison found missing may still be under way.
   */
  settle(): Change[] {
    const changes: Change[] = [];
    for (const [path, atMs] of this.#passing) {
      changes.push({ op: 'create', path, atMs }, { op: 'delete', path, atMs });
    }
    this.#passing.clear();
    this.#byIdentity.clear();
    for (const [path, departure] of this.#departed) {
      if (departure.settled) {
        this.#departed.delete(path);
        continue;
      }
      changes.push({ op: 'delete', path, atMs: departure.atMs });
      departure.settled = true;
    }
    return changes;
  }
}
