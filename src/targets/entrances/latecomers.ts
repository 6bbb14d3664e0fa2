import { spell } from '../../core/wording/amounts.ts';
import { sayProcess } from '../../core/wording/process.ts';
import { MS_PER_TICK } from '../../model/clock-ticks.ts';
import type { DisturbanceNotice } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';

/** The clock of process starts and that of looks are both read in whole ticks. */
const SAME_MOMENT_MS = 2 * MS_PER_TICK;

/**
 * Who was there before the look before and was not found by it: somebody else moved it into the target's control group, or the target
 * inherited it. What it did for the target until it was found, nobody knows.
 * @param found who is watched from this look on
 * @param previousMs the look before; null: there was none
 * @param allReadMs when all processes of the host were read the last time
 */
export function tellLatecomers(
  found: readonly WatchedProcess[],
  { nowMs, previousMs }: { nowMs: number; previousMs: number | null },
  allReadMs: number,
): DisturbanceNotice[] {
  if (previousMs === null) return [];
  return found
    .filter((one) => one.membership !== 'root' && one.startedAtMs < previousMs - SAME_MOMENT_MS)
    .map((process) => {
      const sinceMs = Math.max(process.startedAtMs, Math.min(allReadMs, previousMs));
      const detail = `${sayProcess(process)} may have belonged to it for ${spell(nowMs - sinceMs)} before it was watched`;
      return { target: process.target, kind: 'joined', detail, sinceMs };
    });
}

/** Somebody ran in a target's control group, and was gone when all processes were read. */
export function tellVisit(target: string, found: readonly WatchedProcess[]): DisturbanceNotice[] {
  if (found.some((process) => process.target === target)) return [];
  const detail = 'others ran in its control group and were gone before a look found them';
  return [{ target, kind: 'joined', detail }];
}
