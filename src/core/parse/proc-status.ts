/** What idleproof uses of /proc/PID/status (and of /proc/PID/task/TID/status); see proc_pid_status(5). */
export interface ProcStatus {
  /** R S D T t Z X I. */
  state: string;
  /** Null where the line is not there: kernel threads and zombies have no memory. */
  rssBytes: number | null;
  peakRssBytes: number | null;
  /** Huge pages of hugetlbfs, which are in neither of the two. */
  hugetlbBytes: number | null;
  /** Cumulative for this one thread; null where the kernel does not tell. */
  voluntarySwitches: number | null;
  /** SIGCHLD is set to SIG_IGN: the CPU time of children is lost instead of being added to their parent's. */
  ignoresChildExit: boolean;
}

const SIGCHLD = 17n;

/** Parses /proc/PID/status. Values that are absent or not whole numbers are null. Throws where there is no state. */
export function parseProcStatus(text: string): ProcStatus {
  const state = valueOf(text, 'State');
  if (state === null || state === '') throw new Error('not a /proc/PID/status');
  return {
    state: state.slice(0, 1),
    rssBytes: bytesOf(text, 'VmRSS'),
    peakRssBytes: bytesOf(text, 'VmHWM'),
    hugetlbBytes: bytesOf(text, 'HugetlbPages'),
    voluntarySwitches: wholeNumber(valueOf(text, 'voluntary_ctxt_switches')),
    ignoresChildExit: hasSignal(valueOf(text, 'SigIgn'), SIGCHLD),
  };
}

function valueOf(text: string, key: string): string | null {
  const at = text.startsWith(`${key}:`) ? 0 : text.indexOf(`\n${key}:`) + 1;
  if (at === 0 && !text.startsWith(`${key}:`)) return null;
  const end = text.indexOf('\n', at);
  return text.slice(at + key.length + 1, end < 0 ? undefined : end).trim();
}

function bytesOf(text: string, key: string): number | null {
  const value = valueOf(text, key);
  if (value === null || !value.endsWith(' kB')) return null;
  const kilobytes = wholeNumber(value.slice(0, -3).trim());
  return kilobytes === null ? null : kilobytes * 1024;
}

function wholeNumber(value: string | null): number | null {
  return value !== null && /^\d{1,15}$/.test(value) ? Number(value) : null;
}

/** Signal masks are hexadecimal, bit 0 is signal 1. */
function hasSignal(mask: string | null, signal: bigint): boolean {
  return (
    mask !== null && /^[\da-f]{1,32}$/i.test(mask) && ((BigInt(`0x${mask}`) >> (signal - 1n)) & 1n) === 1n
  );
}
