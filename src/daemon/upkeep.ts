import { statSync } from 'node:fs';
import type { EvidenceStore } from '../evidence/store.ts';
import type { TimeSpan } from '../model/time.ts';
import type { Log } from './log/log.ts';
import type { DaemonPlan } from './plan.ts';

const DAY_MS = 24 * 3_600_000;
/** How often old evidence is looked for. */
const EVERY_MS = 3_600_000;
/** So long it waits for the end of a window; where nobody ever uses the app, one follows the other. */
const LONGEST_WAIT_MS = 3_600_000;
/** A segment of more rows is closed before the day is over: only whole ones can be dropped, which takes some seconds then. */
const MOST_SEGMENT_ROWS = 1_000_000;
/** Space that is given back at a time, which takes some hundred milliseconds. */
const SHRINK_BYTES = 16_000_000;

export interface UpkeepTimes {
  /** Whether the work would show in what is being watched. */
  isDisturbing: boolean;
  /** Writes what was seen so far: no segment rests on what is written in the next one. */
  commit: () => boolean;
  /** A new segment has begun: what holds on is written down in it. */
  onRotated: () => void;
  /** Of windows that are not judged yet, with what they look back to: their evidence stays, however old and large. */
  inUse: () => readonly TimeSpan[];
}

/** Begins a new segment a day, and drops what is too old or too much: one step at a time, so that looks go on in between. */
export class Upkeep {
  readonly #store: EvidenceStore;
  readonly #log: Log;
  #dueMs = 0;

  constructor(store: EvidenceStore, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  /** Nothing is to be done before. @param isDisturbing whether the work would show in what is being watched */
  dueAtMs(isDisturbing: boolean): number {
    return isDisturbing ? this.#dueMs + LONGEST_WAIT_MS : this.#dueMs;
  }

  keep(
    nowMs: number,
    { retention }: Pick<DaemonPlan, 'retention'>,
    { isDisturbing, commit, onRotated, inUse }: UpkeepTimes,
  ): void {
    if (nowMs < this.dueAtMs(isDisturbing)) return;
    this.#dueMs = nowMs + EVERY_MS;
    try {
      if (this.#rotate(nowMs, commit)) onRotated();
      // There may be more of it: at the next look.
      if (this.#retain(nowMs, retention, inUse())) this.#dueMs = nowMs;
    } catch (error) {
      this.#log.error('old evidence could not be dropped', { problem: (error as Error).message });
    }
  }

  /** @returns whether a segment has begun */
  #rotate(nowMs: number, commit: () => boolean): boolean {
    const { segmentFromMs, unpackedSegmentRows } = this.#store;
    if (segmentFromMs === null) return false;
    if (nowMs - segmentFromMs < DAY_MS && unpackedSegmentRows < MOST_SEGMENT_ROWS) return false;
    if (!commit()) return false;
    this.#store.rotate(nowMs);
    return true;
  }

  /** @returns whether there was something to do */
  #retain(
    nowMs: number,
    { maxAgeMs, maxBytes }: DaemonPlan['retention'],
    inUse: readonly TimeSpan[],
  ): boolean {
    if (maxAgeMs === null && maxBytes === null) return false;
    // Proofs are kept, and cite evidence by its digests; what those rest on that are written may go.
    const limits = { maxAgeMs, maxBytes, cited: inUse, dropsCited: false, atMost: 1 };
    const { dropped, thinned } = this.#store.retain(nowMs, limits);
    if (dropped.length + thinned.length > 0) {
      this.#log.info('old evidence was dropped', { dropped, thinned });
      return true;
    }
    return this.#store.shrink(SHRINK_BYTES) >= SHRINK_BYTES;
  }

  get standing(): { path: string; segments: number; rows: number; bytes: number } {
    const { path, segments } = this.#store;
    return { path, segments, rows: this.#store.head().rows, bytes: sizeOf(path) + sizeOf(`${path}-wal`) };
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
