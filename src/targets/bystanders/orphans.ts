import { basename, dirname } from 'node:path';
import { redactCmdline } from '../../core/parse/cmdline.ts';
import { isInterpreter } from '../../core/parse/interpreter.ts';
import type { ProcStat } from '../../core/parse/proc-stat.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { Orphan } from '../../model/target.ts';
import type { Procfs } from '../../os/procfs.ts';
import { readArguments, readExe, readManagerPath, readName } from '../process-info.ts';
import { isReparented } from '../process-table.ts';
import type { Scene } from '../scene.ts';

/** Folders that hold programs of many makers: sharing one says nothing. */
const SHARED_FOLDER =
  /^(?:\/usr(?:\/local)?)?\/(?:s?bin|games|lib(?:exec|32|64)?(?:\/[\w]+-linux-\w+)?)$|^\/snap\/bin$/u;

/** Cgroups of logins and terminals, and of the managers themselves: what runs there has little to do with each other. */
const SHARED_CGROUP =
  /(?:^|\/)(?:session-[^/]*\.scope|(?:vte|tmux)-spawn-[^/]*\.scope|init\.scope|user@[^/]*\.service|[^/]*\.slice)?$/u;

interface Suspect {
  stat: ProcStat;
  exe: string | null;
  cgroup: string | null;
}

/**
 * Processes that lost their parent and share something with a target that outsiders seldom share: they may be helpers
 * which daemonized before we came. It only warns, and it rather stays silent than accuse a neighbour.
 */
export function findOrphans(
  scene: Scene,
  targets: ReadonlyMap<string, readonly WatchedProcess[]>,
): Map<string, Orphan[]> {
  const watched = new Set([...targets.values()].flat().map(({ pid }) => pid));
  const suspects = [...scene.table.values()]
    .filter((stat) => !watched.has(stat.pid) && isReparented(scene.table, stat))
    .filter((stat) => scene.guard.refusal(scene.table, stat) === null)
    .map((stat) => ({
      stat,
      exe: readExe(scene.procfs, stat.pid),
      cgroup: readManagerPath(scene.procfs, stat.pid),
    }));
  const found = new Map<string, Orphan[]>();
  for (const [name, processes] of targets) {
    const links = linksOf(scene, processes);
    const orphans = suspects.flatMap((suspect) => {
      const reason = links.shared(suspect);
      return reason === null ? [] : [describe(scene.procfs, suspect.stat, reason)];
    });
    found.set(name, orphans);
  }
  return found;
}

/** What the processes of one target can share with others. */
function linksOf(
  scene: Scene,
  processes: readonly WatchedProcess[],
): { shared(suspect: Suspect): string | null } {
  const { procfs, table, guard } = scene;
  const stats = processes.flatMap(({ pid }) => table.get(pid) ?? []);
  const groups = new Set(stats.map(({ groupId }) => groupId));
  // While its leader lives outside of the target (a shell), a session holds that leader's other jobs, too.
  const sessions = new Set(stats.map(({ sessionId }) => sessionId).filter((id) => !table.has(id)));
  // The watchdog's own session and group hold its launchers' other jobs.
  const self = table.get(guard.selfPid);
  for (const id of [0, self?.groupId ?? 0]) groups.delete(id);
  for (const id of [0, self?.sessionId ?? 0]) sessions.delete(id);
  const roots = processes.filter(({ membership }) => membership === 'root');
  const cgroups = new Set(roots.flatMap((root) => ownCgroup(scene, root) ?? []));
  const ownPaths = new Set(roots.flatMap(({ pid }) => readManagerPath(procfs, pid) ?? []));
  const folders = [...new Set(roots.flatMap(({ exe }) => installFolder(exe) ?? []))];
  return {
    shared: ({ stat, exe, cgroup }) => {
      if (cgroup !== null && cgroups.has(cgroup))
        return `it lost its parent and runs in the target's cgroup ${cgroup}`;
      // A service manager put it elsewhere: a program of its own, whatever else it shares.
      if (cgroup !== null && ownPaths.size > 0 && !ownPaths.has(cgroup)) return null;
      if (sessions.has(stat.sessionId)) return "it lost its parent and is in the target's session";
      if (groups.has(stat.groupId)) return "it lost its parent and is in the target's process group";
      const folder = folders.find((own) => exe?.startsWith(`${own}/`) === true);
      return folder === undefined
        ? null
        : `it lost its parent and its program lies in the target's folder ${folder}`;
    },
  };
}

/** The cgroup of a root, if the target has it to itself: what is above the root is not in it, and we are not. */
function ownCgroup({ procfs, guard }: Scene, root: WatchedProcess): string | null {
  const path = readManagerPath(procfs, root.pid);
  if (path === null || SHARED_CGROUP.test(path)) return null;
  const outside = [root.parentPid, guard.selfPid].every((pid) => readManagerPath(procfs, pid) !== path);
  return outside ? path : null;
}

function installFolder(exe: string | null): string | null {
  if (exe === null || isInterpreter(basename(exe))) return null;
  const folder = dirname(exe);
  return folder === '/' || SHARED_FOLDER.test(folder) ? null : folder;
}

function describe(procfs: Procfs, stat: ProcStat, reason: string): Orphan {
  return {
    pid: stat.pid,
    name: readName(procfs, stat),
    cmdline: redactCmdline(readArguments(procfs, stat.pid)),
    reason: `${reason}: it may be a helper which daemonized`,
    appeared: false,
  };
}
