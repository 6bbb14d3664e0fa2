import { isInside } from './folders.ts';

/** A folder whose time stamp moved, and when. */
interface Moved {
  folder: string;
  atMs: number;
}

/**
 * The time stamps of folders themselves: they move when a name comes or goes. Where none is known that did, something came and
 * went; but an event that tells why may be under way, so that nothing is said of it before the next look.
 */
export class FolderStamps {
  /** Folders of which it is known why their time stamp moved. */
  readonly #explained: Set<string> = new Set();
  /** Those of which it is not, since the comparison before. */
  #suspects: Map<string, number> = new Map();
  /** What the comparison under way has found. */
  #moved: Map<string, number> = new Map();

  get hasSuspects(): boolean {
    return this.#suspects.size > 0;
  }

  /** A name in that folder came, went or was replaced. */
  explain(folder: string): void {
    this.#explained.add(folder);
  }

  beginComparison(): void {
    this.#moved = new Map();
  }

  found({ folder, atMs }: Moved): void {
    this.#moved.set(folder, atMs);
  }

  /** @param root what was compared, with all that is below it */
  endComparison(root: string): void {
    for (const [folder, atMs] of this.#moved) {
      if (!this.#explained.has(folder)) this.#suspects.set(folder, atMs);
    }
    for (const folder of this.#explained) if (isInside(root, folder)) this.#explained.delete(folder);
  }

  /** Those that nothing has explained since the comparison before. */
  settle(): Moved[] {
    const unexplained = [...this.#suspects].filter(([folder]) => !this.#explained.has(folder));
    this.#suspects = new Map();
    return unexplained.map(([folder, atMs]) => ({ folder, atMs }));
  }
}
