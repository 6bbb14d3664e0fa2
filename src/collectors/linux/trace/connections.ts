import type { SocketStateRecord } from '../../../model/kernel-record.ts';
import { type Connection, flowOn, learnEnds, newConnection } from './connection.ts';
import { directionOf, endsKey, type Flow, type KnownSocket } from './flow.ts';
import type { Listening } from './listening.ts';
import { MptcpSockets } from './mptcp-sockets.ts';
import type { OlderConnections } from './older-connections.ts';
import { SocketMemory } from './socket-memory.ts';
import { Untold } from './untold.ts';

const MAX_SOCKETS = 10_000;

/** The connections that something was heard of, by their address in the kernel: who began each, between which ends, and its end. */
export class Connections {
  readonly untold: Untold;
  readonly mptcp: MptcpSockets = new MptcpSockets();
  readonly #sockets: SocketMemory<Connection>;
  readonly #listening: Listening;
  readonly #older: OlderConnections;

  constructor(listening: Listening, older: OlderConnections, emit: (flow: Flow) => void) {
    this.#listening = listening;
    this.#older = older;
    this.untold = new Untold(emit);
    this.#sockets = new SocketMemory(MAX_SOCKETS, (connection) => this.untold.tell(connection));
  }

  get forgotten(): number {
    return this.#sockets.forgotten;
  }

  get(socket: number): Connection | undefined {
    return this.#sockets.get(socket);
  }

  add(connection: Connection): void {
    this.#sockets.use(connection);
  }

  /** The connection at an address, of which this may be the first that is heard. */
  meet(
    { socket, atNs, tid }: { socket: number; atNs: number; tid: number | null },
    protocol: Flow['protocol'],
  ): Connection {
    const known = this.#sockets.get(socket);
    if (known !== undefined) return known;
    const connection = newConnection({ socket, protocol, firstNs: atNs, tid });
    this.add(connection);
    return connection;
  }

  /** A followed thread acts on it. */
  use(connection: Connection, tid: number): void {
    connection.tid ??= tid;
    if (connection.opening !== null) connection.opening.tid ??= tid;
    if (!connection.hasEnded) this.#sockets.use(connection);
  }

  learn(connection: Connection, ends: Pick<SocketStateRecord, 'local' | 'remote'>): void {
    learnEnds(connection, ends);
    if (connection.direction !== null || connection.local === null) return;
    const { local, remote } = connection;
    const older = remote === null ? null : this.#older.claim(local, remote);
    if (older !== null) return recognise(connection, older);
    connection.direction = this.#listening.at(local, connection.tid) ? 'inbound' : 'outbound';
    if (connection.received !== null) connection.received.direction = connection.direction;
    if (connection.direction === 'outbound') return;
    const { firstNs: atNs, tid } = connection;
    this.untold.opened(connection, flowOn(connection, { op: 'accept', direction: 'inbound', atNs, tid }));
  }

  end(connection: Connection, atNs: number): void {
    const { opening } = connection;
    connection.hasEnded = true;
    takeLeave(connection, atNs);
    this.#sockets.end(connection);
    this.mptcp.ended(connection);
    if (opening === null) return;
    opening.endNs = atNs;
    if (opening.op === 'connect' && !connection.isProven) opening.op = 'attempt';
  }

  /** Another socket has this address in the kernel from now on, or the same one begins anew. Returns who had it until now. */
  replace(socket: number): Connection | null {
    const connection = this.#sockets.get(socket);
    if (connection === undefined) return null;
    const { opening, isProven } = connection;
    // A connection that came to be would have been used or closed by one of our threads.
    if (opening?.op === 'connect' && !isProven) opening.op = 'attempt';
    this.untold.tell(connection);
    this.#sockets.delete(socket);
    this.mptcp.replaced(connection);
    return connection;
  }

  /** The ends of those sockets of which they are known; see `endsKey`. */
  ends(): Set<string> {
    return new Set([...this.#sockets.live()].flatMap((connection) => endsKey(connection) ?? []));
  }

  /** The ends of the connection that was at this address at that time; null where they are not known. */
  endsOf(socket: number, atNs: number): KnownSocket | null {
    const connection = this.#sockets.get(socket);
    if (connection === undefined || connection.firstNs > atNs) return null;
    const { protocol, local, remote, direction } = connection;
    if (local === null || remote === null || direction === null) return null;
    return { protocol, local, remote, direction };
  }

  /**
   * What the socket tables say of a socket. Where no record came before, it is older than the records.
   * @param atNs when something was done on it
   */
  bind(socket: number, known: KnownSocket, atNs: number): void {
    const connection =
      this.#sockets.get(socket) ??
      newConnection({
        socket,
        protocol: known.protocol,
        firstNs: atNs,
        tid: null,
        isProven: true,
        isOlder: true,
      });
    connection.direction ??= known.direction;
    if (known.isUnanswered === true) connection.wasUnanswered = true;
    else connection.isProven = true;
    learnEnds(connection, known);
    if (known.remote !== null) this.#older.claim(known.local, known.remote);
    if (!connection.hasEnded) this.#sockets.use(connection);
  }
}

/** TLS says that it closes a connection (RFC 8446, 6.1), and HTTP/2 why: some tens of bytes, just before the end. */
const FAREWELL_BYTES = 100;
const FAREWELL_NS = 100e6;

/** The last words on a connection that a peer opened and has used are part of its end. */
function takeLeave({ direction, sent, questions, isOlder }: Connection, atNs: number): void {
  if (direction !== 'inbound' || sent === null || !(isOlder || questions.hadAnswered(sent.atNs))) return;
  if (sent.bytesSent <= FAREWELL_BYTES && atNs - sent.atNs < FAREWELL_NS) sent.direction = 'inbound';
}

/** It was open before the records began. */
function recognise(connection: Connection, { direction }: KnownSocket): void {
  connection.direction = direction;
  connection.isOlder = true;
  for (const flow of [connection.sent, connection.received]) {
    if (flow !== null) flow.direction = directionOf(flow, direction);
  }
}
