import type { CollectorName } from '../model/collector.ts';

/** So long a window's end waits for what may still be hidden: another process can hold its database's write lock, or a log go on. */
export const PENDING_LIMIT_MS = 10_000;

/** Why something of a window may still have been hidden when it was judged. */
export function pendingReason(collector: CollectorName, laterThan: string): string {
  const what =
    collector === 'events'
      ? "another process still held the database's write lock"
      : 'there was still more to read';
  return `${what} ${laterThan} after the window closed`;
}
