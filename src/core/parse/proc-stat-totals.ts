/** What all CPUs did since boot, in clock ticks, and how many tasks were created; see /proc/stat in proc(5). */
export interface ProcStatTotals {
  allTicks: number;
  busyTicks: number;
  /** Taken by the hypervisor for others. */
  stolenTicks: number;
  tasksCreated: number;
}

/** Since Linux 2.6.11. */
const FIELDS = 8;

/** Parses /proc/stat; null where it is not what it should be. */
export function parseProcStatTotals(text: string): ProcStatTotals | null {
  const cpu = /^cpu +([\d ]+)$/m.exec(text)?.[1]?.split(' ').map(Number) ?? [];
  const tasks = /^processes (\d+)$/m.exec(text)?.[1];
  // user nice system idle iowait irq softirq steal; what follows is counted in the first two already.
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = cpu;
  if (cpu.length < FIELDS || tasks === undefined) return null;
  const busyTicks = user + nice + system + irq + softirq;
  return {
    allTicks: busyTicks + idle + iowait + steal,
    busyTicks,
    stolenTicks: steal,
    tasksCreated: Number(tasks),
  };
}
