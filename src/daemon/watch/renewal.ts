import type { Clock } from '../../model/time.ts';
import type { Watcher } from '../../session/watcher.ts';
import type { Edges } from './edges.ts';

export interface RenewalParts {
  clock: Pick<Clock, 'nowMs' | 'wallDriftMs'>;
  watcher: Pick<Watcher, 'hasRecovered'>;
  edges: Pick<Edges, 'isWorse' | 'isWhole'>;
  /** When the watch began. */
  startedMs: number;
  /** Whether beginning anew would end a window that has lasted: those that have just opened do not count. */
  isWindowOpen: () => boolean;
}

/** A step of the wall clock by more than this makes the times of rows and of looks two different ones. */
const MOST_DRIFT_MS = 2_000;
/** Everything that grows with what was seen begins anew. */
const LONGEST_RUN_MS = 24 * 3_600_000;
/** So often it is looked whether a source that could not be read when the watch began can be read now. */
const RECOVERY_EVERY_MS = 30_000;

/** Says when a watch has to make room for another one. Asked after each look: where all is well, that costs little. */
export class Renewal {
  readonly #parts: RenewalParts;
  #recoveryDueMs = 0;

  constructor(parts: RenewalParts) {
    this.#parts = parts;
  }

  /** Why; null: it can go on. But for a moved clock, which spoils whatever is open, it waits until no window is. */
  reason(): string | null {
    const { clock, edges, startedMs, isWindowOpen } = this.#parts;
    if (Math.abs(clock.wallDriftMs()) > MOST_DRIFT_MS) return 'the wall clock was moved';
    const isLong = clock.nowMs() - startedMs > LONGEST_RUN_MS;
    if (!edges.isWorse && !isLong && edges.isWhole) return null;
    if (isWindowOpen()) return null;
    if (edges.isWorse) return 'a collector has got worse since it began';
    if (isLong) return 'a day has passed';
    return this.#hasRecovered(clock.nowMs()) ? 'an events table can be read now' : null;
  }

  /** What could not be read at the beginning, such as a database that comes with its app, is held against all windows. */
  #hasRecovered(nowMs: number): boolean {
    if (nowMs < this.#recoveryDueMs) return false;
    this.#recoveryDueMs = nowMs + RECOVERY_EVERY_MS;
    return this.#parts.watcher.hasRecovered();
  }
}
