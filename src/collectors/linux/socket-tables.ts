import { parseNetTable } from '../../core/parse/net-table.ts';
import type { SocketProtocol, SocketRecord } from '../../core/parse/socket-record.ts';
import { livingFolder } from '../../os/living-folder.ts';
import type { Netlink } from '../../os/netlink.ts';
import { networkScopeOf } from '../../os/network-scope.ts';
import type { Procfs } from '../../os/procfs.ts';
import { DumpInterrupted, dumpSockets, type SocketFilter } from './inet-diag-dump.ts';

const TABLES: readonly [SocketProtocol, family: 2 | 10, file: string][] = [
  ['tcp', 2, 'tcp'],
  ['tcp', 10, 'tcp6'],
  ['udp', 2, 'udp'],
  ['udp', 10, 'udp6'],
];

/**
 * The TCP and UDP sockets of a network namespace: by inet_diag, which tells the bytes of each connection, in the
 * watchdog's own namespace; by /proc/PID/net in others, and where netlink is not to be had.
 */
export class SocketTables {
  readonly #procfs: Procfs;
  /** The watchdog's own namespace, as in WatchedProcess.networkScope. */
  readonly ownScope: string | null;
  readonly #openNetlink: () => Netlink | null;
  #netlink: Netlink | null | undefined;

  constructor(procfs: Procfs, openNetlink: () => Netlink | null) {
    this.#procfs = procfs;
    this.#openNetlink = openNetlink;
    this.ownScope = networkScopeOf(procfs, 'self');
  }

  /**
   * @param scope as in WatchedProcess.networkScope
   * @param pid a process of that namespace
   * @param isWanted spares the work for others; some others can be told, too
   */
  read(scope: string | null, pid: number, isWanted: SocketFilter): SocketRecord[] {
    if (scope !== null && scope === this.ownScope) {
      const records = this.#dump(isWanted);
      if (records !== null) return records;
    }
    const folder = livingFolder(this.#procfs, pid);
    return TABLES.flatMap(([protocol, , file]) => {
      const text = this.#procfs.read(`${folder}/net/${file}`);
      if (text === null && file === 'tcp') throw new Error(`the socket tables of pid ${pid} cannot be read`);
      return parseNetTable(text ?? '', protocol);
    });
  }

  close(): void {
    this.#netlink?.close();
    this.#netlink = null;
  }

  /** Once refused (no module for it, a seccomp filter), it is not tried again. */
  #dump(isWanted: SocketFilter): SocketRecord[] | null {
    if (this.#netlink === undefined) this.#netlink = this.#openNetlink();
    const netlink = this.#netlink;
    if (netlink === null) return null;
    try {
      return TABLES.flatMap(([protocol, family]) => dumpSockets(netlink, family, protocol, isWanted));
    } catch (error) {
      if (error instanceof DumpInterrupted) throw error;
      this.close();
      return null;
    }
  }
}
