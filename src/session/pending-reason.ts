import type { CollectorName } from '../model/collector.ts';

/** Why something of a window may still have been hidden when it was judged. */
export function pendingReason(collector: CollectorName, laterThan: string): string {
  const what =
    collector === 'events'
      ? "another process still held the database's write lock"
      : 'there was still more to read';
  return `${what} ${laterThan} after the window closed`;
}
