import type { Procfs } from '../../os/procfs.ts';
import { findLastingLock, findWriteLock } from './write-lock.ts';

/**
 * Whether another process keeps readers out of a database. A lock of a moment belongs to every commit; one that is met at two looks
 * running, and stays, hides rows.
 */
export class ExclusiveLock {
  readonly #procfs: Procfs;
  #looks = 0;
  #unlockedAtMs = Number.POSITIVE_INFINITY;

  constructor(procfs: Procfs) {
    this.#procfs = procfs;
  }

  /** It was met at the last look. */
  get isMet(): boolean {
    return this.#looks > 0;
  }

  /** The last look at which nobody was writing: what is committed later cannot have been stamped before. */
  get unlockedAtMs(): number {
    return this.#unlockedAtMs;
  }

  /** Why rows may be hidden at this look; null: by no lock. */
  look(path: string, nowMs: number): string | null {
    const lock = this.isMet ? findLastingLock(this.#procfs, path) : findWriteLock(this.#procfs, path);
    if (lock == null) this.#unlockedAtMs = nowMs;
    this.#looks = lock?.exclusive === true ? this.#looks + 1 : 0;
    if (lock == null || this.#looks < 2) return null;
    return `${path} is locked exclusively by pid ${lock.pid}; what it writes shows only when it commits`;
  }
}
