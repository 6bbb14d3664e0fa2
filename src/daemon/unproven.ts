import type { TimeSpan } from '../model/time.ts';
import type { ProofQueue } from './proofs/proof-queue.ts';
import type { WatchRun } from './watch/watch-run.ts';

/** A window of which there is no proof yet. */
export interface UnprovenWindow {
  id: string;
  fromMs: number;
  /** null: it is still open, or about to open. */
  toMs: number | null;
}

/** Windows that are over and not judged, and those that are open or settle. */
export function unprovenWindows(
  proofs: Pick<ProofQueue, 'windows'>,
  run: Pick<WatchRun, 'states'> | null,
): UnprovenWindow[] {
  const over = proofs.windows.map(({ id, fromMs, toMs }) => ({ id, fromMs, toMs }));
  const open = (run?.states ?? []).flatMap(({ id, sinceMs }) =>
    sinceMs === null ? [] : [{ id, fromMs: sinceMs, toMs: null }],
  );
  return [...over, ...open];
}

/** The evidence that is still needed: of each window, and of one that opens now, with what it looks back to, and with what is told of it later. */
export function evidenceInUse(
  windows: readonly Pick<UnprovenWindow, 'fromMs'>[],
  lookBackMs: number,
  nowMs: number,
): TimeSpan[] {
  return [...windows, { fromMs: nowMs }].map(({ fromMs }) => ({
    fromMs: fromMs - lookBackMs,
    toMs: Infinity,
  }));
}
