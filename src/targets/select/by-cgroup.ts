import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { escapeControls } from '../../core/parse/cmdline.ts';
import { parseCgroupMounts } from '../../core/parse/mountinfo.ts';
import { isWithin, parseCgroup } from '../../core/parse/proc-cgroup.ts';
import { IdleproofError } from '../../errors.ts';
import type { Procfs } from '../../os/procfs.ts';
import { permitted } from '../process-table.ts';
import type { Scene } from '../scene.ts';
import { candidates } from './candidates.ts';

/** Tells whether a process, by the paths of its cgroups, belongs to a target. */
export type CgroupTest = (paths: readonly string[]) => boolean;

/** The cgroups of a process in all hierarchies; empty when it is gone. */
export function readCgroups(procfs: Procfs, pid: number): string[] {
  const text = permitted(() => procfs.read(`${pid}/cgroup`)) ?? '';
  return parseCgroup(text).map(({ path }) => path);
}

/** All processes in a cgroup and below it that have no parent in it. */
export function selectByCgroups(scene: Scene, test: CgroupTest): number[] {
  const pids = new Set(
    candidates(scene)
      .map(({ pid }) => pid)
      .filter((pid) => test(readCgroups(scene.procfs, pid))),
  );
  return [...pids].filter((pid) => !pids.has(scene.table.get(pid)?.parentPid ?? 0));
}

/** `--cgroup`: a path as in /proc/PID/cgroup (`/system.slice/nginx.service`), or of the folder below /sys/fs/cgroup. */
export function cgroupTest(procfs: Procfs, cgroup: string): CgroupTest {
  const paths = pathsOf(procfs, cgroup);
  return (own) => own.some((path) => paths.some((wanted) => isWithin(path, wanted)));
}

export function selectByCgroup(scene: Scene, cgroup: string): number[] {
  const selector = `cgroup ${cgroup}`;
  if (pathsOf(scene.procfs, cgroup).includes('/')) {
    const problem = 'the root cgroup holds everything on this machine';
    throw new IdleproofError('CGROUP_NOT_FOUND', { selector, problem, hint: 'Name a cgroup below it.' });
  }
  const roots = selectByCgroups(scene, cgroupTest(scene.procfs, cgroup));
  if (roots.length > 0) return roots;
  const problem = exists(scene.procfs, cgroup) ? 'it holds no process' : 'there is no such cgroup';
  const hint = 'systemd-cgls and /proc/PID/cgroup show the cgroups.';
  throw new IdleproofError('CGROUP_NOT_FOUND', { selector, problem, hint });
}

/** `--unit`: a cgroup of that name anywhere in a path; `.service` may be left out. */
export function unitTest(unit: string): CgroupTest {
  const wanted = unitName(unit);
  return (paths) => paths.some((path) => path.split('/').includes(wanted));
}

export function selectByUnit(scene: Scene, unit: string): number[] {
  const roots = selectByCgroups(scene, unitTest(unit));
  if (roots.length > 0) return roots;
  const running = runningUnits(scene);
  const near = running.length === 0 ? '' : ` (nearest: ${escapeControls(closest(unitName(unit), running))})`;
  const problem = `no process runs in ${unitName(unit)}${near}`;
  const hint = 'systemctl status shows whether it runs.';
  throw new IdleproofError('CGROUP_NOT_FOUND', { selector: `unit ${unit}`, problem, hint });
}

const unitName = (unit: string): string =>
  /\.(?:service|scope|slice)$/u.test(unit) ? unit : `${unit}.service`;

function runningUnits(scene: Scene): string[] {
  const segments = candidates(scene).flatMap(({ pid }) =>
    readCgroups(scene.procfs, pid).join('/').split('/'),
  );
  return [...new Set(segments)].filter((segment) => /\.(?:service|scope)$/u.test(segment));
}

/** The path in the hierarchy that is meant; a folder below a cgroup mount is one by its path from there. */
function pathsOf(procfs: Procfs, cgroup: string): string[] {
  const path = cgroup.length > 1 ? cgroup.replace(/\/+$/u, '') || '/' : cgroup;
  const mounted = readMounts(procfs)
    .filter(({ mountPoint }) => isWithin(path, mountPoint))
    .map(({ root, mountPoint }) =>
      join(root, path.slice(mountPoint.length) || '/').replace(/(?<=.)\/$/u, ''),
    );
  return mounted.length > 0 ? mounted : [path.startsWith('/') ? path : `/${path}`];
}

function exists(procfs: Procfs, cgroup: string): boolean {
  return pathsOf(procfs, cgroup).some((path) =>
    readMounts(procfs).some(({ mountPoint }) => existsSync(join(mountPoint, path))),
  );
}

function readMounts(procfs: Procfs): { root: string; mountPoint: string }[] {
  return parseCgroupMounts(permitted(() => procfs.read('self/mountinfo')) ?? '');
}
