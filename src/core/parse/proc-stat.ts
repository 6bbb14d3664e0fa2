/** What idleproof uses of /proc/PID/stat; see proc_pid_stat(5). Times are in clock ticks. */
export interface ProcStat {
  pid: number;
  name: string;
  /** R S D T t Z X I: see ProcessState in proc_pid_stat(5). */
  state: string;
  parentPid: number;
  groupId: number;
  sessionId: number;
  /** PF_* of the kernel's sched.h; `KERNEL_THREAD` is the one that matters here. */
  flags: number;
  /** Of the process, and of its children that it waited for. */
  minorFaults: number;
  reapedFaults: number;
  reapedTicks: number;
  threads: number;
  startTicks: number;
  /**
   * How its memory is laid out, which execve(2) does anew: another text for another program, mostly for the same one, too. null: there is
   * none, or it may not be seen.
   */
  image: string | null;
}

export const KERNEL_THREAD = 0x00200000;

/** Parses one line of /proc/PID/stat. The name is in parentheses and may hold blanks and parentheses itself. */
export function parseProcStat(text: string): ProcStat {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  const fields = text.slice(close + 2).split(' ');
  const at = (field: number): number => Number(fields[field - 3]);
  const stat: ProcStat = {
    pid: Number(text.slice(0, Math.max(open, 0))),
    name: text.slice(open + 1, close),
    state: fields[0] ?? '',
    parentPid: at(4),
    groupId: at(5),
    sessionId: at(6),
    flags: at(9),
    minorFaults: at(10),
    reapedFaults: at(11),
    reapedTicks: at(16) + at(17),
    threads: at(20),
    startTicks: at(22),
    // Code, stack and data; the stack is 0 where they are hidden.
    image: (at(28) || 0) === 0 ? null : [26, 27, 28, 45, 46].map((field) => fields[field - 3]).join(' '),
  };
  const { name: _, state, image: __, ...numbers } = stat;
  if (open < 0 || close < open || state === '' || !Object.values(numbers).every(Number.isFinite)) {
    throw new Error('not a line of /proc/PID/stat');
  }
  return stat;
}
