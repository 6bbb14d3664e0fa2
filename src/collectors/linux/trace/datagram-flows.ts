import type { RouteRecord, SocketAddress, TransferRecord } from '../../../model/kernel-record.ts';
import { Answers } from './answers.ts';
import { addReceived, endsKey, type Flow, isOneBeat, type KnownSocket, localPort, newFlow } from './flow.ts';
import { MSG_PEEK } from './message-flags.ts';
import { isFailure } from './send-errors.ts';
import { SocketMemory } from './socket-memory.ts';

const MAX_SOCKETS = 10_000;
/** Flows of one take; a sender to more remotes than that is not idle anyway. */
const MAX_FLOWS = 20_000;

/** A socket without connections. */
interface Endpoint {
  readonly socket: number;
  readonly protocol: Flow['protocol'];
  readonly target: string | null;
  local: SocketAddress | null;
  /** Where the last datagram went. */
  remote: SocketAddress | null;
  /** It has sent to no other remote. */
  hasOneRemote: boolean;
  /** What the socket tables said of it. */
  bound: KnownSocket | null;
  /** Who began; null before the first datagram. */
  direction: Flow['direction'] | null;
  readonly answers: Answers;
  /** Since the last take, by what and where to. */
  sent: Map<string, Flow>;
  received: Flow | null;
}

/** Datagrams: UDP, ICMP, raw sockets, packet sockets; and VSOCK, of which nothing but transfers is told. */
export class DatagramFlows {
  readonly #sockets: SocketMemory<Endpoint>;
  readonly #touched: Set<Endpoint> = new Set();
  readonly #targetOf: (tid: number) => string | null;
  readonly #emit: (flow: Flow) => void;
  #flows = 0;
  #dropped = 0;

  constructor(targetOf: (tid: number) => string | null, emit: (flow: Flow) => void) {
    this.#targetOf = targetOf;
    this.#emit = emit;
    this.#sockets = new SocketMemory(MAX_SOCKETS, (endpoint) => this.#tell(endpoint));
  }

  get forgotten(): number {
    return this.#sockets.forgotten + this.#dropped;
  }

  get isWaiting(): boolean {
    return this.#touched.size > 0;
  }

  /**
   * @param way the look-up that the thread made for it, or for the connect(2) just before; null where there was none: it goes
   *   where the one before went
   */
  send(record: TransferRecord, protocol: Flow['protocol'], way: RouteRecord | null): void {
    const { socket, atNs, tid, result } = record;
    if (result < 0 && !isFailure(result)) return;
    let endpoint = this.#of(socket, protocol, this.#targetOf(tid));
    if (way !== null) {
      const local = localPort(way.localPort, way.remote);
      if (isReused(endpoint, local)) endpoint = this.#renew(endpoint);
      goTo(endpoint, way.remote);
      endpoint.local = local === null ? null : (endpoint.local ?? local);
    }
    const op = result < 0 ? 'attempt' : 'send';
    endpoint.direction ??= 'outbound';
    const { local, remote, answers } = endpoint;
    const isAnswer = endpoint.direction === 'inbound' && answers.sent(remote, atNs);
    const direction = isAnswer ? 'inbound' : 'outbound';
    const key = `${op} ${direction} ${remote?.ip} ${remote?.port}`;
    const before = endpoint.sent.get(key);
    const known = before !== undefined && isOneBeat(before, atNs) ? before : null;
    const flow = known ?? newFlow({ op, direction, protocol, local, remote, atNs, tid, socket });
    if (known === null && !this.#count()) return;
    if (before !== undefined && known === null) this.#emit(before);
    flow.lastNs = atNs;
    if (result < 0) flow.error ??= result;
    else flow.bytesSent += result;
    endpoint.sent.set(key, flow);
    this.#touched.add(endpoint);
  }

  knowsRemote(socket: number): boolean {
    return (this.#sockets.get(socket)?.remote ?? null) !== null;
  }

  receive(record: TransferRecord, protocol: Flow['protocol']): void {
    const { socket, atNs, tid, result } = record;
    if (result <= 0) return;
    const endpoint = this.#of(socket, protocol, this.#targetOf(tid));
    const direction = (endpoint.direction ??= 'inbound');
    endpoint.answers.received(atNs);
    if ((record.flags & MSG_PEEK) !== 0) return;
    const flow = [answered(endpoint), endpoint.received].find((one) => one !== null && isOneBeat(one, atNs));
    if (flow != null) {
      if (flow.op === 'receive') flow.lastNs = atNs;
      return addReceived(flow, result);
    }
    if (!this.#count()) return;
    if (endpoint.received !== null) this.#emit(endpoint.received);
    const { local } = endpoint;
    const remote = direction === 'outbound' && endpoint.hasOneRemote ? endpoint.remote : null;
    endpoint.received = newFlow({ op: 'receive', direction, protocol, local, remote, atNs, tid, socket });
    addReceived(endpoint.received, result);
    this.#touched.add(endpoint);
  }

  /** The ends of those sockets of which they are known; see `endsKey`. */
  ends(): Set<string> {
    return new Set([...this.#sockets.live()].flatMap((endpoint) => endsKey(endpoint) ?? []));
  }

  /** What the socket tables said of a socket that has gone to no other remote since; null: nothing. */
  endsOf(socket: number): KnownSocket | null {
    return this.#sockets.get(socket)?.bound ?? null;
  }

  bind(socket: number, known: KnownSocket): void {
    const { protocol, local, remote, direction } = known;
    const endpoint = this.#of(socket, protocol, this.#sockets.get(socket)?.target ?? null);
    Object.assign(endpoint, { local, direction });
    if (remote !== null) goTo(endpoint, remote);
    endpoint.bound = known;
    for (const flow of [...endpoint.sent.values(), endpoint.received]) {
      if (flow !== null && flow.remote === null) Object.assign(flow, { local, remote });
    }
  }

  take(): void {
    for (const endpoint of this.#touched) this.#tell(endpoint);
    this.#flows = 0;
  }

  /** Nothing tells that a socket was closed: that another target uses this address in the kernel does. */
  #of(socket: number, protocol: Flow['protocol'], target: string | null): Endpoint {
    const known = this.#sockets.get(socket);
    const isKnown = known?.protocol === protocol && known.target === target;
    const endpoint = isKnown ? known : newEndpoint({ socket, protocol, target });
    if (known !== undefined && known !== endpoint) this.#tell(known);
    this.#sockets.use(endpoint);
    return endpoint;
  }

  /** Another socket has this address in the kernel now. */
  #renew(endpoint: Endpoint): Endpoint {
    this.#tell(endpoint);
    const renewed = newEndpoint(endpoint);
    this.#sockets.use(renewed);
    return renewed;
  }

  #count(): boolean {
    this.#flows += 1;
    if (this.#flows <= MAX_FLOWS) return true;
    this.#dropped += 1;
    return false;
  }

  #tell(endpoint: Endpoint): void {
    for (const flow of endpoint.sent.values()) this.#emit(flow);
    if (endpoint.received !== null) this.#emit(endpoint.received);
    endpoint.sent.clear();
    endpoint.received = null;
    this.#touched.delete(endpoint);
  }
}

function newEndpoint({
  socket,
  protocol,
  target,
}: Pick<Endpoint, 'socket' | 'protocol' | 'target'>): Endpoint {
  return {
    socket,
    protocol,
    target,
    local: null,
    remote: null,
    hasOneRemote: true,
    bound: null,
    direction: null,
    answers: new Answers(),
    sent: new Map(),
    received: null,
  };
}

function goTo(endpoint: Endpoint, remote: SocketAddress): void {
  const before = endpoint.remote;
  if (before !== null && (before.ip !== remote.ip || before.port !== remote.port)) {
    endpoint.hasOneRemote = false;
    endpoint.bound = null;
  }
  endpoint.remote = remote;
}

function isReused({ local }: Endpoint, told: SocketAddress | null): boolean {
  return local !== null && told !== null && local.port !== told.port;
}

/** The one flow of this take that what is received now answers; null where there is none, or several. */
function answered({ direction, sent }: Endpoint): Flow | null {
  const [flow] = sent.values();
  return direction === 'outbound' && sent.size === 1 && flow?.op === 'send' ? flow : null;
}
