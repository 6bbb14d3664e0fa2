import { type SocketRecord, TCP_STATE, type TcpTraffic } from '../../core/parse/socket-record.ts';
import type { NetworkActivity, RemoteEnd } from '../../model/activity.ts';
import type { Look } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';

/** A socket as it was last seen in the hands of a target. */
export interface SeenSocket {
  record: SocketRecord;
  /** When it was. */
  seenAtMs: number;
  target: string;
  direction: NetworkActivity['direction'];
  remote: RemoteEnd | null;
  /** It is no longer in the tables although the process still holds it. */
  vanished: boolean;
}

/** What a sighting of a socket needs to be judged. */
export interface Sighting {
  look: Look;
  process: WatchedProcess;
  record: SocketRecord;
  /** Whether somebody listens, or did at the look before, on the local end. */
  isListenedOn: () => boolean;
  /** It was there before anything was watched: it is booked, but it is no activity. */
  isBaseline: boolean;
  /** Names the remote end; asked only when there is something to report. */
  nameRemote: (record: SocketRecord) => RemoteEnd | null;
}

/**
 * Who opened a connection. Accepted sockets have the local port of a listening one; an ephemeral port is never given
 * out where somebody listens. A UDP socket with a remote end chose it itself.
 */
export function directionOf(
  { protocol, state }: SocketRecord,
  isListenedOn: boolean,
): NetworkActivity['direction'] {
  return protocol === 'tcp' && state !== TCP_STATE.synSent && isListenedOn ? 'inbound' : 'outbound';
}

/** MPTCP has several connections with one inode, and a UDP socket can be connected to one remote after another. */
export function keyOf({ inode, protocol, local, remote }: SocketRecord): string {
  return `${inode} ${protocol} ${local.port} ${remote.ip} ${remote.port}`;
}

/** A listening TCP socket, or a UDP socket that is open to anybody. */
export function isWaiting({ protocol, state, remote }: SocketRecord): boolean {
  return protocol === 'tcp' ? state === TCP_STATE.listen : remote.port === 0;
}

/** A TCP socket with two ends. */
export function isConnection(record: SocketRecord): boolean {
  return record.protocol === 'tcp' && !isWaiting(record);
}

/** Counts that went down belong to another connection between the same ends. */
export function isReopened(before: TcpTraffic | null, now: TcpTraffic | null): boolean {
  if (before === null || now === null) return false;
  return now.sentBytes < before.sentBytes || now.receivedBytes < before.receivedBytes;
}
