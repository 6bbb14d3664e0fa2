/** A mounted cgroup hierarchy, v1 or v2. */
export interface CgroupMount {
  version: 1 | 2;
  /** Controllers of a v1 hierarchy; empty for v2. */
  controllers: readonly string[];
  /** Which part of the hierarchy is mounted: `/` unless in a container. */
  root: string;
  mountPoint: string;
}

/** Picks the cgroup mounts out of /proc/PID/mountinfo; see proc_pid_mountinfo(5). */
export function parseCgroupMounts(text: string): CgroupMount[] {
  const mounts: CgroupMount[] = [];
  for (const line of text.split('\n')) {
    const [left = '', right = ''] = line.split(' - ');
    const [type, , options = ''] = right.split(' ');
    if (type !== 'cgroup' && type !== 'cgroup2') continue;
    const [, , , root, mountPoint] = left.split(' ');
    if (root !== undefined && mountPoint !== undefined) {
      const version = type === 'cgroup' ? 1 : 2;
      const controllers =
        version === 1 ? options.split(',').filter((name) => name !== 'rw' && name !== 'ro') : [];
      mounts.push({ version, controllers, root: unescape(root), mountPoint: unescape(mountPoint) });
    }
  }
  return mounts;
}

/** Blanks, tabs, line ends and backslashes are written in octal. */
function unescape(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/gu, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
