import type { TimeSpan } from '../../model/time.ts';

/** How many of the times lie in a span, as `holds` has it: after its beginning, up to its end. */
export function countIn(sortedMs: readonly number[], { fromMs, toMs }: TimeSpan): number {
  return upTo(sortedMs, toMs) - upTo(sortedMs, fromMs);
}

/** How many are not later. */
function upTo(sortedMs: readonly number[], ms: number): number {
  let [low, high] = [0, sortedMs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sortedMs[middle] ?? ms) <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
