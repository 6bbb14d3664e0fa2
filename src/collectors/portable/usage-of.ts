import { sayProcess } from '../../core/wording/process.ts';
import type { Look } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { Usage } from './libraries.ts';
import type { Misses } from './misses.ts';
import type { Reading } from './reader.ts';

/** ps tells ages in whole seconds, and the start time of a process has a resolution of its own. */
const SAME_START_MS = 2_500;

/**
 * What a reading tells of each process of a look. Left out: one that was found only after the reading was begun, which will
 * be in the next; and, as a miss, one that should be in it and is not, or whose pid is another's now.
 */
export function usageOf(reading: Reading, look: Look, misses: Misses): [WatchedProcess, Usage][] {
  const { usage, asked, atMs } = reading;
  if ('problem' in usage) {
    misses.addAll(usage.problem);
    return [];
  }
  return look.processes.flatMap((process): [WatchedProcess, Usage][] => {
    if (!asked.has(process.pid)) return [];
    const told = usage.value.get(process.pid);
    const startedAtMs = told === undefined ? Number.NaN : atMs - told.ageMs;
    if (told !== undefined && isSaneTotal(told) && isSame(startedAtMs, process)) return [[process, told]];
    misses.add(process, `pidusage told nothing of ${sayProcess(process)}`);
    return [];
  });
}

function isSaneTotal({ cpuMs, rssBytes }: Usage): boolean {
  return Number.isFinite(cpuMs) && cpuMs >= 0 && Number.isFinite(rssBytes) && rssBytes >= 0;
}

/** An age that the platform does not tell excludes nothing. */
function isSame(startedAtMs: number, process: WatchedProcess): boolean {
  return !(Math.abs(startedAtMs - process.startedAtMs) > SAME_START_MS);
}
