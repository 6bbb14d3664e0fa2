import type { NetworkActivity } from '../../../model/activity.ts';
import type { SocketAddress } from '../../../model/kernel-record.ts';

type FlowOp = 'listen' | 'connect' | 'attempt' | 'accept' | 'send' | 'receive';

/** A network activity as the kernel's records tell it, before anybody is named. Times are CLOCK_BOOTTIME in nanoseconds. */
export interface Flow {
  op: FlowOp;
  direction: NetworkActivity['direction'];
  protocol: NetworkActivity['protocol'];
  /** Its address is the unspecified one (`0.0.0.0`, `::`) where only the port is known. */
  local: SocketAddress | null;
  remote: SocketAddress | null;
  atNs: number;
  /** When the last came of several sends, reads or attempts that are told as one. */
  lastNs: number;
  /** When a connection was closed, or an attempt had failed; null where that was not seen, and for single transfers. */
  endNs: number | null;
  bytesSent: number;
  /** Of a send: somebody had asked for it; see Questions. */
  isAnswer: boolean;
  /**
   * Null: something was read in a way whose bytes the kernel does not tell (splice). Where some is read that way and the rest
   * by recv(2), the former is not told apart and is missing here.
   */
  bytesReceived: number | null;
  /** The first thread that acted; null for an accepted connection that the kernel made and nobody has touched yet. */
  tid: number | null;
  /** Null where an attempt failed before the kernel named a socket. */
  socket: number | null;
  /** Negative errno of an attempt, where it is known. */
  error: number | null;
}

/** What is known of a socket from elsewhere, the socket tables. */
export interface KnownSocket {
  protocol: NetworkActivity['protocol'];
  local: SocketAddress;
  /** Null: a datagram socket that is open to anybody. */
  remote: SocketAddress | null;
  direction: NetworkActivity['direction'];
  /** The peer has not answered so far; left out where that is not known. */
  isUnanswered?: boolean;
}

/**
 * Sends of one burst are one flow, and looks are a second apart by default; when a look is late, as on a busy host, those of
 * a program that sends once a second are still told one by one.
 */
const BEAT_NS = 0.9e9;

/** Whether what happens at `atNs` belongs to a flow that has begun before. */
export function isOneBeat(flow: Flow, atNs: number): boolean {
  return atNs - flow.atNs < BEAT_NS;
}

/** A flow without traffic so far. */
export function newFlow(start: Pick<Flow, 'op' | 'direction' | 'protocol' | 'atNs'> & Partial<Flow>): Flow {
  return {
    local: null,
    remote: null,
    lastNs: start.atNs,
    endNs: null,
    bytesSent: 0,
    isAnswer: false,
    bytesReceived: 0,
    tid: null,
    socket: null,
    error: null,
    ...start,
  };
}

/** Who opened the connection that something moves on; but what is sent and nobody has asked for is the target's own doing. */
export function directionOf(
  { op, isAnswer }: Pick<Flow, 'op' | 'isAnswer'>,
  ofConnection: Flow['direction'] | null,
): Flow['direction'] {
  const isOwn = (op === 'send' || op === 'attempt') && !isAnswer;
  return isOwn ? 'outbound' : (ofConnection ?? 'outbound');
}

/** Adds the bytes of a read; null where they are not known. */
export function addReceived(flow: Flow, bytes: number | null): void {
  flow.bytesReceived = flow.bytesReceived === null || bytes === null ? null : flow.bytesReceived + bytes;
}

/**
 * The ends of a socket as one word, to compare those that records tell with those that tables show; null where they are not
 * known. Its own address may be known by its port alone.
 */
export function endsKey({
  local,
  remote,
}: {
  local: Pick<SocketAddress, 'port'> | null;
  remote: SocketAddress | null;
}): string | null {
  return local === null || remote === null ? null : `${local.port} ${remote.ip} ${remote.port}`;
}

/** A local end of which only the port is known, for a remote of the same family. */
export function localPort(port: number, remote: SocketAddress): SocketAddress | null {
  return port === 0 ? null : { ip: remote.ip.includes(':') ? '::' : '0.0.0.0', port };
}
