import type { Alert } from '../model/alert.ts';
import { isDue } from './backoff.ts';

interface Queued {
  alert: Pick<Alert, 'key'>;
  nextMs: number;
}

/** What may be sent now, in order: behind what waits for its next attempt, the rest of its key waits too. */
export function sendable<T extends Queued>(pending: readonly T[], nowMs: number): T[] {
  const waiting = new Set<string>();
  return pending.filter(({ alert: { key }, nextMs }) => {
    if (!isDue(nextMs, nowMs)) waiting.add(key);
    return !waiting.has(key);
  });
}

/** One by one while the allowance lasts; what is too much comes together as its last one. */
export function batchesOf<T>(queue: readonly T[], allowance: number): T[][] {
  if (allowance <= 0) return [];
  if (queue.length <= allowance) return queue.map((one) => [one]);
  return [...queue.slice(0, allowance - 1).map((one) => [one]), queue.slice(allowance - 1)];
}
