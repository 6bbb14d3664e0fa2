import { readdirSync, rmdirSync } from 'node:fs';
import { Procfs } from './procfs.ts';
import { isStale } from './trace-instance-name.ts';
import { attempt, TracefsError } from './tracefs-error.ts';

/**
 * Removes the instances that killed runs left behind, which go on recording for nobody. Those of living processes stay: by their
 * name, and, where a process is in a pid namespace that we do not see, by the files of it that it keeps open (EBUSY).
 * Returns the names of those that were removed.
 */
export function removeStaleInstances(tracefs: string): string[] {
  const procfs = new Procfs();
  const folder = `${tracefs}/instances`;
  const names = attempt("the instances of the kernel's trace", () => readdirSync(folder));
  return names.filter((name) => isStale(name, procfs) && removed(`${folder}/${name}`));
}

function removed(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    // ENOENT, and ENODEV while it is being removed: another start was faster.
    if (['EBUSY', 'ENOENT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw new TracefsError(`removing ${folder}`, error);
  }
}
