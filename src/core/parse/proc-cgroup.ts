/** One line of /proc/PID/cgroup; see cgroups(7). */
export interface CgroupMembership {
  /** 0 for the unified hierarchy of cgroup v2. */
  hierarchy: number;
  /** Controllers of a v1 hierarchy, `name=systemd` among them; empty for v2. */
  controllers: string;
  /** Path within the hierarchy, from its root. */
  path: string;
}

/** Parses /proc/PID/cgroup. A path may hold colons; lines that do not fit are passed over. */
export function parseCgroup(text: string): CgroupMembership[] {
  const memberships: CgroupMembership[] = [];
  for (const line of text.split('\n')) {
    const [, hierarchy, controllers, path] = /^(\d+):([^:]*):(\/.*)$/u.exec(line) ?? [];
    if (path === undefined) continue;
    memberships.push({ hierarchy: Number(hierarchy), controllers: controllers ?? '', path });
  }
  return memberships;
}

/** Whether a path of the hierarchy is that cgroup or lies below it. */
export function isWithin(path: string, cgroup: string): boolean {
  return path === cgroup || path.startsWith(cgroup === '/' ? cgroup : `${cgroup}/`);
}

/**
 * The path by which a service manager groups programs: the unified hierarchy, or systemd's own of v1, whichever is not
 * its root. Null where neither says anything.
 */
export function managerPath(memberships: readonly CgroupMembership[]): string | null {
  const found = memberships.find(
    ({ hierarchy, controllers, path }) =>
      path !== '/' && (hierarchy === 0 || controllers.split(',').includes('name=systemd')),
  );
  return found?.path ?? null;
}

/** Container ids that docker, podman, CRI-O and containerd put into a path: 64 hexadecimal digits. */
export function containerIds(path: string): string[] {
  return [...path.matchAll(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/gu)].map(([id]) => id);
}
