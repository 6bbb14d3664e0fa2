/** What a ring buffer of the kernel's trace did since it was made; counts of records, but for `bytes`. */
export interface TraceStats {
  /** Written and not read yet. */
  entries: number;
  /** Written, and overwritten before anybody read them. */
  overrun: number;
  /** Lost because an interrupt filled the buffer while a record was being written. */
  commitOverrun: number;
  bytes: number;
  /** Not written, because the buffer was full and may not be overwritten. */
  dropped: number;
  read: number;
}

const LINES: readonly (readonly [keyof TraceStats, string])[] = [
  ['entries', 'entries'],
  ['overrun', 'overrun'],
  ['commitOverrun', 'commit overrun'],
  ['bytes', 'bytes'],
  ['dropped', 'dropped events'],
  ['read', 'read events'],
];

/** Parses `per_cpu/cpuN/stats` of tracefs. Throws where a line is missing: what is not known is not 0. */
export function parseTraceStats(text: string): TraceStats {
  const stats: TraceStats = { entries: 0, overrun: 0, commitOverrun: 0, bytes: 0, dropped: 0, read: 0 };
  for (const [key, label] of LINES) {
    const value = new RegExp(`^${label}: (\\d+)$`, 'm').exec(text)?.[1];
    if (value === undefined) throw new Error(`no «${label}» in the statistics of the trace`);
    stats[key] = Number(value);
  }
  return stats;
}

/** The sum of two CPUs, number by number. */
export function addTraceStats(one: TraceStats, other: TraceStats): TraceStats {
  const sum = { ...one };
  for (const [key] of LINES) sum[key] += other[key];
  return sum;
}
