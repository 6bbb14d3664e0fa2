import type { Procfs } from '../os/procfs.ts';
import type { Guard } from './guard.ts';
import type { ProcessTable } from './process-table.ts';

/** What a selector looks at: all processes at one moment, and who of them is out of bounds. */
export interface Scene {
  procfs: Procfs;
  table: ProcessTable;
  guard: Guard;
}

/** Tells whether a process, by the paths of its cgroups in all hierarchies, belongs to a target. */
export type CgroupTest = (paths: readonly string[]) => boolean;

/** The roots of a target's trees; and for a target that is a cgroup as a whole, who else is in it. */
export interface Selection {
  pids: readonly number[];
  cgroup: CgroupTest | null;
}
