import type { Increment } from './growth.ts';
import type { Lifetime } from './lifetimes.ts';

/** cutime and cstime count in clock ticks of 10 ms, each rounded down. */
const ROUNDING_NS = 20e6;

/**
 * CPU time of children that were never watched: what a parent's reaped time grew by, less what was already counted for
 * the watched children that had ended by then. A child that was seen ending but is not yet waited for stays in the pool.
 */
export function reapedIncrements(reaped: readonly Increment[], children: readonly Lifetime[]): Increment[] {
  const pool = children
    .flatMap((child) =>
      child.exitMs === null ? [] : [{ exitMs: child.exitMs, totalNs: lastTotalNs(child) }],
    )
    .sort((a, b) => a.exitMs - b.exitMs);
  return reaped.flatMap(({ atMs, amount }) => {
    let unexplained = amount;
    for (let index = 0; index < pool.length && unexplained > 0; ) {
      const ended = pool[index];
      if (ended === undefined || ended.exitMs > atMs) break;
      if (unexplained + ROUNDING_NS < ended.totalNs) {
        index += 1;
        continue;
      }
      unexplained = Math.max(0, unexplained - ended.totalNs);
      pool.splice(index, 1);
    }
    return unexplained > 0 ? [{ atMs, amount: unexplained }] : [];
  });
}

function lastTotalNs({ samples }: Lifetime): number {
  const last = (field: 'cpuNs' | 'reapedCpuNs'): number =>
    samples.findLast((sample) => sample[field] !== undefined)?.[field] ?? 0;
  return last('cpuNs') + last('reapedCpuNs');
}
