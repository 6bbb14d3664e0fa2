import type { ProcStat } from '../../core/parse/proc-stat.ts';
import type { Scene } from '../scene.ts';

/** Every process that may be a target. */
export function candidates({ table, guard }: Scene): ProcStat[] {
  return [...table.values()].filter((stat) => guard.refusal(table, stat) === null);
}
