/**
 * Metrics of one process at one look. Cumulative ones grow from the start of the process; the others are levels.
 * Left out: not read at this look (for a process that did not run, nothing of its own can have changed).
 */
export interface ProcessMetrics {
  /** Cumulative CPU time of all threads, live and dead, in nanoseconds. */
  cpuNs?: number;
  /** Cumulative CPU time of children that were waited for (cutime + cstime), in nanoseconds; resolution one clock tick. */
  reapedCpuNs?: number;
  /** Cumulative voluntary context switches of the threads seen so far; a lower bound once a thread has ended. */
  wakeups?: number;
  rssBytes?: number;
  pssBytes?: number;
  peakRssBytes?: number;
  /** Cumulative bytes that storage was asked for (read_bytes and write_bytes of /proc/PID/io). */
  readBytes?: number;
  writtenBytes?: number;
  openFiles?: number;
  threads?: number;
  gpuBytes?: number;
}

export type ProcessMetric = keyof ProcessMetrics;

export interface Sample extends ProcessMetrics {
  atMs: number;
  processId: number;
}

/** One metric of one process: when it was read, in order of time, and what it was. */
export interface Readings {
  readonly atMs: Float64Array;
  readonly values: Float64Array;
}

/** All samples of a run, by process and metric. */
export interface Samples {
  /** Each look at which anything was read. */
  readonly times: ReadonlySet<number>;
  /** Looks at which anything of a process was read, in order of time; none for one that never was. */
  looksAt: (processId: number) => Float64Array;
  readings: (processId: number, metric: ProcessMetric) => Readings;
}

/**
 * Cumulative counters that belong to no single process, read at a look.
 * `scope` is `forks` (tasks created on the host) or `network:<inode of the namespace>`.
 */
export interface CounterReading {
  atMs: number;
  scope: string;
  values: Record<string, number>;
}
