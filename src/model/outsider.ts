/** Somebody who is not known to descend from a target has executed its program. */
export interface StartElsewhere {
  target: string;
  pid: number;
  /** As it was asked for: untrusted. */
  filename: string;
  /** When, in the unit of field 22 of /proc/PID/stat. */
  executedTicks: number;
}

/** Somebody came into a control group without being the child of somebody watched there. */
export interface CgroupEntry {
  pid: number;
  /** As the kernel calls it; untrusted, but without control characters. */
  name: string;
  /** Of the group in its hierarchy; null: it was created in one (CLONE_INTO_CGROUP), and the kernel does not say in which. */
  path: string | null;
  atMs: number;
  /** When, in the unit of field 22 of /proc/PID/stat. */
  atTicks: number;
}
