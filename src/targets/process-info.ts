import { redactCmdline, splitCmdline } from '../core/parse/cmdline.ts';
import { parseDeletedPath } from '../core/parse/deleted-path.ts';
import { escapeControls } from '../core/parse/escape-controls.ts';
import type { ProcStat } from '../core/parse/proc-stat.ts';
import { processName } from '../core/parse/process-name.ts';
import { MS_PER_TICK } from '../model/clock-ticks.ts';
import type { WatchedProcess } from '../model/process.ts';
import { livingFolder } from '../os/living-folder.ts';
import { networkScopeOf } from '../os/network-scope.ts';
import type { Procfs } from '../os/procfs.ts';
import { permitted } from './process-table.ts';
import { managerPath, parseCgroup } from '../core/parse/proc-cgroup.ts';

/** What can be read of a process beside its place in the tree. */
export type ProcessFacts = Omit<WatchedProcess, 'id' | 'target' | 'parentId' | 'membership'>;

/** Reads what is told of a process; `bootAtMs` is when the host was booted, in the run's time. */
export function readFacts(procfs: Procfs, stat: ProcStat, bootAtMs: number): ProcessFacts {
  return {
    pid: stat.pid,
    startTicks: stat.startTicks,
    parentPid: stat.parentPid,
    sessionId: stat.sessionId,
    startedAtMs: bootAtMs + stat.startTicks * MS_PER_TICK,
    ...readProgram(procfs, stat),
  };
}

/** The program that a process runs, and the network that it runs it in: others after exec(2) and unshare(2). */
export function readProgram(
  procfs: Procfs,
  stat: ProcStat,
): Pick<WatchedProcess, 'name' | 'cmdline' | 'exe' | 'networkScope'> {
  const { pid, name } = stat;
  const folder = livingFolder(procfs, pid, stat);
  const exe = readExe(procfs, pid, folder);
  return {
    name: escapeControls(processName(name, () => exe)),
    cmdline: redactCmdline(readArguments(procfs, pid, folder)),
    exe,
    networkScope: permitted(() => networkScopeOf(procfs, pid, folder)),
  };
}

/** What a process is called. */
export function readName(procfs: Procfs, { pid, name }: Pick<ProcStat, 'pid' | 'name'>): string {
  return escapeControls(processName(name, () => readExe(procfs, pid)));
}

/** Arguments as they are, secrets and all: to match with, never to keep. Empty for zombies and kernel threads. */
export function readArguments(
  procfs: Procfs,
  pid: number,
  folder: string = livingFolder(procfs, pid),
): string[] {
  return splitCmdline(permitted(() => procfs.read(`${folder}/cmdline`)) ?? '');
}

/** Path of the program file; null where it may not be read. One that was replaced on disk keeps its path. */
export function readExe(
  procfs: Procfs,
  pid: number,
  folder: string = livingFolder(procfs, pid),
): string | null {
  const link = permitted(() => procfs.link(`${folder}/exe`));
  return link === null ? null : parseDeletedPath(link).path;
}

/** When the host was booted, from /proc/uptime, which has a resolution of 10 ms; btime of /proc/stat has one of 1 s. */
export function readBootAtMs(procfs: Procfs, nowMs: number): number {
  const uptimeSeconds = Number.parseFloat(procfs.read('uptime') ?? '');
  if (!Number.isFinite(uptimeSeconds)) throw new Error('/proc/uptime cannot be read');
  return nowMs - uptimeSeconds * 1000;
}

/** The control group that a process's manager gave it; null: it cannot be told. */
export function readManagerPath(procfs: Procfs, pid: number): string | null {
  return managerPath(parseCgroup(permitted(() => procfs.read(`${pid}/cgroup`)) ?? ''));
}
