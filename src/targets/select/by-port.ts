import { escapeControls } from '../../core/parse/escape-controls.ts';
import type { Listener } from '../../core/parse/proc-net-listeners.ts';
import { IdleproofError } from '../../errors.ts';
import type { Procfs } from '../../os/procfs.ts';
import { areSiblings, assertOneTree, topmost, topOfSameProgram } from './one-app.ts';
import { isKernelThread } from '../process-table.ts';
import type { Scene } from '../scene.ts';
import { findOwners, readListeners, type SocketOwners } from '../socket-owners.ts';
import { selectByPid } from './by-pid.ts';

const MAX_NEAREST = 4;

/** Who listens on the port (TCP; or else who holds a UDP socket on it), from the top of its program's tree down. */
export function selectByPort(scene: Scene, port: number): readonly number[] {
  const listeners = listenersOn(scene.procfs, port);
  if (listeners.length === 0) {
    throw new IdleproofError('PORT_NOT_FOUND', { port, nearest: nearestPorts(scene, port) });
  }
  const { byInode, hidden } = ownersOf(scene, listeners);
  const pids = [...new Set([...byInode.values()].flat())];
  const unowned = listeners.filter(({ inode }) => !byInode.has(inode));
  if (unowned.length > 0) throw ownerHidden(port, unowned, hidden);
  // A service manager keeps the sockets that it hands to its services.
  const apps = pids.filter((pid) => pid !== 1);
  if (apps.length === 0) return selectByPid(scene, 1);
  for (const pid of apps) selectByPid(scene, pid);
  const roots = topmost(
    scene,
    apps.map((pid) => topOfSameProgram(scene, pid)),
  );
  return areSiblings(scene, roots) ? roots : assertOneTree(scene, roots, `port ${port}`);
}

/** Changes when another socket listens on the port. */
export function portSignature(procfs: Procfs, port: number): string {
  return listenersOn(procfs, port)
    .map(({ inode }) => inode)
    .sort((a, b) => a - b)
    .join();
}

function listenersOn(procfs: Procfs, port: number): Listener[] {
  const tcp = readListeners(procfs, 'tcp').filter((listener) => listener.port === port);
  return tcp.length > 0 ? tcp : readListeners(procfs, 'udp').filter((listener) => listener.port === port);
}

function ownersOf({ procfs, table }: Scene, listeners: readonly Listener[]): SocketOwners {
  const pids = [...table.values()].filter((stat) => !isKernelThread(stat)).map(({ pid }) => pid);
  return findOwners(procfs, new Set(listeners.map(({ inode }) => inode)), pids);
}

function ownerHidden(port: number, unowned: readonly Listener[], hidden: number): IdleproofError {
  const users = [...new Set(unowned.map(({ uid }) => uid))].join(', ');
  const reason =
    hidden > 0
      ? `it belongs to user ${users}; the open files of ${hidden} processes may not be read`
      : 'no process here holds its socket: the kernel itself, or a process in another container';
  return new IdleproofError('PORT_OWNER_HIDDEN', { port, reason });
}

/** The listening TCP ports nearest to one, with the names of their processes: ` (nearest: 8001 nginx, 8080 node)`. */
function nearestPorts(scene: Scene, port: number): string {
  const distance = (listener: Listener): number => Math.abs(listener.port - port);
  const byPort = new Map(readListeners(scene.procfs, 'tcp').map((listener) => [listener.port, listener]));
  const nearest = [...byPort.values()].sort((a, b) => distance(a) - distance(b)).slice(0, MAX_NEAREST);
  if (nearest.length === 0) return '';
  const { byInode } = ownersOf(scene, nearest);
  const named = nearest.map(({ port: open, inode }) => {
    const owner = scene.table.get(byInode.get(inode)?.[0] ?? 0);
    return owner === undefined ? String(open) : `${open} ${escapeControls(owner.name)}`;
  });
  return ` (nearest: ${named.join(', ')})`;
}
