import { type ProgramAt, programsAt } from '../../../core/derive/program-at.ts';
import { isLoopback } from '../../../core/parse/ip-address.ts';
import type { NetworkActivity, RemoteEnd } from '../../../model/activity.ts';
import type { Look } from '../../../model/collector.ts';
import { WATCHDOG } from '../../../model/control.ts';
import type { KernelRecord, SocketAddress } from '../../../model/kernel-record.ts';
import type { WatchedProcess } from '../../../model/process.ts';
import type { SocketsCollector } from '../sockets.ts';
import { bindingOf } from './binding.ts';
import type { Flow, KnownSocket } from './flow.ts';
import { Flows } from './flows.ts';
import type { Life, Lives } from './lives.ts';
import type { TracedProcesses } from './traced-processes.ts';
import { ToldConnections } from './told-connections.ts';

/** An end of which nothing is known. */
const UNKNOWN: SocketAddress = { ip: '0.0.0.0', port: 0 };

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
  readonly #programAt: ProgramAt = programsAt();
  #sampled: NetworkActivity[] = [];
  /** Whose ends the tables could not tell so far; they may at the next look, and no later. */
  #unbound: Flow[] = [];

  constructor(parts: TrafficParts) {
    const { lives, sockets } = parts;
    this.#parts = parts;
    this.#flows = new Flows({
      isFollowed: (tid) => lives.of(tid) !== null,
      targetOf: (tid) => targetOf(lives.of(tid)),
      isSameProcess: (tid, other) => lives.of(tid) !== null && lives.of(tid) === lives.of(other),
      isListening: (local) => sockets.isListenedOn(local),
    });
  }

  /** From now on the socket tables are heard before they are told. */
  start({ processes }: Look): void {
    for (const target of new Set(processes.map((process) => process.target))) {
      this.#flows.start(this.#parts.sockets.connections(target));
    }
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
    return this.#flows.isWaiting || this.#unbound.length > 0;
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
    this.#bindOpenings();
    const late = this.#unbound.splice(0);
    const traced = [...late, ...this.#flows.take(nowNs, look.full)].flatMap((flow) => {
      const process = this.#processOf(flow);
      if (process === null) return [];
      const isBound = this.#bind(flow, process);
      if (isBound || look.full || late.includes(flow)) return [this.#activityOf(look, flow, process)];
      this.#unbound.push(flow);
      return [];
    });
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

  /** null: nobody who is watched. What the kernel made and nobody touched, the tables show once somebody holds it. */
  #processOf({ tid }: Flow): WatchedProcess | null {
    const { lives, processes } = this.#parts;
    const life = tid === null ? null : lives.of(tid);
    return life === null ? null : processes.of(life);
  }

  #activityOf(look: Look, flow: Flow, process: WatchedProcess): NetworkActivity {
    const { toMs, threadName } = this.#parts;
    const { local, tid, endNs } = flow;
    const activity: NetworkActivity = {
      kind: 'network',
      op: flow.op,
      atMs: toMs(flow.atNs),
      target: process.target,
      collector: 'trace',
      processId: process.target === WATCHDOG ? null : process.id,
      thread:
        tid === null || tid === process.pid
          ? (this.#programAt(process, toMs(flow.atNs))?.name ?? null)
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

  /**
   * The port of a connection is chosen after the record of its opening, and what tells it may be written while nobody runs: then
   * the tables tell it, and whether the peer has answered. Of several to one remote, whichever.
   */
  #bindOpenings(): void {
    const openings = this.#flows.openings.flatMap((flow) => {
      const target = flow.op === 'connect' ? this.#processOf(flow)?.target : undefined;
      return target === undefined ? [] : [{ flow, target }];
    });
    if (openings.length === 0) return;
    const shown = new Map<string, KnownSocket[]>();
    for (const target of new Set(openings.map((opening) => opening.target))) {
      const all = this.#parts.sockets.connections(target);
      for (const one of all) push(shown, keyOf(target, one, one.local.port), one);
      for (const one of this.#flows.fresh(all)) push(shown, keyOf(target, one, null), one);
    }
    for (const { flow, target } of openings) {
      const { socket } = flow;
      const known = shown.get(keyOf(target, flow, flow.local?.port ?? null))?.shift();
      if (known !== undefined && socket !== null) this.#flows.bind(socket, known);
    }
  }

  /** Finds out whose addresses a socket has that was there before the trace. Returns false where the next look may tell. */
  #bind(flow: Flow, { target }: WatchedProcess): boolean {
    const { socket, protocol, op } = flow;
    if (flow.remote !== null || socket === null) return true;
    const shown = this.#parts.sockets.connections(target).filter((one) => one.protocol === protocol);
    // Whoever wrote to a socket that is open to anybody cannot be told from the remote of another socket.
    const isAnybodys = protocol === 'udp' && op === 'receive' && this.#parts.sockets.isOpenToAnybody(target);
    const candidates = isAnybodys ? [] : this.#flows.unbound(shown);
    const sampled = this.#sampled.filter((one) => one.target === target);
    const binding = bindingOf(flow, candidates, sampled);
    if (binding === null) return op !== 'send' || protocol !== 'tcp' || candidates.length === 0;
    const { ends, certain, same } = binding;
    if (certain !== null) this.#flows.bind(socket, certain);
    if (same !== null) this.#sampled = this.#sampled.filter((one) => one !== same);
    const isUnasked = op === 'send' && ends.hasReceived === false;
    const { local, remote } = ends;
    Object.assign(flow, { local, remote, direction: isUnasked ? 'outbound' : ends.direction });
    return true;
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
      return { ...remote, process: null, target: null };
    return this.#parts.sockets.nameRemote(look, process, { protocol, local: local ?? UNKNOWN, remote });
  }
}

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

function keyOf(
  target: string,
  { protocol, remote }: Pick<KnownSocket, 'protocol' | 'remote'>,
  localPort: number | null,
): string {
  return JSON.stringify([target, protocol, localPort, remote?.ip, remote?.port]);
}

/** Who was just born is not yet enlisted, and belongs where its parent does. */
function targetOf(life: Life | null): string | null {
  if (life === null) return null;
  return life.process?.target ?? targetOf(life.parent);
}
