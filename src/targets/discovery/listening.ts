import { redactCmdline } from '../../core/parse/cmdline.ts';
import type { Listener } from '../../core/parse/proc-net-listeners.ts';
import type { Candidate } from '../../model/discovery.ts';
import type { Procfs } from '../../os/procfs.ts';
import { Guard } from '../guard.ts';
import { readArguments, readName } from '../process-info.ts';
import { isKernelThread, readTable } from '../process-table.ts';
import { findOwners, readListeners } from '../socket-owners.ts';

/** Who listens on TCP ports of this network, in the order of ports; and on which ports nobody who may be seen does. */
export function findCandidates(procfs: Procfs): { candidates: Candidate[]; hiddenPorts: number[] } {
  const table = readTable(procfs);
  const guard = new Guard(table, process.pid, []);
  const listeners = readListeners(procfs, 'tcp').sort((a, b) => a.port - b.port);
  const pids = [...table.values()].filter((stat) => !isKernelThread(stat)).map(({ pid }) => pid);
  const { byInode } = findOwners(procfs, new Set(listeners.map(({ inode }) => inode)), pids);
  const byPort = new Map<number, Candidate>();
  const hiddenPorts = new Set<number>();
  for (const { port, inode, uid } of listeners) {
    const owners = byInode.get(inode);
    if (owners === undefined) hiddenPorts.add(port);
    // The workers of a server hold its socket, too: the eldest stands for them.
    const stats = (owners ?? []).flatMap((pid) => table.get(pid) ?? []);
    const [stat] = stats
      .filter((one) => guard.refusal(table, one) === null)
      .sort((a, b) => a.startTicks - b.startTicks || a.pid - b.pid);
    if (stat === undefined || byPort.has(port)) continue;
    const cmdline = redactCmdline(readArguments(procfs, stat.pid));
    byPort.set(port, { port, uid, pid: stat.pid, name: readName(procfs, stat), cmdline });
  }
  return {
    candidates: [...byPort.values()],
    hiddenPorts: [...hiddenPorts].filter((port) => !byPort.has(port)),
  };
}

/** The TCP ports on which these processes listen, in the network of the first of them; what may not be seen is left out. */
export function readPorts(procfs: Procfs, pids: readonly number[]): number[] {
  const [first] = pids;
  if (first === undefined) return [];
  const listeners: Listener[] = readListeners(procfs, 'tcp', first);
  const { byInode } = findOwners(procfs, new Set(listeners.map(({ inode }) => inode)), pids);
  const ports = listeners.filter(({ inode }) => byInode.has(inode)).map(({ port }) => port);
  return [...new Set(ports)].sort((a, b) => a - b);
}
