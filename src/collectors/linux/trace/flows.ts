import type {
  KernelRecord,
  RouteRecord,
  SocketAddress,
  TransferRecord,
} from '../../../model/kernel-record.ts';
import { DatagramFlows } from './datagram-flows.ts';
import { endsKey, type Flow, type KnownSocket, localPort, newFlow } from './flow.ts';
import { Listening } from './listening.ts';
import { Lookups } from './lookups.ts';
import { MSG_ERRQUEUE } from './message-flags.ts';
import { OlderConnections } from './older-connections.ts';
import { ipProtocol, socketProtocol } from './socket-protocol.ts';
import { TcpFlows } from './tcp-flows.ts';

/** Flows that are kept from one take to the next. */
const MAX_FLOWS = 50_000;

interface Surroundings {
  /** Whether a thread belongs to a target: what others do is no flow. */
  isFollowed: (tid: number) => boolean;
  /** Whether two threads belong to one process. */
  isSameProcess: (tid: number, other: number) => boolean;
  /** The target of a thread: sockets are handed on within one, never beyond it. */
  targetOf: (tid: number) => string | null;
  /** The network namespace of a thread; null where it is not known. */
  networkOf: (tid: number) => string | null;
  /** Whether somebody listens on a local address in a network namespace; null: in any of a target. */
  isListening: (local: SocketAddress, network: string | null) => boolean;
}

/**
 * Network activities out of kernel records: a pure state machine. Records that were written in an interrupt name whoever
 * was running: they tell the state of sockets, never who acted.
 */
export class Flows {
  readonly #isFollowed: (tid: number) => boolean;
  readonly #isSameProcess: (tid: number, other: number) => boolean;
  readonly #lookups: Lookups;
  readonly #older: OlderConnections = new OlderConnections();
  readonly #connections: TcpFlows;
  readonly #datagrams: DatagramFlows;
  #flows: Flow[] = [];
  #dropped = 0;

  constructor({ isFollowed, isSameProcess, targetOf, networkOf, isListening }: Surroundings) {
    this.#isFollowed = isFollowed;
    this.#isSameProcess = isSameProcess;
    const emit = (flow: Flow): void => this.#keep(flow);
    this.#connections = new TcpFlows(new Listening(isListening, networkOf), this.#older, targetOf, emit);
    this.#datagrams = new DatagramFlows(targetOf, emit);
    this.#lookups = new Lookups((record) => this.#noWay(record));
  }

  /** How often something had to be forgotten for lack of space: flows, or which socket is which. */
  get forgotten(): number {
    return this.#dropped + this.#connections.forgotten + this.#datagrams.forgotten;
  }

  /** Whether something is held back that a later `take` will tell without a further record. */
  get isWaiting(): boolean {
    return (
      this.#flows.length > 0 ||
      this.#connections.isWaiting ||
      this.#datagrams.isWaiting ||
      this.#lookups.isWaiting
    );
  }

  /** To be called in order of time. */
  record(record: KernelRecord): void {
    const isActing = record.context === 'task' && this.#isFollowed(record.tid);
    switch (record.event) {
      case 'socket-state':
        if (isActing) this.#lookups.moveOn(record.tid);
        this.#connections.state(record, isActing);
        break;
      case 'socket-address':
        if (isActing) this.#connections.address(record);
        break;
      case 'send':
      case 'receive':
        if (isActing) this.#transfer(record);
        break;
      case 'route':
        if (isActing) this.#lookups.record(record);
        break;
      case 'exit':
        this.#lookups.forget(record.tid);
        break;
      default:
    }
  }

  /** Makes known which connections are open already. To be called before the first record. */
  start(open: Iterable<KnownSocket>): void {
    this.#older.add(open);
  }

  /** Openings that happened and are held back: `take` will tell them with what follows. */
  get openings(): Flow[] {
    return this.#connections.openings;
  }

  /** Of connections that the tables show, those that were opened since the trace began and whose ends no record has told. */
  fresh(shown: readonly KnownSocket[]): KnownSocket[] {
    const taken = this.#connections.ends();
    return shown.filter(
      ({ protocol, local, remote }) =>
        isStream(protocol) &&
        remote !== null &&
        !taken.has(endsKey({ local, remote }) ?? '') &&
        this.#older.find(local, remote) === null,
    );
  }

  /** Of sockets of one protocol that the tables show, those of which no record has told the ends. As they were when the trace began. */
  unbound(shown: readonly KnownSocket[]): KnownSocket[] {
    const [first] = shown;
    if (first === undefined) return [];
    const known = (isStream(first.protocol) ? this.#connections : this.#datagrams).ends();
    return shown.filter((one) => !known.has(endsKey(one) ?? ''));
  }

  /** The ends of the socket that a flow was on, which have become known since it was taken. */
  endsOf({ protocol, socket, atNs }: Flow): KnownSocket | null {
    if (socket === null) return null;
    return isStream(protocol) ? this.#connections.endsOf(socket, atNs) : this.#datagrams.endsOf(socket);
  }

  /** Makes known what the socket tables say of the socket that a flow was on; used from then on, also for what was not taken yet. */
  bind({ socket, atNs }: Pick<Flow, 'socket' | 'atNs'>, known: KnownSocket): void {
    if (socket === null) return;
    if (isStream(known.protocol)) this.#connections.bind(socket, known, atNs);
    else this.#datagrams.bind(socket, known);
  }

  /**
   * What is known for good, in order of time. A connection that was opened is told when it ends, or after 5 s.
   * @param upToNs all records before this time were given
   * @param flush tells everything, the open ones as they are
   */
  take(upToNs: number, flush: boolean): Flow[] {
    this.#lookups.settle(upToNs, flush);
    this.#connections.take(upToNs, flush);
    this.#datagrams.take();
    const flows = this.#flows.sort((one, other) => one.atNs - other.atNs);
    this.#flows = [];
    return flows;
  }

  #transfer(record: TransferRecord): void {
    const protocol = socketProtocol(record.family, record.protocol);
    // Reading one's own errors is no network; for a send the flag means nothing.
    const isOwnError = record.event === 'receive' && (record.flags & MSG_ERRQUEUE) !== 0;
    if (protocol === null || isOwnError) return;
    if (isStream(protocol)) {
      this.#lookups.moveOn(record.tid);
      if (record.event === 'send') this.#connections.send(record);
      else this.#connections.receive(record);
      return;
    }
    if (record.event === 'receive') return this.#datagrams.receive(record, protocol);
    const { tid, socket } = record;
    let way = this.#lookups.consume(tid, record.protocol, record.result < 0);
    if (way === null && !this.#datagrams.knowsRemote(socket)) {
      way = this.#lookups.borrow(record.protocol, (other) => this.#isSameProcess(tid, other));
    }
    this.#lookups.moveOn(record.tid);
    this.#datagrams.send(record, protocol, way);
  }

  #noWay(record: RouteRecord): void {
    if (this.#connections.claims(record)) return;
    const { protocol, remote, atNs, tid, error } = record;
    const local = localPort(record.localPort, remote);
    this.#keep(
      newFlow({
        op: 'attempt',
        direction: 'outbound',
        protocol: ipProtocol(protocol),
        local,
        remote,
        atNs,
        endNs: atNs,
        tid,
        error,
      }),
    );
  }

  #keep(flow: Flow): void {
    if (this.#flows.length < MAX_FLOWS) this.#flows.push(flow);
    else this.#dropped += 1;
  }
}

function isStream(protocol: Flow['protocol']): boolean {
  return protocol === 'tcp' || protocol === 'sctp';
}
