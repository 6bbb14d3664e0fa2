import type { RouteRecord, SocketStateRecord } from '../../../model/kernel-record.ts';
import type { Connection } from './connection.ts';
import { IPPROTO_MPTCP } from './socket-protocol.ts';

/**
 * Which TCP connection carries the data of which MPTCP socket: programs have the latter in hand, and only the former has
 * addresses. The kernel makes the two right after each other.
 */
export class MptcpSockets {
  /** Those that a thread is connecting: the first connection below tells the addresses. */
  readonly #connecting: Map<number, Connection> = new Map();
  /** The socket that was made last for a peer. */
  #lastChild: Connection | null = null;

  /** A thread connects a socket. Returns the MPTCP socket that it carries data for; null where it stands for itself. */
  opening(connection: Connection, { protocol, tid }: SocketStateRecord): Connection | null {
    if (protocol === IPPROTO_MPTCP) {
      this.#connecting.set(tid, connection);
      return null;
    }
    const master = this.#connecting.get(tid) ?? null;
    this.#connecting.delete(tid);
    return master;
  }

  /** A socket was made for a peer. Returns the connection that was made just before and carries its data; null: none does. */
  accepted(connection: Connection, { protocol, local }: SocketStateRecord): Connection | null {
    const carrier = this.#lastChild;
    this.#lastChild = connection;
    const isCarried = protocol === IPPROTO_MPTCP && carrier?.local?.port === local.port;
    if (!isCarried || carrier.master !== null) return null;
    carrier.master = connection;
    return carrier;
  }

  /** Whether a look-up that failed belongs to a socket that is being connected, so that it is no attempt of its own. */
  claims({ tid, remote, error }: RouteRecord): boolean {
    const connection = this.#connecting.get(tid);
    if (connection === undefined || connection.opening === null) return false;
    connection.remote = remote;
    Object.assign(connection.opening, { remote, error });
    this.#connecting.delete(tid);
    return true;
  }

  ended(connection: Connection): void {
    const { tid } = connection;
    if (tid !== null && this.#connecting.get(tid) === connection) this.#connecting.delete(tid);
  }

  /** Its address in the kernel was given to another. */
  replaced(connection: Connection): void {
    if (this.#lastChild === connection) this.#lastChild = null;
  }
}
