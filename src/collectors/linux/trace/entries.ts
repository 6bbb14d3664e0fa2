import { escapeControls } from '../../../core/parse/escape-controls.ts';
import type { KernelRecord } from '../../../model/kernel-record.ts';
import type { CgroupEntry } from '../../../model/outsider.ts';
import type { Lives } from './lives.ts';
import { ticksOf } from './start-ticks.ts';

/**
 * Who came into a control group since the last time without being the child of somebody there: moved into it, or created in it.
 * @param records of the whole host; `lives` has been told of everything up to the last of them
 */
export function entriesOf(
  records: readonly KernelRecord[],
  lives: Pick<Lives, 'isAliveAt'>,
  toMs: (ns: number) => number,
): CgroupEntry[] {
  return records.flatMap((record): CgroupEntry[] => {
    if (record.event !== 'cgroup-attach' && record.event !== 'new-task') return [];
    const isAttached = record.event === 'cgroup-attach';
    const pid = isAttached ? record.attachedTid : record.newTid;
    // Whoever is created by those who are followed is followed as well.
    if (lives.isAliveAt(isAttached ? pid : record.tid, record.atNs)) return [];
    const name = escapeControls(record.name);
    const path = isAttached ? record.path : null;
    return [{ pid, name, path, atMs: toMs(record.atNs), atTicks: ticksOf(record.atNs) }];
  });
}
