/** A mounted cgroup hierarchy, v1 or v2. */
export interface CgroupMount {
  /** Which part of the hierarchy is mounted: `/` unless in a container. */
  root: string;
  mountPoint: string;
}

/** Picks the cgroup mounts out of /proc/PID/mountinfo; see proc_pid_mountinfo(5). */
export function parseCgroupMounts(text: string): CgroupMount[] {
  const mounts: CgroupMount[] = [];
  for (const line of text.split('\n')) {
    const [left = '', right = ''] = line.split(' - ');
    if (!/^cgroup2? /u.test(right)) continue;
    const [, , , root, mountPoint] = left.split(' ');
    if (root !== undefined && mountPoint !== undefined) {
      mounts.push({ root: unescape(root), mountPoint: unescape(mountPoint) });
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
