import { dropOldest } from '../../../core/derive/oldest.ts';
import { type SocketRecord, TCP_STATE } from '../../../core/parse/socket-record.ts';
import type { NetworkActivity } from '../../../model/activity.ts';

type Direction = NetworkActivity['direction'];

/** One end of a TCP connection, or a UDP socket that has a remote end. */
export interface OpenConnection {
  protocol: 'tcp' | 'udp';
  localPort: number;
  remote: { ip: string; port: number };
  direction: Direction;
  /** It was opened in one of the last two stretches between looks. */
  isNew: boolean;
}

type Ends = Pick<OpenConnection, 'protocol' | 'localPort' | 'remote'>;

/** No process holds them any more, or not yet. */
const PASSING: ReadonlySet<number> = new Set([
  TCP_STATE.timeWait,
  TCP_STATE.synReceived,
  TCP_STATE.newSynReceived,
]);

/** Of those whose end was not told, the oldest are forgotten. */
const REMEMBERED = 10_000;

/** The rows of a namespace's tables that are connections. */
export function connectionsIn(
  records: readonly SocketRecord[],
  directionAt: (port: number) => Direction,
): OpenConnection[] {
  return records.flatMap(({ protocol, state, local, remote }) =>
    remote.port === 0 || state === TCP_STATE.listen || (protocol === 'tcp' && PASSING.has(state))
      ? []
      : [
          {
            protocol,
            localPort: local.port,
            remote,
            direction:
              protocol === 'udp' || state === TCP_STATE.synSent ? 'outbound' : directionAt(local.port),
            isNew: true,
          },
        ],
  );
}

/** Ports that somebody listens on. */
export function listeningPorts(records: readonly SocketRecord[]): Set<number> {
  return new Set(
    records
      .filter(({ state, protocol }) => protocol === 'tcp' && state === TCP_STATE.listen)
      .map(({ local }) => local.port),
  );
}

/** The connections of a namespace that have been told and are not over. */
export class OpenConnections {
  readonly #open: Map<string, OpenConnection & { looks: number }> = new Map();
  /** The same by what is known of a connection whose remote port is not. */
  readonly #portless: Map<string, Set<string>> = new Map();

  has(one: Ends): boolean {
    return this.#open.has(keyOf(one));
  }

  add(one: OpenConnection, isNew = true): void {
    const [key, portless] = [keyOf(one), portlessKeyOf(one)];
    this.#open.set(key, { ...one, isNew, looks: 0 });
    this.#portless.set(portless, (this.#portless.get(portless) ?? new Set()).add(key));
    dropOldest(this.#open, REMEMBERED, (oldest) => this.#take(oldest));
  }

  /** Takes out the connection that has ended; its remote port may be unknown by now. null: it was never told. */
  close(
    protocol: OpenConnection['protocol'],
    localPort: number,
    remote: { ip: string; port: number | null },
  ): OpenConnection | null {
    const { ip, port } = remote;
    const [first] = this.#portless.get(portlessKeyOf({ protocol, localPort, remote })) ?? [];
    const key = port === null ? first : keyOf({ protocol, localPort, remote: { ip, port } });
    return key === undefined ? null : this.#take(key);
  }

  #take(key: string): OpenConnection | null {
    const one = this.#open.get(key);
    if (one === undefined) return null;
    this.#open.delete(key);
    const portless = portlessKeyOf(one);
    const alike = this.#portless.get(portless);
    alike?.delete(key);
    if (alike?.size === 0) this.#portless.delete(portless);
    return one;
  }

  /** TCP connections that the target opened, at one look; to be called once at each, since it lets them grow old. */
  outboundAtLook(): OpenConnection[] {
    const outbound = [...this.#open.values()]
      .filter(({ protocol, direction }) => protocol === 'tcp' && direction === 'outbound')
      .map((one): OpenConnection => ({ ...one }));
    for (const one of this.#open.values()) {
      one.looks += 1;
      if (one.looks >= 2) one.isNew = false;
    }
    return outbound;
  }
}

function keyOf({ protocol, localPort, remote }: Ends): string {
  return `${protocol} ${localPort} ${remote.ip} ${remote.port}`;
}

function portlessKeyOf({
  protocol,
  localPort,
  remote,
}: Pick<Ends, 'protocol' | 'localPort'> & { remote: { ip: string } }): string {
  return `${protocol} ${localPort} ${remote.ip}`;
}
