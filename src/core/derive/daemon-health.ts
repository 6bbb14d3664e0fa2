import type { DaemonHealth, DaemonStatus } from '../../model/daemon-status.ts';
import { MAX_GAP_TICKS } from './timeline.ts';

/** No shorter than a busy host makes anybody wait. */
const MIN_SILENCE_MS = 10_000;
/** One commit may fail and be tried again. */
const MAX_COMMIT_ROUNDS = 3;
const MIN_UNCOMMITTED_MS = 30_000;

/** Whether the loop ticks, without a gap that would spoil a window, and the store commits, at the time of the status. */
export function healthOf(status: DaemonStatus): DaemonHealth {
  const { atMs, tickMs, store } = status;
  const silentMs = atMs - (status.lastLookAtMs ?? status.startedAtMs);
  const waitingMs = store.uncommittedSinceMs === null ? 0 : atMs - store.uncommittedSinceMs;
  const loop = part(silentMs, Math.max(MAX_GAP_TICKS * tickMs, MIN_SILENCE_MS), 'no look for');
  const commit = part(
    waitingMs,
    Math.max(MAX_COMMIT_ROUNDS * store.commitEveryMs, MIN_UNCOMMITTED_MS),
    'evidence has waited to be committed for',
  );
  return { ok: loop.ok && commit.ok, loop, store: commit };
}

function part(elapsedMs: number, limitMs: number, what: string): DaemonHealth['loop'] {
  const ok = elapsedMs <= limitMs;
  return { ok, reason: ok ? null : `${what} ${Math.round(elapsedMs / 1000)} s` };
}
