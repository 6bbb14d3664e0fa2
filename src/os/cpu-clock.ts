import { clockGettime } from './clock-gettime.ts';
import type { Procfs } from './procfs.ts';

/** CPU time of a whole process (all threads, live and dead) in nanoseconds; null when the process is gone. */
export type CpuClock = (pid: number) => number | null;

/** One system call of about a third of a microsecond a process; works on other users' processes. Null without koffi. */
export function nativeCpuClock(): CpuClock | null {
  const gettime = clockGettime();
  // MAKE_PROCESS_CPUCLOCK(pid, CPUCLOCK_SCHED) of the kernel's posix-timers.h.
  return gettime === null ? null : (pid) => gettime((~pid << 3) | 2);
}

/** The same total summed over the live threads' schedstat; a thread that ended takes its time along. */
export function schedstatCpuClock(procfs: Procfs): CpuClock {
  return (pid) => {
    const threads = procfs.list(`${pid}/task`);
    if (threads === null || threads.length === 0) return null;
    let total = 0;
    for (const thread of threads) {
      const text = procfs.read(`${pid}/task/${thread}/schedstat`);
      if (text !== null) total += Number(text.slice(0, text.indexOf(' ')));
    }
    return total;
  };
}
