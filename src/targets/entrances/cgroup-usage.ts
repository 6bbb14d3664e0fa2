import { existsSync, readFileSync } from 'node:fs';
import { parseKeyValues } from '../../core/parse/key-values.ts';
import { type CgroupMount, parseCgroupMounts } from '../../core/parse/mountinfo.ts';
import { type CgroupMembership, isWithin, parseCgroup } from '../../core/parse/proc-cgroup.ts';
import type { Procfs } from '../../os/procfs.ts';
import { permitted } from '../process-table.ts';
import type { CgroupTest } from '../scene.ts';

/** The CPU time that everybody has used in a control group and below, in the unit of its file; null: it is gone. */
export type ReadUsage = () => number | null;

/**
 * Where the CPU time of a target's control groups is counted: `usage_usec` of cpu.stat (cgroup-v2.rst of the kernel), or
 * cpuacct.usage of version 1. It is counted at the same moment and by the same amount as the CPU clocks of those who run there.
 * Empty where no such file can be seen.
 * @param pids processes of the target
 */
export function findUsage(procfs: Procfs, pids: Iterable<number>, test: CgroupTest): ReadUsage[] {
  const mounts = parseCgroupMounts(permitted(() => procfs.read('self/mountinfo')) ?? '');
  const files = new Map<string, ReadUsage>();
  for (const pid of pids) {
    for (const membership of parseCgroup(permitted(() => procfs.read(`${pid}/cgroup`)) ?? '')) {
      const path = topOf(membership.path, test);
      if (path === null) continue;
      const found = mounts.flatMap((mount) => fileIn(mount, membership, path) ?? []).find(existsSync);
      if (found !== undefined) files.set(found, () => readUsage(found));
    }
  }
  return [...files.values()];
}

/** The outermost cgroup on the way to a path that belongs to the target. */
function topOf(path: string, test: CgroupTest): string | null {
  const names = path.split('/');
  const paths = names.map((_, index) => names.slice(0, index + 1).join('/'));
  return paths.find((one) => one !== '' && test([one])) ?? null;
}

function fileIn(
  mount: CgroupMount,
  { hierarchy, controllers }: CgroupMembership,
  path: string,
): string | null {
  const isIts =
    hierarchy === 0
      ? mount.version === 2
      : mount.version === 1 &&
        mount.controllers.includes('cpuacct') &&
        controllers.split(',').includes('cpuacct');
  if (!isIts || !isWithin(path, mount.root)) return null;
  const below = mount.root === '/' ? path : path.slice(mount.root.length);
  return `${mount.mountPoint}${below}/${hierarchy === 0 ? 'cpu.stat' : 'cpuacct.usage'}`;
}

function readUsage(file: string): number | null {
  try {
    const text = readFileSync(file, 'latin1');
    return parseKeyValues(text).get('usage_usec') ?? Number.parseInt(text, 10);
  } catch {
    return null;
  }
}
