import { livingFolder } from './living-folder.ts';
import type { Procfs } from './procfs.ts';

/**
 * The network namespace of a process as counter readings name it: `network:<inode>`; null where there is none to be read.
 * Throws where it may not be read: that needs the same privilege as attaching a debugger; see namespaces(7).
 */
export function networkScopeOf(
  procfs: Procfs,
  pid: number | 'self',
  folder: string = pid === 'self' ? pid : livingFolder(procfs, pid),
): string | null {
  const inode = /^net:\[(\d+)\]$/u.exec(procfs.link(`${folder}/ns/net`) ?? '')?.[1];
  return inode === undefined ? null : `network:${inode}`;
}
