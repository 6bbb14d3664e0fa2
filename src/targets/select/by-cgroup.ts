import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { escapeControls } from '../../core/parse/escape-controls.ts';
import { parseCgroupMounts } from '../../core/parse/mountinfo.ts';
import { isWithin, parseCgroup } from '../../core/parse/proc-cgroup.ts';
import { IdleproofError } from '../../errors.ts';
import type { Procfs } from '../../os/procfs.ts';
import { permitted } from '../process-table.ts';
import type { CgroupTest, Scene, Selection } from '../scene.ts';
import { candidates } from './candidates.ts';

/** The cgroups of a process in all hierarchies; empty when it is gone. */
export function readCgroups(procfs: Procfs, pid: number): string[] {
  const text = permitted(() => procfs.read(`${pid}/cgroup`)) ?? '';
  return parseCgroup(text).map(({ path }) => path);
}

/** All processes that are in it and have no parent in it; null when nobody is. */
export function selectByCgroups(scene: Scene, cgroup: CgroupTest): Selection | null {
  const pids = new Set(
    candidates(scene)
      .map(({ pid }) => pid)
      .filter((pid) => cgroup(readCgroups(scene.procfs, pid))),
  );
  if (pids.size === 0) return null;
  return { pids: [...pids].filter((pid) => !pids.has(scene.table.get(pid)?.parentPid ?? 0)), cgroup };
}

/** `--cgroup`: a path as in /proc/PID/cgroup (`/system.slice/nginx.service`), or of the folder below /sys/fs/cgroup. */
export function selectByCgroup(scene: Scene, cgroup: string): Selection {
  const selector = `cgroup ${cgroup}`;
  const paths = pathsOf(scene.procfs, cgroup);
  if (paths.includes('/')) {
    const problem = 'the root cgroup holds everything on this machine';
    throw new IdleproofError('CGROUP_NOT_FOUND', { selector, problem, hint: 'Name a cgroup below it.' });
  }
  const found = selectByCgroups(scene, (own) =>
    own.some((path) => paths.some((wanted) => isWithin(path, wanted))),
  );
  if (found !== null) return found;
  const problem = exists(scene.procfs, paths) ? 'it holds no process' : 'there is no such cgroup';
  const hint = 'systemd-cgls and /proc/PID/cgroup show the cgroups.';
  throw new IdleproofError('CGROUP_NOT_FOUND', { selector, problem, hint });
}

/** `--unit`: a cgroup of that name anywhere in a path; `.service` may be left out. */
export function selectByUnit(scene: Scene, unit: string): Selection {
  const found = selectByCgroups(scene, (paths) =>
    paths.some((path) => path.split('/').includes(unitName(unit))),
  );
  if (found !== null) return found;
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

function exists(procfs: Procfs, paths: readonly string[]): boolean {
  const mounts = readMounts(procfs);
  return paths.some((path) => mounts.some(({ mountPoint }) => existsSync(join(mountPoint, path))));
}

function readMounts(procfs: Procfs): { root: string; mountPoint: string }[] {
  return parseCgroupMounts(permitted(() => procfs.read('self/mountinfo')) ?? '');
}
