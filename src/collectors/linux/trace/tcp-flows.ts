import type {
  RouteRecord,
  SocketAddressRecord,
  SocketStateRecord,
  TransferRecord,
} from '../../../model/kernel-record.ts';
import { type Connection, flowOn, isOther, learnEnds, newConnection } from './connection.ts';
import { endsKey, type Flow, type KnownSocket, newFlow } from './flow.ts';
import type { Listening } from './listening.ts';
import { MSG_FASTOPEN, MSG_PEEK } from './message-flags.ts';
import type { OlderConnections } from './older-connections.ts';
import { isFailure } from './send-errors.ts';
import { SocketMemory } from './socket-memory.ts';
import { IPPROTO_MPTCP, ipProtocol } from './socket-protocol.ts';
import { Untold } from './untold.ts';

/** States of the kernel's tcp_states.h. */
const ESTABLISHED = 1;
const SYN_SENT = 2;
const SYN_RECV = 3;
const FIN_WAIT1 = 4;
const CLOSE = 7;
const CLOSE_WAIT = 8;
const LAST_ACK = 9;
const LISTEN = 10;
const ENDS: ReadonlySet<number> = new Set([FIN_WAIT1, LAST_ACK, CLOSE]);
/** Only a connection that has not ended is in one of them. */
const OPEN: ReadonlySet<number> = new Set([ESTABLISHED, SYN_SENT, SYN_RECV, CLOSE_WAIT]);
const PROVEN: ReadonlySet<number> = new Set([ESTABLISHED, CLOSE_WAIT]);

const MAX_SOCKETS = 10_000;

/**
 * Connections: opened, accepted, attempted, and the traffic on them. The answer of a peer comes while somebody else runs or
 * nobody, and then it is not recorded: that a connection was established, refused or reset may only show in what follows.
 */
export class TcpFlows {
  readonly #sockets: SocketMemory<Connection>;
  readonly #listening: Listening;
  readonly #older: OlderConnections;
  readonly #untold: Untold;
  /** MPTCP sockets that a thread is connecting: the first connection below tells the addresses. */
  readonly #mptcp: Map<number, Connection> = new Map();
  #lastChild: Connection | null = null;
  readonly #emit: (flow: Flow) => void;

  constructor(listening: Listening, older: OlderConnections, emit: (flow: Flow) => void) {
    this.#emit = emit;
    this.#listening = listening;
    this.#older = older;
    this.#untold = new Untold(emit);
    this.#sockets = new SocketMemory(MAX_SOCKETS, (connection) => this.#untold.tell(connection));
  }

  get forgotten(): number {
    return this.#sockets.forgotten;
  }

  get isWaiting(): boolean {
    return this.#untold.isWaiting;
  }

  get openings(): Flow[] {
    return this.#untold.openings;
  }

  /** @param isActing whether a followed thread did it; else it only tells the state of what is known */
  state(record: SocketStateRecord, isActing: boolean): void {
    const { oldState, newState, socket } = record;
    if (oldState === newState) return;
    if (newState === LISTEN) {
      if (isActing) this.#listens(record);
    } else if (oldState === LISTEN && newState === CLOSE) {
      this.#listening.closed(socket);
    } else if (oldState === LISTEN) {
      this.#replace(socket);
      this.#child(record);
    } else if (oldState === CLOSE) {
      const before = this.#replace(socket);
      if (newState === SYN_SENT && isActing) this.#open(withoutOldPort(record, before));
    } else {
      const connection = this.#of(record, isActing);
      if (connection !== null) this.#advance(connection, record, isActing);
    }
  }

  #listens(record: SocketStateRecord): void {
    const { local, tid, atNs, socket, protocol } = record;
    this.#listening.opened(record);
    // The socket that carries it listens as well.
    if (protocol === IPPROTO_MPTCP) return;
    this.#emit(
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

  /** A thread has read from a connection. */
  address(record: SocketAddressRecord): void {
    const { socket, tid } = record;
    const known = this.#sockets.get(socket);
    if (known !== undefined && isOther(known, record)) this.#replace(socket);
    const connection = this.#sockets.get(socket) ?? this.#meet(record, 'tcp');
    this.#learn(connection, record);
    this.#use(connection, tid);
    connection.isProven = true;
    connection.hasReceived = true;
    this.#untold.reading(connection, record);
  }

  send(record: TransferRecord): void {
    const { socket, tid, result } = record;
    if (result === 0) return;
    if (result < 0) return this.#failedSend(record);
    // Nothing can be sent on what has ended: its address was given to a new socket.
    if (this.#sockets.get(socket)?.hasEnded === true) this.#replace(socket);
    const connection = this.#sockets.get(socket) ?? this.#meet(record, ipProtocol(record.protocol));
    this.#use(connection, tid);
    if ((record.flags & MSG_FASTOPEN) === 0) connection.isProven = true;
    this.#untold.sent(connection, record, result);
  }

  receive(record: TransferRecord): void {
    const { socket, tid, result } = record;
    if (isFailure(result)) this.#failedOpening(record);
    if (result <= 0) return;
    const connection = this.#sockets.get(socket) ?? this.#meet(record, ipProtocol(record.protocol));
    this.#use(connection, tid);
    connection.isProven = true;
    connection.hasReceived = true;
    connection.unread = null;
    if ((record.flags & MSG_PEEK) === 0) this.#untold.received(connection, record, result);
  }

  /** Whether a look-up that failed belongs to a connection that is being opened, so that it is no attempt of its own. */
  claims({ tid, remote, error }: RouteRecord): boolean {
    const connection = this.#mptcp.get(tid);
    if (connection === undefined || connection.opening === null) return false;
    connection.remote = remote;
    Object.assign(connection.opening, { remote, error });
    this.#mptcp.delete(tid);
    return true;
  }

  /** The ends of those sockets of which they are known; see `endsKey`. */
  ends(): Set<string> {
    return new Set([...this.#sockets.live()].flatMap((connection) => endsKey(connection) ?? []));
  }

  /** The ends of the connection that was at this address at that time; null where they are not known. */
  endsOf(socket: number, atNs: number): KnownSocket | null {
    const connection = this.#sockets.get(socket);
    if (connection === undefined || connection.firstNs > atNs) return null;
    const { protocol, local, remote, direction, hadReceived: hasReceived } = connection;
    if (local === null || remote === null || direction === null) return null;
    return { protocol, local, remote, direction, hasReceived };
  }

  /**
   * What the socket tables say of a socket. Where no record came before, it is older than the records.
   * @param atNs when something was done on it
   */
  bind(socket: number, known: KnownSocket, atNs: number): void {
    const connection =
      this.#sockets.get(socket) ??
      newConnection({ socket, protocol: known.protocol, firstNs: atNs, tid: null, isProven: true });
    connection.direction ??= known.direction;
    connection.hadReceived ||= known.hasReceived === true;
    connection.hasReceived ||= known.hasReceived === true;
    if (known.isUnanswered === true) connection.wasUnanswered = true;
    else connection.isProven = true;
    learnEnds(connection, known);
    if (known.remote !== null) this.#older.claim(known.local, known.remote);
    if (!connection.hasEnded) this.#sockets.use(connection);
  }

  take(upToNs: number, flush: boolean): void {
    this.#untold.take(upToNs, flush);
  }

  #open(record: SocketStateRecord): void {
    const { socket, protocol, atNs, tid } = record;
    const isMptcp = protocol === IPPROTO_MPTCP;
    const master = isMptcp ? null : (this.#mptcp.get(tid) ?? null);
    const connection = newConnection({ socket, protocol: ipProtocol(protocol), firstNs: atNs, tid, master });
    connection.direction = 'outbound';
    this.#sockets.use(connection);
    if (master !== null) this.#mptcp.delete(tid);
    else
      this.#untold.opened(
        connection,
        flowOn(connection, { op: 'connect', direction: 'outbound', atNs, tid }),
      );
    if (isMptcp) this.#mptcp.set(tid, connection);
    this.#learn(master ?? connection, record);
  }

  /** The kernel has made a socket for a peer that connects; whose context it did that in means nothing. */
  #child(record: SocketStateRecord): void {
    const { socket, protocol, atNs, local } = record;
    if (!this.#listening.at(local, null)) return;
    const connection = newConnection({ socket, protocol: ipProtocol(protocol), firstNs: atNs, tid: null });
    // Who had these ends before is gone.
    this.#older.claim(local, record.remote);
    const carrier = this.#lastChild;
    if (protocol === IPPROTO_MPTCP && carrier?.local?.port === local.port && carrier.master === null) {
      // The connection below was made just before; what is told is the socket that the program gets.
      connection.direction = 'inbound';
      connection.remote = carrier.remote;
      carrier.master = connection;
      this.#untold.handOver(carrier, connection);
    }
    this.#lastChild = connection;
    this.#sockets.use(connection);
    this.#learn(connection, record);
  }

  /** The connection that a later state belongs to; null where it is none of ours. */
  #of(record: SocketStateRecord, isActing: boolean): Connection | null {
    const { socket, oldState, newState, protocol } = record;
    const known = this.#sockets.get(socket);
    if (known !== undefined) {
      const isReused = isOther(known, record) || (known.hasEnded && OPEN.has(oldState));
      if (!isReused) return known;
      this.#replace(socket);
    }
    const isBorn =
      oldState === SYN_RECV && newState === ESTABLISHED && this.#listening.at(record.local, null);
    if (!isActing && !isBorn) return null;
    const connection = this.#meet({ ...record, tid: isActing ? record.tid : null }, ipProtocol(protocol));
    if (oldState === SYN_SENT) connection.direction = 'outbound';
    return connection;
  }

  #advance(connection: Connection, record: SocketStateRecord, isActing: boolean): void {
    const { oldState, newState, atNs, tid } = record;
    const told = connection.master ?? connection;
    if (isActing) this.#use(connection, tid);
    if (PROVEN.has(oldState) || PROVEN.has(newState)) told.isProven = true;
    this.#learn(told, record);
    if (ENDS.has(newState) && !connection.hasEnded) this.#end(connection, atNs);
  }

  #end(connection: Connection, atNs: number): void {
    const { opening, tid } = connection;
    connection.hasEnded = true;
    this.#sockets.end(connection);
    if (tid !== null && this.#mptcp.get(tid) === connection) this.#mptcp.delete(tid);
    if (opening === null) return;
    opening.endNs = atNs;
    if (opening.op === 'connect' && !connection.isProven) opening.op = 'attempt';
  }

  #meet(
    { socket, atNs, tid }: { socket: number; atNs: number; tid: number | null },
    protocol: Flow['protocol'],
  ): Connection {
    const connection = newConnection({ socket, protocol, firstNs: atNs, tid });
    this.#sockets.use(connection);
    return connection;
  }

  #learn(connection: Connection, ends: Pick<SocketStateRecord, 'local' | 'remote'>): void {
    learnEnds(connection, ends);
    if (connection.direction !== null || connection.local === null) return;
    const { local, remote } = connection;
    const older = remote === null ? null : this.#older.claim(local, remote);
    if (older !== null) return this.#recognise(connection, older);
    connection.direction = this.#listening.at(local, connection.tid) ? 'inbound' : 'outbound';
    if (connection.received !== null) connection.received.direction = connection.direction;
    if (connection.direction === 'outbound') return;
    const { firstNs: atNs, tid } = connection;
    this.#untold.opened(connection, flowOn(connection, { op: 'accept', direction: 'inbound', atNs, tid }));
  }

  /** It was open before the records began. */
  #recognise(connection: Connection, { direction, hasReceived }: KnownSocket): void {
    connection.direction = direction;
    connection.hadReceived = hasReceived === true;
    connection.hasReceived ||= hasReceived === true;
    if (connection.received !== null) connection.received.direction = direction;
    // What was sent before these ends were known was taken for unasked.
    if (connection.sent !== null && hasReceived === true) connection.sent.direction = direction;
  }

  /** A followed thread acts on it. */
  #use(connection: Connection, tid: number): void {
    connection.tid ??= tid;
    if (connection.opening !== null) connection.opening.tid ??= tid;
    if (!connection.hasEnded) this.#sockets.use(connection);
  }

  #failedSend(record: TransferRecord): void {
    if (!isFailure(record.result) || this.#failedOpening(record)) return;
    const { socket, tid, result } = record;
    const connection = this.#sockets.get(socket) ?? this.#meet(record, ipProtocol(record.protocol));
    // What never came to be was told as an attempt already.
    if (connection.hasEnded && !connection.isProven) return;
    this.#use(connection, tid);
    this.#untold.refused(connection, record, result);
  }

  /** An error is the first that is heard of a connection after its opening: nobody answered. */
  #failedOpening({ socket, atNs, result }: TransferRecord): boolean {
    const connection = this.#sockets.get(socket);
    if (connection === undefined || connection.isProven || connection.hasEnded) return false;
    if (connection.opening?.op !== 'connect') return false;
    connection.opening.error = result;
    this.#end(connection, atNs);
    return true;
  }

  /** Another socket has this address in the kernel from now on, or the same one begins anew. Returns who had it until now. */
  #replace(socket: number): Connection | null {
    const connection = this.#sockets.get(socket);
    if (connection === undefined) return null;
    const { opening, isProven } = connection;
    // A connection that came to be would have been used or closed by one of our threads.
    if (opening?.op === 'connect' && !isProven) opening.op = 'attempt';
    this.#untold.tell(connection);
    this.#sockets.delete(socket);
    if (this.#lastChild === connection) this.#lastChild = null;
    return connection;
  }
}

/** A socket that was disconnected (connect(2) with AF_UNSPEC) shows its last port until it is given another. */
function withoutOldPort(record: SocketStateRecord, before: Connection | null): SocketStateRecord {
  const { local } = record;
  return before?.local?.port === local.port ? { ...record, local: { ...local, port: 0 } } : record;
}
