import { isLoopback } from '../../../core/parse/ip-address.ts';
import type { NetworkActivity, RemoteEnd } from '../../../model/activity.ts';
import type { Look } from '../../../model/collector.ts';
import { WATCHDOG } from '../../../model/control.ts';
import type { KernelRecord, SocketAddress } from '../../../model/kernel-record.ts';
import type { WatchedProcess } from '../../../model/process.ts';
import type { SocketsCollector } from '../sockets.ts';
import type { Flow } from './flow.ts';
import { Flows } from './flows.ts';
import type { Lives } from './lives.ts';
import type { TracedProcesses } from './traced-processes.ts';
import { ToldConnections } from './told-connections.ts';

export interface TrafficParts {
  sockets: SocketsCollector;
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
  #sampled: NetworkActivity[] = [];

  constructor(parts: TrafficParts) {
    const { lives, sockets } = parts;
    this.#parts = parts;
    this.#flows = new Flows({
      isFollowed: (tid) => lives.of(tid) !== null,
      isSameProcess: (tid, other) => lives.of(tid) !== null && lives.of(tid) === lives.of(other),
      isListening: (local) => sockets.isListenedOn(local),
    });
  }

  /** From now on the socket tables are heard before they are told. */
  start(): void {
    this.#parts.sockets.withhold((sampled) => {
      this.#sampled.push(...sampled);
      return [];
    });
  }

  /** How often something had to be forgotten for lack of space. */
  get forgotten(): number {
    return this.#flows.forgotten;
  }

  /** Something is held back that will be told without a further record. */
  get isWaiting(): boolean {
    return this.#flows.isWaiting;
  }

  record(record: KernelRecord): void {
    this.#flows.record(record);
  }

  /** What was sampled and nobody has told yet. */
  release(): NetworkActivity[] {
    return this.#sampled.splice(0);
  }

  /** What happened since the look before. */
  take(look: Look, nowNs: number): NetworkActivity[] {
    this.#told.nextLook();
    const traced = this.#flows.take(nowNs, look.full).flatMap((flow) => {
      const process = this.#processOf(flow);
      return process === null ? [] : [this.#activityOf(look, flow, process)];
    });
    for (const activity of traced) this.#told.add(activity);
    const sampled = this.release().filter((activity) => !this.#told.isKnown(activity));
    for (const activity of sampled) this.#told.add(activity);
    return [...traced, ...sampled];
  }

  /** null: nobody who is watched. What the kernel made and nobody touched, the tables show once somebody holds it. */
  #processOf({ tid }: Flow): WatchedProcess | null {
    const { lives, processes } = this.#parts;
    const life = tid === null ? null : lives.of(tid);
    return life === null ? null : processes.of(life);
  }

  #activityOf(look: Look, flow: Flow, process: WatchedProcess): NetworkActivity {
    const { toMs, threadName } = this.#parts;
    this.#bind(flow, process);
    const { local, remote, tid, endNs } = flow;
    const activity: NetworkActivity = {
      kind: 'network',
      op: flow.op,
      atMs: toMs(flow.atNs),
      target: process.target,
      collector: 'trace',
      processId: process.target === WATCHDOG ? null : process.id,
      thread: tid === null || tid === process.pid ? process.name : threadName(tid),
      direction: flow.direction,
      protocol: flow.protocol,
      remote: remote === null ? null : this.#nameRemote(look, process, local, remote),
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

  /** Finds out whose addresses a socket has that was there before the trace. */
  #bind(flow: Flow, { target }: WatchedProcess): void {
    if (flow.remote !== null || flow.socket === null) return;
    const held = this.#parts.sockets.connections(target).filter(({ protocol }) => protocol === flow.protocol);
    const moved = this.#sampled.filter(
      (one) => one.target === target && one.op === 'send' && one.bytesSent === flow.bytesSent,
    );
    const byBytes = held.filter(({ local }) => moved.some(({ localPort }) => localPort === local.port));
    const [found, ...others] = held.length === 1 ? held : byBytes;
    if (found === undefined || others.length > 0) return;
    this.#flows.bind(flow.socket, found);
    const { local, remote, direction, hasReceived } = found;
    const isUnasked = flow.op === 'send' && hasReceived === false;
    Object.assign(flow, { local, remote, direction: isUnasked ? 'outbound' : direction });
  }

  #nameRemote(
    look: Look,
    process: WatchedProcess,
    local: SocketAddress | null,
    remote: SocketAddress,
  ): RemoteEnd {
    const isHere = isLoopback(remote.ip) || remote.ip === local?.ip;
    return isHere && process.target !== WATCHDOG && local !== null && remote.port !== 0
      ? this.#parts.sockets.nameRemote(look, process, { local, remote })
      : { ...remote, process: null, target: null };
  }
}
