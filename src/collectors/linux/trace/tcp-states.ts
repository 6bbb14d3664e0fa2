import { TCP_STATE } from '../../../core/parse/socket-record.ts';
import type { SocketStateRecord } from '../../../model/kernel-record.ts';
import { type Connection, flowOn, isOther, newConnection } from './connection.ts';
import type { Connections } from './connections.ts';
import { type Flow, newFlow } from './flow.ts';
import type { Listening } from './listening.ts';
import type { OlderConnections } from './older-connections.ts';
import { IPPROTO_MPTCP, ipProtocol } from './socket-protocol.ts';

const { established, synSent, synReceived, finWait1, close, closeWait, lastAck, listen } = TCP_STATE;
const ENDS: ReadonlySet<number> = new Set([finWait1, lastAck, close]);
/** Only a connection that has not ended is in one of them. */
const OPEN: ReadonlySet<number> = new Set([established, synSent, synReceived, closeWait]);
const PROVEN: ReadonlySet<number> = new Set([established, closeWait]);

interface Parts {
  connections: Connections;
  listening: Listening;
  older: OlderConnections;
  emit: (flow: Flow) => void;
}

/** Connections that are opened, accepted, attempted and closed, as the states of their sockets tell it. */
export class TcpStates {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @param isActing whether a followed thread did it; else it only tells the state of what is known */
  state(record: SocketStateRecord, isActing: boolean): void {
    const { connections, listening } = this.#parts;
    const { oldState, newState, socket } = record;
    if (oldState === newState) return;
    if (newState === listen) {
      if (isActing) this.#listens(record);
    } else if (oldState === listen && newState === close) {
      listening.closed(socket);
    } else if (oldState === listen) {
      connections.replace(socket);
      this.#child(record);
    } else if (oldState === close) {
      const before = connections.replace(socket);
      if (newState === synSent && isActing) this.#open(withoutOldPort(record, before));
    } else {
      const connection = this.#of(record, isActing);
      if (connection !== null) this.#advance(connection, record, isActing);
    }
  }

  #listens(record: SocketStateRecord): void {
    const { local, tid, atNs, socket, protocol } = record;
    const { listening, emit } = this.#parts;
    listening.opened(record);
    // The socket that carries it listens as well.
    if (protocol === IPPROTO_MPTCP) return;
    emit(
      newFlow({
        op: 'listen',
        direction: 'inbound',
        protocol: ipProtocol(protocol),
        local,
        atNs,
        tid,
        socket,
      }),
    );
  }

  #open(record: SocketStateRecord): void {
    const { connections } = this.#parts;
    const { socket, protocol, atNs, tid } = record;
    const connection = newConnection({ socket, protocol: ipProtocol(protocol), firstNs: atNs, tid });
    connection.direction = 'outbound';
    connection.master = connections.mptcp.opening(connection, record);
    connections.add(connection);
    if (connection.master === null) {
      const opening = flowOn(connection, { op: 'connect', direction: 'outbound', atNs, tid });
      connections.untold.opened(connection, opening);
    }
    connections.learn(connection.master ?? connection, record);
  }

  /** The kernel has made a socket for a peer that connects; whose context it did that in means nothing. */
  #child(record: SocketStateRecord): void {
    const { connections, listening, older } = this.#parts;
    const { socket, protocol, atNs, local } = record;
    if (!listening.at(local, null)) return;
    const connection = newConnection({ socket, protocol: ipProtocol(protocol), firstNs: atNs, tid: null });
    // Who had these ends before is gone.
    older.claim(local, record.remote);
    const carrier = connections.mptcp.accepted(connection, record);
    if (carrier !== null) {
      // What is told is the socket that the program gets.
      connection.direction = 'inbound';
      connection.remote = carrier.remote;
      connections.untold.handOver(carrier, connection);
    }
    connections.add(connection);
    connections.learn(connection, record);
  }

  /** The connection that a later state belongs to; null where it is none of ours. */
  #of(record: SocketStateRecord, isActing: boolean): Connection | null {
    const { connections, listening } = this.#parts;
    const { socket, oldState, newState, protocol } = record;
    const known = connections.get(socket);
    if (known !== undefined) {
      const isReused = isOther(known, record) || (known.hasEnded && OPEN.has(oldState));
      if (!isReused) return known;
      connections.replace(socket);
    }
    const isBorn = oldState === synReceived && newState === established && listening.at(record.local, null);
    if (!isActing && !isBorn) return null;
    const connection = connections.meet(
      { ...record, tid: isActing ? record.tid : null },
      ipProtocol(protocol),
    );
    if (oldState === synSent) connection.direction = 'outbound';
    return connection;
  }

  #advance(connection: Connection, record: SocketStateRecord, isActing: boolean): void {
    const { connections } = this.#parts;
    const { oldState, newState, atNs, tid } = record;
    const told = connection.master ?? connection;
    if (isActing) connections.use(connection, tid);
    if (PROVEN.has(oldState) || PROVEN.has(newState)) told.isProven = true;
    connections.learn(told, record);
    if (ENDS.has(newState) && !connection.hasEnded) connections.end(connection, atNs);
  }
}

/** A socket that was disconnected (connect(2) with AF_UNSPEC) shows its last port until it is given another. */
function withoutOldPort(record: SocketStateRecord, before: Connection | null): SocketStateRecord {
  const { local } = record;
  return before?.local?.port === local.port ? { ...record, local: { ...local, port: 0 } } : record;
}
