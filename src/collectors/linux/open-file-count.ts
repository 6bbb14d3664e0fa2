import { livingFolder } from '../../os/living-folder.ts';
import type { SharesFiles } from '../../os/kcmp.ts';
import type { ProcStat } from '../../core/parse/proc-stat.ts';
import type { Procfs } from '../../os/procfs.ts';

/**
 * Number of open descriptors of a process: those of its table of files, and of each that one of its threads has for itself
 * (unshare(2)). Null: it is gone.
 * @param stat left out: only those of the process are counted
 */
export function openFileCount(
  procfs: Procfs,
  sharesFiles: SharesFiles,
  pid: number,
  stat?: ProcStat | null,
): number | null {
  const folder = livingFolder(procfs, pid, stat);
  const count = sizeOf(procfs, folder);
  if (count === null || (stat?.threads ?? 1) < 2) return count;
  const ofProcess = Number(folder.split('/').at(-1));
  return ownTables(procfs, sharesFiles, pid, ofProcess).reduce(
    (sum, tid) => sum + (sizeOf(procfs, `${pid}/task/${tid}`) ?? 0),
    count,
  );
}

/** One thread of each table that is another one than that of the process; none where nobody can tell. */
function ownTables(procfs: Procfs, sharesFiles: SharesFiles, pid: number, ofProcess: number): number[] {
  const tables = [ofProcess];
  for (const name of procfs.list(`${pid}/task`) ?? []) {
    const tid = Number(name);
    // A first thread that has ended has no table, and so shares none.
    const isEnded = tid === pid && ofProcess !== pid;
    if (!isEnded && tables.every((one) => one !== tid && sharesFiles(one, tid) === false)) tables.push(tid);
  }
  return tables.slice(1);
}

/** The size of the folder, since Linux 6.2; before, and without open files, it is 0. */
function sizeOf(procfs: Procfs, folder: string): number | null {
  const count = procfs.openFileCount(folder);
  return count === 0 ? (procfs.list(`${folder}/fd`)?.length ?? null) : count;
}
