import { spawnSync } from 'node:child_process';
import { accessSync, constants, writeFileSync } from 'node:fs';

const DROP_CACHES = '/proc/sys/vm/drop_caches';

/**
 * Drops the page cache of the whole machine, so that the next program is read from its disk: 3 is pages, folders and inodes; see
 * proc_sys_vm(5). Dirty pages are written before, since they would stay.
 * @returns why that cannot be done here; null: it is done
 */
export function dropPageCache(): string | null {
  if (process.platform !== 'linux') return 'only Linux can be asked for it';
  try {
    accessSync(DROP_CACHES, constants.W_OK);
    if (spawnSync('sync').status !== 0) return 'what is not on the disk yet could not be written before';
    writeFileSync(DROP_CACHES, '3\n');
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM') return 'only root may';
    return code === 'EROFS' ? 'this container may not (read-only)' : (code ?? (error as Error).message);
  }
}
