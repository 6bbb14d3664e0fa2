import { statSync } from 'node:fs';
import type { EvidenceStore } from '../evidence/store.ts';
import type { Log } from './log.ts';
import type { DaemonPlan } from './plan.ts';

const DAY_MS = 24 * 3_600_000;
/** How often old evidence is looked for. */
const EVERY_MS = 3_600_000;
/** So long it waits for the end of a window; where nobody ever uses the app, one follows the other. */
const LONGEST_WAIT_MS = 3_600_000;

/** Begins a new segment a day, and drops what is too old or too much. */
export class Upkeep {
  readonly #store: EvidenceStore;
  readonly #log: Log;
  #keptMs = 0;

  constructor(store: EvidenceStore, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  /** Nothing is to be done before. @param isDisturbing whether the work would show in what is being watched */
  dueAtMs(isDisturbing: boolean): number {
    return this.#keptMs + (isDisturbing ? EVERY_MS + LONGEST_WAIT_MS : EVERY_MS);
  }

  /** @param commit writes what was seen so far: no segment rests on what is written in the next one */
  keep(
    nowMs: number,
    { retention }: Pick<DaemonPlan, 'retention'>,
    { isDisturbing, commit }: { isDisturbing: boolean; commit: () => void },
  ): void {
    if (nowMs < this.dueAtMs(isDisturbing)) return;
    this.#keptMs = nowMs;
    try {
      const { segmentFromMs } = this.#store;
      if (segmentFromMs !== null && nowMs - segmentFromMs >= DAY_MS) {
        commit();
        this.#store.rotate(nowMs);
      }
      if (retention.maxAgeMs === null && retention.maxBytes === null) return;
      // Proofs are kept, and cite evidence by its digests; what they rest on may go.
      const { dropped, thinned } = this.#store.retain(nowMs, { ...retention, cited: [], dropsCited: true });
      if (dropped.length + thinned.length > 0)
        this.#log.info('old evidence was dropped', { dropped, thinned });
    } catch (error) {
      this.#log.error('old evidence could not be dropped', { problem: (error as Error).message });
    }
  }

  get standing(): { path: string; segments: number; rows: number; bytes: number } {
    const { path, segments } = this.#store;
    return { path, segments, rows: this.#store.head().rows, bytes: sizeOf(path) + sizeOf(`${path}-wal`) };
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
