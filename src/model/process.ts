/** Identity of a process: a pid alone is reused. `startTicks` is field 22 of /proc/PID/stat, in clock ticks since boot. */
export interface ProcessKey {
  pid: number;
  startTicks: number;
}

/** What was known of a process when it was first seen. Names and command lines come from the watched app: untrusted. */
interface ProcessInfo extends ProcessKey {
  parentPid: number;
  sessionId: number;
  /** At most 15 bytes, as the kernel keeps it. */
  name: string;
  /** Arguments joined by blanks, secrets redacted, bounded. */
  cmdline: string;
  /** Path of the program file; null where it may not be read. */
  exe: string | null;
  startedAtMs: number;
}

/** A program that a process executed after it was first seen. */
interface Execution {
  atMs: number;
  /** null: there were so many that they are not told apart any more. */
  program: Pick<ProcessInfo, 'name' | 'cmdline' | 'exe'> | null;
}

/** How a process came to belong to its target. */
type Membership = 'root' | 'child' | 'adopted' | 'session' | 'cgroup';

/** A process of a target. `id` is its number in this run's evidence; `parentId` is null where the parent is not watched. */
export interface WatchedProcess extends ProcessInfo {
  id: number;
  target: string;
  parentId: number | null;
  membership: Membership;
  /**
   * Network namespace, as counter readings name it: `network:<inode of /proc/PID/ns/net>`.
   * Null where it may not be read: then no namespace counter vouches for this process.
   */
  networkScope: string | null;
  /** In order of time; a trace tells all of them, looks those that they find. */
  executions?: Execution[];
  /** CLONE_PARENT: it is a sibling of the process that created it, so that another one than `parentId` waits for it, see clone(2). */
  isSibling?: true;
  /** Looks may not see whether it executes another program; a trace does. */
  hidesPrograms?: true;
}

/** A watched process that is gone. `exitCode` is known only for the watchdog's own children. */
export interface EndedProcess {
  process: WatchedProcess;
  exitCode: number | null;
}

/** So many executions of one process are told; more are not told apart. */
export const MAX_EXECUTIONS = 100;
