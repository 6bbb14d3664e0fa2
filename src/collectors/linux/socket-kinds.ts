import { INODE_COLUMN, parseInodes } from '../../core/parse/net-table.ts';
import type { Procfs } from '../../os/procfs.ts';
import type { SocketProtocolName } from '../../os/socket-protocol.ts';

/** `inet`: in the TCP and UDP tables once it is bound or connected. `local`: no network. Else what it is, in words. */
export type SocketKind = 'inet' | 'local' | { unseen: string };

/** MPTCP connections show the inode of their socket in the TCP tables. */
const INET: ReadonlySet<string> = new Set(['TCP', 'TCPv6', 'MPTCP', 'MPTCPv6', 'UDP', 'UDPv6']);
/** ALG is the kernel's cryptography, KEY its key management. */
const LOCAL = /^(UNIX(-\w+)?|NETLINK|ALG|KEY)$/;
const TABLES = Object.entries(INODE_COLUMN);

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
    const kind = name === null ? this.#byTables(pid, inode) : byName(name);
    this.#known.set(inode, kind);
    return kind;
  }

  /** Inode numbers are given again. */
  forget(inode: number): void {
    this.#known.delete(inode);
  }

  /** Not in any of these tables: TCP or UDP, or something that has none (VSOCK, SCTP); the caller looks which. */
  #byTables(pid: number, inode: number): SocketKind {
    for (const [file, column] of TABLES) {
      const text = this.#procfs.read(`${pid}/net/${file}`);
      if (text === null || !parseInodes(text, column).includes(inode)) continue;
      return file === 'unix' || file === 'netlink' ? 'local' : { unseen: `a socket of kind ${file}` };
    }
    return 'inet';
  }
}

function byName(name: string): SocketKind {
  if (INET.has(name)) return 'inet';
  return LOCAL.test(name) ? 'local' : { unseen: `a socket of kind ${name}` };
}
