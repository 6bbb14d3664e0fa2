import { isModelServer } from '../../core/discovery/model-server.ts';
import { redactCmdline } from '../../core/parse/cmdline.ts';
import { isLoopback } from '../../core/parse/ip-address.ts';
import { parseNetTable } from '../../core/parse/net-table.ts';
import { type SocketRecord, TCP_STATE } from '../../core/parse/socket-record.ts';
import type { Neighbour } from '../../model/discovery.ts';
import type { WatchedProcess } from '../../model/process.ts';
import { livingFolder } from '../../os/living-folder.ts';
import type { Procfs } from '../../os/procfs.ts';
import { findCandidates } from './listening.ts';
import { readArguments, readName } from '../process-info.ts';
import { permitted, readTable } from '../process-table.ts';
import { findOwners } from '../socket-owners.ts';

const MOST_NEIGHBOURS = 20;

/**
 * Who on this machine a target has connections to by loopback, which model servers run in its tree, and which listen beside it.
 * Whoever may not be looked into is left out.
 */
export function findNeighbours(procfs: Procfs, processes: readonly WatchedProcess[]): Neighbour[] {
  const own = new Set(processes.map(({ pid }) => pid));
  const children = processes
    .filter((process) => process.membership !== 'root' && isModelServer(process))
    .map(({ name, pid }): Neighbour => ({ name, pid, port: null, relation: 'child', isModel: true }));
  const peers = findPeers(procfs, processes);
  const known = new Set([...own, ...peers.map(({ pid }) => pid)]);
  const listening = findCandidates(procfs)
    .candidates.filter((candidate) => !known.has(candidate.pid) && isModelServer(candidate))
    .map(({ name, pid, port }): Neighbour => ({ name, pid, port, relation: 'listening', isModel: true }));
  return [...children, ...peers, ...listening].slice(0, MOST_NEIGHBOURS);
}

/** The processes behind the loopback connections that the target has opened. */
function findPeers(procfs: Procfs, processes: readonly WatchedProcess[]): Neighbour[] {
  const [first] = processes;
  if (first === undefined) return [];
  const folder = livingFolder(procfs, first.pid);
  const records = ['tcp', 'tcp6'].flatMap((file) =>
    parseNetTable(permitted(() => procfs.read(`${folder}/net/${file}`)) ?? '', 'tcp'),
  );
  const listeners = new Map(
    records.filter(({ state }) => state === TCP_STATE.listen).map((record) => [record.local.port, record]),
  );
  const table = readTable(procfs);
  const connected = records.filter(
    ({ state, remote }) => state === TCP_STATE.established && isLoopback(remote.ip),
  );
  const byEnds = new Map(connected.map((record) => [endsOf(record.local, record.remote), record]));
  const { byInode } = findOwners(
    procfs,
    new Set([...connected, ...listeners.values()].map(({ inode }) => inode)),
    table.keys(),
  );
  const own = new Set(processes.map(({ pid }) => pid));
  const isOwn = ({ inode }: SocketRecord): boolean =>
    byInode.get(inode)?.some((pid) => own.has(pid)) === true;
  const found = new Map<number, Neighbour>();
  for (const record of connected) {
    const listener = listeners.get(record.remote.port);
    if (!isOwn(record) || listener === undefined) continue;
    // Until it is accepted, a connection belongs to nobody, and then to whoever listens.
    const peer = byEnds.get(endsOf(record.remote, record.local));
    const pid = (byInode.get(peer?.inode ?? 0) ?? byInode.get(listener.inode))?.[0];
    const stat = table.get(pid ?? 0);
    if (stat === undefined || own.has(stat.pid) || found.has(stat.pid)) continue;
    const name = readName(procfs, stat);
    const isModel = isModelServer({ name, cmdline: redactCmdline(readArguments(procfs, stat.pid)) });
    found.set(stat.pid, { name, pid: stat.pid, port: record.remote.port, relation: 'peer', isModel });
  }
  return [...found.values()];
}

const endsOf = (from: { ip: string; port: number }, to: { ip: string; port: number }): string =>
  `${from.ip}:${from.port} ${to.ip}:${to.port}`;
