import { isLoopback } from '../../core/parse/ip-address.ts';
import { type PortableConnection, takes } from '../../core/parse/portable-connection.ts';
import { sayProcess } from '../../core/wording/process.ts';
import type { NetworkActivity, RemoteEnd } from '../../model/activity.ts';
import type { Availability, Collector, Look, Observations } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import { Misses } from './misses.ts';
import type { PortableReader } from './reader.ts';

const LIMIT =
  'bytes, attempts and most of UDP are not seen; a socket that several processes hold is told of one of them';

/** A socket in the hands of a target. */
interface Held {
  process: WatchedProcess;
  connection: PortableConnection;
}

/** Who talks to whom by TCP, as systeminformation lists it (netstat or ss). What is sent on a connection is not seen. */
export class PortableSocketsCollector implements Collector {
  readonly name = 'sockets';
  readonly #reader: PortableReader;
  readonly #ownScope: string | null;
  readonly #misses: Misses = new Misses();
  #held: ReadonlyMap<string, Held> = new Map();
  #listeners: readonly PortableConnection[] = [];
  /** Processes that were there at the first look and not read yet: what they hold is older than the run. */
  readonly #unread: Set<number> = new Set();

  /** @param ownScope the watchdog's network namespace, the only one that is listed; null where there are none */
  constructor(reader: PortableReader, ownScope: string | null) {
    this.#reader = reader;
    this.#ownScope = ownScope;
  }

  probe(): Availability {
    const { connections } = this.#reader.reading;
    if ('problem' in connections) {
      return { status: 'unavailable', tier: 'sampled', reason: connections.problem };
    }
    return this.#availability();
  }

  sample(look: Look): Observations {
    if (look.previousMs === null) for (const { id } of look.processes) this.#unread.add(id);
    for (const process of look.processes) this.#noteHidden(process);
    const { connections, asked } = this.#reader.reading;
    if ('problem' in connections) {
      this.#misses.addAll(connections.problem);
      return this.#misses.take();
    }
    const all = connections.value;
    const listeners = all.filter(({ isWaiting, protocol }) => isWaiting && protocol === 'tcp');
    const held = heldBy(look, all);
    const activities = [...held].flatMap(([key, one]) => {
      if (this.#held.has(key) || this.#unread.has(one.process.id)) return [];
      return [activityOf(look, one, all, [...listeners, ...this.#listeners])];
    });
    this.#noteOpen(new Map([...this.#held, ...held]));
    for (const { id, pid } of look.processes) if (asked.has(pid)) this.#unread.delete(id);
    this.#held = held;
    this.#listeners = listeners;
    return { activities, ...this.#misses.take() };
  }

  report(): Availability & { lost: number } {
    return { ...this.#availability(), lost: 0 };
  }

  stop(): Availability & { lost: number } {
    this.#reader.close();
    return this.report();
  }

  /** Connections of other network namespaces are not listed, and without the right to look into a process not whose they are. */
  #noteHidden(process: WatchedProcess): void {
    if (this.#ownScope === null || process.networkScope === this.#ownScope) return;
    const who = sayProcess(process);
    this.#misses.add(
      process,
      process.networkScope === null
        ? `no permission to see which connections ${who} holds`
        : `${who} is in another network namespace, whose connections are not listed`,
    );
  }

  /** Of a connection that is open, or was at the look before, nobody tells what was sent on it meanwhile. */
  #noteOpen(held: ReadonlyMap<string, Held>): void {
    for (const { process, connection } of held.values()) {
      if (connection.isWaiting) continue;
      const { remote } = connection;
      const whom = remote === null ? 'an address that is not known' : `${remote.ip}:${remote.port}`;
      const who = sayProcess(process);
      this.#misses.add(process, `${who} holds a connection with ${whom}, and what is sent on it is not seen`);
    }
  }

  #availability(): Availability {
    return this.#misses.availability(LIMIT);
  }
}

function heldBy({ processes }: Look, connections: readonly PortableConnection[]): Map<string, Held> {
  const byPid = new Map(processes.map((process) => [process.pid, process]));
  return new Map(
    connections.flatMap((connection) => {
      const process = byPid.get(connection.pid);
      return process === undefined ? [] : [[`${process.target} ${connection.key}`, { process, connection }]];
    }),
  );
}

function activityOf(
  look: Look,
  { process, connection }: Held,
  all: readonly PortableConnection[],
  listeners: readonly PortableConnection[],
): NetworkActivity {
  const { protocol, local, isWaiting } = connection;
  const isInbound = isWaiting || (protocol === 'tcp' && listeners.some((one) => takes(one.local, local)));
  const op = isInbound ? 'accept' : 'connect';
  return {
    kind: 'network',
    op: isWaiting ? 'listen' : op,
    atMs: look.nowMs,
    target: process.target,
    collector: 'sockets',
    processId: process.id,
    thread: null,
    direction: isInbound ? 'inbound' : 'outbound',
    protocol,
    remote: remoteOf(look, connection, all),
    localPort: local.port,
    bytesSent: null,
    bytesReceived: null,
    lifetimeSeconds: null,
  };
}

/** The other end, with the process behind it where that is on this host. */
function remoteOf(
  look: Look,
  { protocol, local, remote }: PortableConnection,
  all: readonly PortableConnection[],
): RemoteEnd | null {
  if (remote === null) return null;
  if (!isLoopback(remote.ip) && remote.ip !== local.ip) return { ...remote, process: null, target: null };
  const sameProtocol = all.filter((one) => one.protocol === protocol);
  const peer =
    sameProtocol.find(
      (one) => one.remote?.ip === local.ip && one.remote.port === local.port && takes(one.local, remote),
    ) ?? sameProtocol.find((one) => one.isWaiting && takes(one.local, remote));
  const target = look.processes.find(({ pid }) => pid === peer?.pid)?.target ?? null;
  return { ...remote, process: peer?.processName || null, target };
}
