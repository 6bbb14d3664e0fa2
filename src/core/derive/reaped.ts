import { NS_PER_TICK } from '../../model/clock-ticks.ts';
import type { ProcessMetric, Readings } from '../../model/sample.ts';
import { GrowingColumn } from './growing-column.ts';
import type { Lifetime } from './lifetimes.ts';

/** A counter that the kernel adds to that of whoever waits for a child. */
export interface Inherited {
  /** What of a child is added: the last reading of each. */
  fields: readonly ProcessMetric[];
  /** So much less may be added, in the unit of the counter. */
  rounding: number;
}

/** cutime and cstime count in clock ticks, each rounded down. See wait4(2), and proc_pid_stat(5). */
export const REAPED_CPU: Inherited = { fields: ['cpuNs', 'reapedCpuNs'], rounding: 2 * NS_PER_TICK };

/**
 * What a parent's counter grew by, less what was already counted for the watched children that had ended by then, and that it
 * has waited for: its own, and that of children that were never watched. A child that was seen ending but is not yet waited for
 * stays in the pool.
 */
export function withoutChildren(
  grown: Readings,
  children: readonly Lifetime[],
  { fields, rounding }: Inherited,
): Readings {
  const pool = children
    .flatMap((child) =>
      child.exitMs === null ? [] : [{ exitMs: child.exitMs, total: lastTotal(child, fields) }],
    )
    .sort((a, b) => a.exitMs - b.exitMs);
  const times = new GrowingColumn();
  const amounts = new GrowingColumn();
  for (const [at, amount] of grown.values.entries()) {
    const atMs = grown.atMs[at] as number;
    let unexplained = amount;
    for (let index = 0; index < pool.length && unexplained > 0; ) {
      const ended = pool[index];
      if (ended === undefined || ended.exitMs > atMs) break;
      if (unexplained + rounding < ended.total) {
        index += 1;
        continue;
      }
      unexplained = Math.max(0, unexplained - ended.total);
      pool.splice(index, 1);
    }
    if (unexplained === 0) continue;
    times.push(atMs);
    amounts.push(unexplained);
  }
  return { atMs: times.values(), values: amounts.values() };
}

const lastTotal = ({ readings }: Lifetime, fields: Inherited['fields']): number =>
  fields.reduce((total, field) => total + (readings(field).values.at(-1) ?? 0), 0);
