import type { DaemonHealth, DaemonStatus } from '../../model/daemon-status.ts';

/** As long as a gap that spoils a window, and no shorter than a busy host makes anybody wait. */
const MAX_SILENT_TICKS = 5;
const MIN_SILENCE_MS = 10_000;
/** One commit may fail and be tried again. */
const MAX_COMMIT_ROUNDS = 3;
const MIN_UNCOMMITTED_MS = 30_000;

/** Whether the loop ticks and the store commits, at the time of the status. */
export function healthOf(status: DaemonStatus): DaemonHealth {
  const { atMs, tickMs, store } = status;
  const silentMs = atMs - (status.lastLookAtMs ?? status.startedAtMs);
  const waitingMs = store.uncommittedSinceMs === null ? 0 : atMs - store.uncommittedSinceMs;
  const loop = part(silentMs, Math.max(MAX_SILENT_TICKS * tickMs, MIN_SILENCE_MS), 'no look for');
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
