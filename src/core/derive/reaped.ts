import { NS_PER_TICK } from '../../model/clock-ticks.ts';
import type { Readings } from '../../model/sample.ts';
import { GrowingColumn } from './growing-column.ts';
import type { Lifetime } from './lifetimes.ts';

/** cutime and cstime count in clock ticks, each rounded down. */
const ROUNDING_NS = 2 * NS_PER_TICK;

/**
 * CPU time of children that were never watched: what a parent's reaped time grew by, less what was already counted for
 * the watched children that had ended by then. A child that was seen ending but is not yet waited for stays in the pool.
 */
export function reapedIncrements(reaped: Readings, children: readonly Lifetime[]): Readings {
  const pool = children
    .flatMap((child) =>
      child.exitMs === null ? [] : [{ exitMs: child.exitMs, totalNs: lastTotalNs(child) }],
    )
    .sort((a, b) => a.exitMs - b.exitMs);
  const times = new GrowingColumn();
  const amounts = new GrowingColumn();
  for (const [at, amount] of reaped.values.entries()) {
    const atMs = reaped.atMs[at] as number;
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
    if (unexplained === 0) continue;
    times.push(atMs);
    amounts.push(unexplained);
  }
  return { atMs: times.values(), values: amounts.values() };
}

function lastTotalNs({ readings }: Lifetime): number {
  const last = (field: 'cpuNs' | 'reapedCpuNs'): number => readings(field).values.at(-1) ?? 0;
  return last('cpuNs') + last('reapedCpuNs');
}
