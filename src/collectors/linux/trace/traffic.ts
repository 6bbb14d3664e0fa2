import { upTo } from '../../../core/derive/burst.ts';
import { type ProgramAt, programsAt } from '../../../core/derive/program-at.ts';
import { isLoopback } from '../../../core/parse/ip-address.ts';
import type { NetworkActivity, RemoteEnd } from '../../../model/activity.ts';
import type { Look } from '../../../model/collector.ts';
import { WATCHDOG } from '../../../model/control.ts';
import type { KernelRecord, SocketAddress } from '../../../model/kernel-record.ts';
import type { WatchedProcess } from '../../../model/process.ts';
import type { SocketsCollector } from '../sockets.ts';
import { type Binding, Candidates } from './candidates.ts';
import { directionOf, type Flow } from './flow.ts';
import { Flows } from './flows.ts';
import { bindOpenings } from './openings.ts';
import { type Lives, nearestProcess } from './lives.ts';
import type { TracedProcesses } from './traced-processes.ts';
import { ToldConnections } from './told-connections.ts';

/** An end of which nothing is known. */
const UNKNOWN: SocketAddress = { ip: '0.0.0.0', port: 0 };

export interface TrafficParts {
  sockets: Pick<
    SocketsCollector,
    'connections' | 'isOpenToAnybody' | 'isListenedOn' | 'nameRemote' | 'withhold'
  >;
  lives: Lives;
  processes: TracedProcesses;
  toMs: (ns: number) => number;
  threadName: (tid: number) => string | null;
}

/**
 * Joins what the kernel recorded with what the socket tables show: one connection is one activity. Records tell all that
 * happened and who did it; the tables tell the addresses of connections that were there before, and what came by another
 * way (a descriptor that another process handed over).
 */
export class Traffic {
  readonly #parts: TrafficParts;
  readonly #flows: Flows;
  readonly #told: ToldConnections = new ToldConnections();
  readonly #programAt: ProgramAt = programsAt();
  #sampled: Set<NetworkActivity> = new Set();
  /** Whose ends the tables could not tell so far; they may at the next look, and no later. */
  #unbound: Flow[] = [];
  /** Of this look, by target and protocol: sockets that the tables show and no record has told of. */
  readonly #candidates: Map<string, Candidates> = new Map();

  constructor(parts: TrafficParts) {
    const { lives, sockets } = parts;
    this.#parts = parts;
    this.#flows = new Flows({
      isFollowed: (tid) => lives.of(tid) !== null,
      targetOf: (tid) => nearestProcess(lives.of(tid))?.target ?? null,
      isSameProcess: (tid, other) => lives.of(tid) !== null && lives.of(tid) === lives.of(other),
      networkOf: (tid) => nearestProcess(lives.of(tid))?.networkScope ?? null,
      isListening: (local, network) => sockets.isListenedOn(local, network),
    });
  }

  /** From now on the socket tables are heard before they are told. */
  start({ processes }: Look): void {
    for (const target of new Set(processes.map((process) => process.target))) {
      this.#flows.start(this.#parts.sockets.connections(target));
    }
    this.#parts.sockets.withhold((sampled) => {
      for (const activity of sampled) this.#sampled.add(activity);
      return [];
    });
  }

  /** How often something had to be forgotten for lack of space. */
  get forgotten(): number {
    return this.#flows.forgotten;
  }

  /** Something is held back that will be told without a further record. */
  get isWaiting(): boolean {
    return this.#flows.isWaiting || this.#unbound.length > 0;
  }

  /** The number of the look that is being read: what is taken next is told at it. */
  get look(): number {
    return this.#told.look + 1;
  }

  /** Whether anybody was told to have done something on a TCP connection at a look, or since. */
  wasTold(ends: Pick<Flow, 'local' | 'remote'>, sinceLook: number): boolean {
    return this.#told.wasTold(ends, sinceLook);
  }

  record(record: KernelRecord): void {
    this.#flows.record(record);
  }

  /** What was sampled and nobody has told yet. */
  release(): NetworkActivity[] {
    const sampled = [...this.#sampled];
    this.#sampled.clear();
    return sampled;
  }

  /** What happened since the look before. */
  take(look: Look, nowNs: number): NetworkActivity[] {
    this.#told.nextLook();
    bindOpenings(this.#flows, this.#parts.sockets, (flow) => this.#processOf(flow)?.target ?? null);
    this.#candidates.clear();
    const late = this.#unbound.splice(0);
    const fresh = this.#flows.take(nowNs, look.full);
    const traced = [
      ...late.flatMap((flow) => this.#tell(look, flow, true)),
      ...fresh.flatMap((flow) => this.#tell(look, flow, look.full)),
    ];
    for (const activity of traced) this.#told.add(activity);
    for (const opening of this.#flows.openings) {
      const process = this.#processOf(opening);
      if (process !== null) this.#told.hold({ ...opening, target: process.target });
    }
    const sampled = this.release().filter(
      (activity) => !this.#told.isKnown(activity) && !this.#told.completes(activity),
    );
    for (const activity of sampled) this.#told.add(activity);
    return [...traced, ...sampled];
  }

  /** @param isLast it has to be told now, also where the next look may know more */
  #tell(look: Look, flow: Flow, isLast: boolean): NetworkActivity[] {
    const process = this.#processOf(flow);
    if (process === null) return [];
    if (this.#bind(flow, process) || isLast) return [this.#activityOf(look, flow, process)];
    this.#unbound.push(flow);
    return [];
  }

  /** null: nobody who is watched. What the kernel made and nobody touched, the tables show once somebody holds it. */
  #processOf({ tid }: Flow): WatchedProcess | null {
    const { lives, processes } = this.#parts;
    const life = tid === null ? null : lives.of(tid);
    return life === null ? null : processes.of(life);
  }

  #activityOf(look: Look, flow: Flow, process: WatchedProcess): NetworkActivity {
    const { toMs, threadName } = this.#parts;
    const { local, tid, endNs } = flow;
    const atMs = toMs(flow.atNs);
    const activity: NetworkActivity = {
      kind: 'network',
      op: flow.op,
      atMs,
      ...upTo(atMs, toMs(flow.lastNs)),
      target: process.target,
      collector: 'trace',
      processId: process.target === WATCHDOG ? null : process.id,
      thread:
        tid === null || tid === process.pid
          ? (this.#programAt(process, atMs)?.name ?? null)
          : threadName(tid),
      direction: flow.direction,
      protocol: flow.protocol,
      remote: this.#nameRemote(look, process, flow),
      localPort: local?.port ?? null,
      bytesSent: flow.bytesSent,
      bytesReceived: flow.bytesReceived,
      lifetimeSeconds: endNs === null ? null : (endNs - flow.atNs) / 1e9,
    };
    // The tables have told before that it was accepted.
    return activity.op === 'accept' && this.#told.isKnown(activity)
      ? { ...activity, op: 'receive' }
      : activity;
  }

  /** Finds out whose addresses a socket has that was there before the trace. Returns false where the next look may tell. */
  #bind(flow: Flow, { target }: WatchedProcess): boolean {
    const { socket, protocol, op } = flow;
    if (flow.remote !== null || socket === null) return true;
    const known = this.#flows.endsOf(flow);
    if (known !== null) {
      takeEnds(flow, known);
      return true;
    }
    // Whoever wrote to a socket that is open to anybody cannot be told from the remote of another socket.
    if (protocol === 'udp' && op === 'receive' && this.#parts.sockets.isOpenToAnybody(target)) return true;
    const candidates = this.#candidatesFor(target, protocol);
    const binding = candidates.claim(flow);
    if (binding === null) return op !== 'send' || protocol !== 'tcp' || candidates.isEmpty;
    const { ends, certain, same } = binding;
    if (certain !== null) this.#flows.bind(flow, certain);
    if (same !== null) this.#sampled.delete(same);
    takeEnds(flow, ends);
    return true;
  }

  #candidatesFor(target: string, protocol: Flow['protocol']): Candidates {
    const key = `${protocol} ${target}`;
    const known = this.#candidates.get(key);
    if (known !== undefined) return known;
    const shown = this.#parts.sockets.connections(target).filter((one) => one.protocol === protocol);
    const sampled = [...this.#sampled].filter((one) => one.target === target && one.protocol === protocol);
    const candidates = new Candidates(this.#flows.unbound(shown), sampled);
    this.#candidates.set(key, candidates);
    return candidates;
  }

  #nameRemote(
    look: Look,
    process: WatchedProcess,
    { protocol, local, remote }: Pick<Flow, 'protocol' | 'local' | 'remote'>,
  ): RemoteEnd | null {
    if (remote === null) return null;
    const isHere = isLoopback(remote.ip) || remote.ip === local?.ip;
    const isNamed = isHere && process.target !== WATCHDOG && remote.port !== 0;
    if (!isNamed || (protocol !== 'tcp' && protocol !== 'udp'))
      return { ip: remote.ip, port: portOf(remote, protocol), process: null, target: null };
    return this.#parts.sockets.nameRemote(look, process, { protocol, local: local ?? UNKNOWN, remote });
  }
}

/** Look-ups of a way tell the ports of TCP and UDP alone; those of UDP-Lite and SCTP, which have some, too, are not known. */
function portOf({ port }: SocketAddress, protocol: Flow['protocol']): number | null {
  return port === 0 && (protocol === 'udp' || protocol === 'sctp') ? null : port;
}

function takeEnds(flow: Flow, { local, remote, direction }: Binding['ends']): void {
  // Of a datagram socket the tables tell who began; of a connection only who opened it.
  const isDatagram = flow.protocol === 'udp';
  Object.assign(flow, { local, remote, direction: isDatagram ? direction : directionOf(flow, direction) });
}
