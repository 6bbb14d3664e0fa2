import { parseKeyValues } from './key-values.ts';

/**
 * Memory of a process in /proc/PID/smaps_rollup: pages that it shares divided by their users, and huge pages of hugetlbfs, which the kernel counts in
 * neither Pss nor Rss, see proc_pid_smaps(5). Of those nobody tells how many share them: they count whole. Null where a line is missing.
 */
export function parsePssBytes(text: string): number | null {
  const kilobytes = parseKeyValues(text);
  let total = 0;
  for (const key of ['Pss', 'Private_Hugetlb', 'Shared_Hugetlb']) {
    const value = kilobytes.get(key);
    if (value === undefined) return null;
    total += value;
  }
  return total * 1024;
}
