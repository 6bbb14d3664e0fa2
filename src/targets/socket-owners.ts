import { type Listener, parseListeners } from '../core/parse/proc-net-listeners.ts';
import { livingFolder } from '../os/living-folder.ts';
import type { Procfs } from '../os/procfs.ts';
import { permitted } from './process-table.ts';

/** Who listens in a network namespace: that of this process, or of process `of`. */
export function readListeners(
  procfs: Procfs,
  protocol: 'tcp' | 'udp',
  of: number | 'self' = 'self',
): Listener[] {
  const folder = of === 'self' ? of : livingFolder(procfs, of);
  return [protocol, `${protocol}6`].flatMap((file) =>
    parseListeners(permitted(() => procfs.read(`${folder}/net/${file}`)) ?? '', protocol),
  );
}

export interface SocketOwners {
  /** Pids by inode of the socket. */
  byInode: Map<number, number[]>;
  /** Processes whose open files may not be seen. */
  hidden: number;
}

/** Finds who holds these sockets open, among these processes. */
export function findOwners(
  procfs: Procfs,
  inodes: ReadonlySet<number>,
  pids: Iterable<number>,
): SocketOwners {
  const byInode = new Map<number, number[]>();
  let hidden = 0;
  for (const pid of pids) {
    const sockets = openSockets(procfs, pid);
    if (sockets === null) hidden += 1;
    for (const inode of sockets ?? []) {
      if (inodes.has(inode)) byInode.set(inode, [...(byInode.get(inode) ?? []), pid]);
    }
  }
  return { byInode, hidden };
}

/** Inodes of a process's sockets; null where its open files may not be seen. */
function openSockets(procfs: Procfs, pid: number): Set<number> | null {
  const folder = `${livingFolder(procfs, pid)}/fd`;
  const names = permitted(() => procfs.list(folder) ?? []);
  if (names === null) return null;
  const inodes = new Set<number>();
  for (const name of names) {
    const inode = /^socket:\[(\d+)\]$/u.exec(permitted(() => procfs.link(`${folder}/${name}`)) ?? '')?.[1];
    if (inode !== undefined) inodes.add(Number(inode));
  }
  return inodes;
}
