import { existsSync } from 'node:fs';
import { type CgroupMount, parseCgroupMounts } from '../../core/parse/mountinfo.ts';
import { type CgroupMembership, isWithin, parseCgroup } from '../../core/parse/proc-cgroup.ts';
import type { Procfs } from '../../os/procfs.ts';

/** The folders in which the state of a process's cgroups is kept. */
export interface CgroupFolders {
  /** Its cgroup of version 2; null where there is none. */
  unified: string | null;
  /** Its cgroup of the freezer of version 1. */
  freezer: string | null;
  /** Its own and all enclosing cgroups that can have a CPU quota. */
  quotas: readonly string[];
  /** A cgroup that is not visible here: freezing or throttling cannot be seen. */
  hidden: string | null;
}

/** Finds the cgroup folders of processes and threads; what was found is kept, by the text of /proc/PID/cgroup. */
export class CgroupPaths {
  readonly #procfs: Procfs;
  readonly #mounts: readonly CgroupMount[];
  readonly #known: Map<string, CgroupFolders> = new Map();

  constructor(procfs: Procfs) {
    this.#procfs = procfs;
    this.#mounts = parseCgroupMounts(procfs.read('self/mountinfo') ?? '');
  }

  /** @param place of a process or thread below /proc. Null when it is gone. */
  of(place: string): CgroupFolders | null {
    const text = this.#procfs.read(`${place}/cgroup`);
    if (text === null) return null;
    const known = this.#known.get(text) ?? this.#resolve(parseCgroup(text));
    this.#known.set(text, known);
    return known;
  }

  #resolve(memberships: readonly CgroupMembership[]): CgroupFolders {
    const folders = { unified: null, freezer: null, hidden: null } as Record<
      'unified' | 'freezer' | 'hidden',
      string | null
    >;
    let hiddenUnified: string | null = null;
    const quotas: string[] = [];
    for (const membership of memberships) {
      const controllers = membership.controllers.split(',');
      const isUnified = membership.hierarchy === 0;
      const hasQuota = isUnified || controllers.includes('cpu');
      if (!hasQuota && !controllers.includes('freezer')) continue;
      const place = this.#folderOf(membership, isUnified, controllers);
      if (place === null) {
        if (membership.path === '/') continue;
        if (isUnified) hiddenUnified = membership.path;
        else folders.hidden = membership.path;
        continue;
      }
      if (isUnified) folders.unified = place.folder;
      if (controllers.includes('freezer')) folders.freezer = place.folder;
      if (hasQuota) quotas.push(...upTo(place.folder, place.mountPoint));
    }
    // With controllers of version 1 mounted beside it, version 2 only names groups: what freezes does it by version 1.
    if (folders.freezer === null) folders.hidden ??= hiddenUnified;
    return { ...folders, quotas };
  }

  #folderOf(
    { path }: CgroupMembership,
    isUnified: boolean,
    controllers: readonly string[],
  ): { folder: string; mountPoint: string } | null {
    for (const mount of this.#mounts) {
      const isIts = isUnified
        ? mount.version === 2
        : mount.version === 1 && controllers.every((name) => mount.controllers.includes(name));
      if (!isIts || !isWithin(path, mount.root)) continue;
      const below = mount.root === '/' ? path : path.slice(mount.root.length);
      const folder = below === '/' ? mount.mountPoint : `${mount.mountPoint}${below}`;
      if (existsSync(folder)) return { folder, mountPoint: mount.mountPoint };
    }
    return null;
  }
}

/** A folder and all that enclose it, up to the mount point. */
function upTo(folder: string, mountPoint: string): string[] {
  const folders: string[] = [];
  for (let at = folder; at.length >= mountPoint.length; at = at.slice(0, at.lastIndexOf('/')))
    folders.push(at);
  return folders;
}
