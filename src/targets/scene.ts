import type { Procfs } from '../os/procfs.ts';
import type { Guard } from './guard.ts';
import type { ProcessTable } from './process-table.ts';

/** What a selector looks at: all processes at one moment, and who of them is out of bounds. */
export interface Scene {
  procfs: Procfs;
  table: ProcessTable;
  guard: Guard;
}
