import { basename } from 'node:path';
import { escapeControls } from '../../core/parse/escape-controls.ts';
import type { StartElsewhere } from '../../model/outsider.ts';
import type { Orphan } from '../../model/target.ts';
import { hasEnded, readStat } from '../process-table.ts';
import type { Registry } from '../registry.ts';
import { type Around, describe, hasStrangers } from './strangers.ts';
import type { TargetState } from '../target-state.ts';
import { readManagerPath } from '../process-info.ts';

const REASON = "the target's program was started outside of its tree";
const LONGEST_PATH = 1000;
const NAME_LENGTH = 15;

/** A further instance of a target's program as a stranger of the target; null where it is watched, or cannot belong to it. */
export function strangerOf(
  around: Around & { registry: Registry },
  { pid, filename, executedTicks }: StartElsewhere,
  target: TargetState,
): Orphan | null {
  if (!hasStrangers(target)) return null;
  const { procfs, guard, table, registry } = around;
  const stat = readStat(procfs, pid);
  // A younger one was given its number.
  if (stat === null || hasEnded(stat) || stat.startTicks > executedTicks) {
    const cmdline = escapeControls(filename.slice(0, LONGEST_PATH));
    const name = escapeControls(basename(filename).slice(0, NAME_LENGTH));
    return { pid, name, cmdline, reason: `${REASON}, and had ended before a look found it`, appeared: true };
  }
  if (registry.hasSeen(stat) || guard.refusal(table, stat) !== null) return null;
  // As for other strangers: a service manager that put it elsewhere knows better where it comes from.
  const roots = [...target.roots];
  const isElsewhere =
    roots.length > 0 &&
    roots.every((root) => readManagerPath(procfs, root.pid) !== readManagerPath(procfs, pid));
  return isElsewhere ? null : describe(procfs, stat, REASON);
}
