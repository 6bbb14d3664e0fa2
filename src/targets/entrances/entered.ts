import { sayProcess } from '../../core/wording/process.ts';
import type { DisturbanceNotice } from '../../model/collector.ts';
import type { CgroupEntry } from '../../model/outsider.ts';
import { readStat } from '../process-table.ts';
import { readCgroups } from '../select/by-cgroup.ts';
import type { Surroundings } from '../surroundings.ts';
import type { TargetState } from '../target-state.ts';
import { SAME_START_TICKS } from '../../model/clock-ticks.ts';

/** Where somebody is who came into a group: in the target and to be found, watched by now, gone from it, or never there. */
export function whereIs(
  { procfs, registry }: Surroundings,
  { pid, path, atTicks }: CgroupEntry,
  target: TargetState,
): 'there' | 'watched' | 'gone' | 'elsewhere' {
  const stat = readStat(procfs, pid);
  // A younger one was given its number.
  if (stat === null || stat.startTicks > atTicks + SAME_START_TICKS) return 'gone';
  if (registry.hasSeen(stat)) return 'watched';
  if (target.cgroup?.(readCgroups(procfs, pid)) === true) return 'there';
  return path === null ? 'elsewhere' : 'gone';
}

/** Says that somebody was in a target and had left it before it could be watched. */
export function tellEntered(target: string, { pid, name, path, atMs }: CgroupEntry): DisturbanceNotice {
  const who = sayProcess({ pid, name });
  const detail =
    path === null
      ? `${who} was created in a control group, perhaps in this one, and was gone before a look found it`
      : `${who} was moved into its control group and was gone before a look found it`;
  return { target, kind: 'joined', detail, sinceMs: atMs };
}

/** Says that not everybody was told who came into control groups, while somebody ran in the target's. */
export function tellUntold(target: string): DisturbanceNotice {
  const detail = "the kernel's trace did not tell of all who came into control groups";
  return { target, kind: 'joined', detail };
}
