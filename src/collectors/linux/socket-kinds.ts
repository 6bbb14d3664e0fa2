import { INODE_COLUMN, parseInodes } from '../../core/parse/net-table.ts';
import { livingFolder } from '../../os/living-folder.ts';
import type { Procfs } from '../../os/procfs.ts';
import type { SocketProtocolName } from '../../os/socket-protocol.ts';

/**
 * `inet`: in the TCP and UDP tables once it is bound or connected. `local`: no network. `unknown`: TCP or UDP if it is
 * in their tables, else nobody can tell. `unseen`: network that cannot be looked into.
 */
export interface SocketKind {
  kind: 'inet' | 'local' | 'unknown' | 'unseen';
  /** As the kernel calls it. */
  name: string;
}

/** MPTCP connections show the inode of their socket in the TCP tables. */
const INET: ReadonlySet<string> = new Set(['TCP', 'TCPv6', 'MPTCP', 'MPTCPv6', 'UDP', 'UDPv6']);
/** ALG is the kernel's cryptography, KEY its key management. */
const LOCAL = /^(UNIX(-\w+)?|NETLINK|ALG|KEY)$/;

/** AF_XDP sends what lies in memory when somebody polls, too: no call that the kernel's trace tells of. See linux/networking/af_xdp.rst. */
export const UNTRACED = 'XDP';

/** Tells what kind of socket a descriptor holds; asked once for each inode. */
export class SocketKinds {
  readonly #procfs: Procfs;
  readonly #nameOf: SocketProtocolName | null;
  readonly #known: Map<number, SocketKind> = new Map();

  constructor(procfs: Procfs, nameOf: SocketProtocolName | null) {
    this.#procfs = procfs;
    this.#nameOf = nameOf;
  }

  /**
   * @param pid a process that holds the socket
   * @param path of the descriptor below the procfs root
   */
  of(pid: number, path: string, inode: number): SocketKind {
    const known = this.#known.get(inode);
    if (known !== undefined) return known;
    const name = this.#nameOf?.(`${this.#procfs.root}/${path}`) ?? null;
    if (name !== null) this.#known.set(inode, byName(name));
    else this.#readTables(pid);
    return this.#known.get(inode) ?? { kind: 'unknown', name: 'unknown' };
  }

  /** Inode numbers are given again. */
  forget(inode: number): void {
    this.#known.delete(inode);
  }

  /** The slower way: a look into the tables of the process's network namespace. */
  #readTables(pid: number): void {
    const folder = livingFolder(this.#procfs, pid);
    for (const [file, column] of Object.entries(INODE_COLUMN)) {
      const kind = file === 'unix' || file === 'netlink' ? 'local' : 'unseen';
      const inodes = parseInodes(this.#procfs.read(`${folder}/net/${file}`) ?? '', column);
      for (const inode of inodes) this.#known.set(inode, { kind, name: file.toUpperCase() });
    }
  }
}

function byName(name: string): SocketKind {
  if (INET.has(name)) return { kind: 'inet', name };
  return { kind: LOCAL.test(name) ? 'local' : 'unseen', name };
}
