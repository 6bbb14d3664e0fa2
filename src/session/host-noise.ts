import { parseProcStatTotals } from '../core/parse/proc-stat-totals.ts';
import type { HostNoise } from '../model/evidence.ts';
import type { Procfs } from '../os/procfs.ts';

/** Starts to measure what else happens on the host; the returned function says how much it was. null: not to be read. */
export function measureHostNoise(procfs: Procfs): () => HostNoise | null {
  const read = (): ReturnType<typeof parseProcStatTotals> => parseProcStatTotals(procfs.read('stat') ?? '');
  const before = read();
  return () => {
    const after = read();
    if (before === null || after === null) return null;
    const ticks = after.allTicks - before.allTicks;
    const percent = (from: number, to: number): number => (ticks > 0 ? (100 * (to - from)) / ticks : 0);
    return {
      cpuBusyPercent: percent(before.busyTicks, after.busyTicks),
      cpuStolenPercent: percent(before.stolenTicks, after.stolenTicks),
      tasksCreated: after.tasksCreated - before.tasksCreated,
    };
  };
}
