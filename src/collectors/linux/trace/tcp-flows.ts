import type {
  RouteRecord,
  SocketAddressRecord,
  SocketStateRecord,
  TransferRecord,
} from '../../../model/kernel-record.ts';
import { Connections } from './connections.ts';
import type { Flow, KnownSocket } from './flow.ts';
import type { Listening } from './listening.ts';
import type { OlderConnections } from './older-connections.ts';
import { TcpStates } from './tcp-states.ts';
import { TcpTransfers } from './tcp-transfers.ts';

/**
 * Connections: opened, accepted, attempted, and the traffic on them. The answer of a peer comes while somebody else runs or
 * nobody, and then it is not recorded: that a connection was established, refused or reset may only show in what follows.
 */
export class TcpFlows {
  readonly #connections: Connections;
  readonly #states: TcpStates;
  readonly #transfers: TcpTransfers;

  /** @param targetOf the target of a thread */
  constructor(
    listening: Listening,
    older: OlderConnections,
    targetOf: (tid: number) => string | null,
    emit: (flow: Flow) => void,
  ) {
    const connections = new Connections(listening, older, emit);
    this.#connections = connections;
    this.#states = new TcpStates({ connections, listening, older, emit });
    this.#transfers = new TcpTransfers(connections, targetOf);
  }

  get forgotten(): number {
    return this.#connections.forgotten;
  }

  get isWaiting(): boolean {
    return this.#connections.untold.isWaiting;
  }

  get openings(): Flow[] {
    return this.#connections.untold.openings;
  }

  /** @param isActing whether a followed thread did it; else it only tells the state of what is known */
  state(record: SocketStateRecord, isActing: boolean): void {
    this.#states.state(record, isActing);
  }

  /** A thread has read from a connection. */
  address(record: SocketAddressRecord): void {
    this.#transfers.address(record);
  }

  send(record: TransferRecord): void {
    this.#transfers.send(record);
  }

  receive(record: TransferRecord): void {
    this.#transfers.receive(record);
  }

  /** Whether a look-up that failed belongs to a connection that is being opened, so that it is no attempt of its own. */
  claims(record: RouteRecord): boolean {
    return this.#connections.mptcp.claims(record);
  }

  /** The ends of those sockets of which they are known; see `endsKey`. */
  ends(): Set<string> {
    return this.#connections.ends();
  }

  /** The ends of the connection that was at this address at that time; null where they are not known. */
  endsOf(socket: number, atNs: number): KnownSocket | null {
    return this.#connections.endsOf(socket, atNs);
  }

  /** What the socket tables say of the socket that something was done on at that time. */
  bind(socket: number, known: KnownSocket, atNs: number): void {
    this.#connections.bind(socket, known, atNs);
  }

  take(upToNs: number, flush: boolean): void {
    this.#connections.untold.take(upToNs, flush);
  }
}
