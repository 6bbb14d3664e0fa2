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

/** In one notice: what a receiver can still take in. */
const LARGEST_BATCH = 100;

/**
 * What was found together is told together, in a notice of its own while the allowance lasts; what is too much comes together
 * as its last one.
 */
export function batchesOf<T extends { batch: string }>(queue: readonly T[], allowance: number): T[][] {
  if (allowance <= 0) return [];
  const groups = new Map<string, T[]>();
  for (const one of queue) groups.set(one.batch, [...(groups.get(one.batch) ?? []), one]);
  const all = [...groups.values()];
  if (all.length <= allowance) return all.flatMap(chunks);
  return [...all.slice(0, allowance - 1), all.slice(allowance - 1).flat()].flatMap(chunks);
}

/** Lists of a size that goes into one notice. */
export function chunks<T>(list: readonly T[]): T[][] {
  const count = Math.ceil(list.length / LARGEST_BATCH);
  return Array.from({ length: count }, (_, index) =>
    list.slice(index * LARGEST_BATCH, (index + 1) * LARGEST_BATCH),
  );
}
