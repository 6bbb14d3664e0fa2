import type { Look } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { LookReader, OpenFile } from './look-reader.ts';
import { type SocketKinds, UNTRACED } from './socket-kinds.ts';

/** The sockets that one process holds. */
export interface HeldSockets {
  /** Inodes of TCP and UDP sockets. */
  inet: Set<number>;
  /** Inodes of sockets that are nothing, unless they are in the TCP and UDP tables. */
  unknown: Set<number>;
  /** What cannot be looked into, in words. */
  unseen: Set<string>;
  /** What the kernel's trace does not tell of either, in words. */
  untraced: string | null;
}

const SOCKET = /^socket:\[(\d+)\]$/;
/** What the descriptor of an io_uring leads to. */
export const IO_URING = 'anon_inode:[io_uring]';

/** Walks the open files of a process; null when it is gone. Throws where that is not permitted. */
export function heldSockets(
  reader: LookReader,
  kinds: SocketKinds,
  look: Look,
  { pid }: WatchedProcess,
): HeldSockets | null {
  const open = reader.openFiles(look, pid);
  if (open === null) return null;
  const held: HeldSockets = { inet: new Set(), unknown: new Set(), unseen: new Set(), untraced: null };
  for (const file of open.files) {
    const path = `${open.folder}/${file.fd}`;
    const inode = Number(SOCKET.exec(file.link)?.[1]);
    if (Number.isNaN(inode)) {
      if (hidesSockets(reader, open.folder, file)) held.unseen.add('an io_uring with files of its own');
      continue;
    }
    const { kind, name } = kinds.of(pid, path, inode);
    if (name.startsWith('UNIX') && carriesDescriptors(reader, open.folder, file))
      held.unseen.add('descriptors in a Unix socket');
    if (kind === 'inet') held.inet.add(inode);
    else if (kind === 'unknown') held.unknown.add(inode);
    else if (kind === 'unseen') {
      const words = `a socket of kind ${name}`;
      held.unseen.add(words);
      if (name === UNTRACED) held.untraced = words;
    }
  }
  return held;
}

/** Files that are registered with an io_uring need no descriptor; fdinfo counts them. */
function hidesSockets(reader: LookReader, folder: string, { fd, link }: OpenFile): boolean {
  if (link !== IO_URING) return false;
  return !/^UserFiles:\s*0$/m.test(reader.procfs.read(`${folder}info/${fd}`) ?? '');
}

/** Descriptors that were sent to it and that nobody has taken so far (SCM_RIGHTS of unix(7)) are held by no process; since Linux 5.6. */
function carriesDescriptors(reader: LookReader, folder: string, { fd }: OpenFile): boolean {
  return /^scm_fds:\s*[1-9]/m.test(reader.procfs.read(`${folder}info/${fd}`) ?? '');
}
