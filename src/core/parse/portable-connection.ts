import { isUnspecified } from './ip-address.ts';
import type { SocketEnd, SocketProtocol } from './socket-record.ts';

/** A row of systeminformation's `networkConnections()`: what netstat or ss printed, cut into columns. */
export interface ConnectionRow {
  protocol: string;
  localAddress: string;
  localPort: string;
  peerAddress: string;
  peerPort: string;
  state: string;
  pid: number | null;
  process: string;
}

/** A TCP or UDP socket that some process holds. */
export interface PortableConnection {
  protocol: SocketProtocol;
  /** Its address is «» where netstat cut it short. */
  local: SocketEnd;
  /** Null where it has no other end (it listens, or is open to anybody), or where netstat cut its address short. */
  remote: SocketEnd | null;
  isWaiting: boolean;
  pid: number;
  processName: string;
  /** The same for the same socket at every reading, whichever of the processes that hold it is named. */
  key: string;
}

/** States of RFC 9293, as the tools spell them, in which a process no longer holds the socket, or can use it for nothing. */
const LINGERING: ReadonlySet<string> = new Set(['TIME_WAIT', 'CLOSED', 'CLOSE', 'CLOSING', 'LAST_ACK']);

/** netstat of net-tools prints address and port in this many characters and cuts the address, never the port. */
const NETSTAT_WIDTH = 22;

/** Null for what nobody holds any more, what belongs to nobody that may be named, and other protocols. */
export function parseConnection(row: ConnectionRow): PortableConnection | null {
  const protocol = /^(tcp|udp)(?:4|6|46)?$/.exec(row.protocol.toLowerCase())?.[1] as
    | SocketProtocol
    | undefined;
  const { pid } = row;
  if (protocol === undefined || pid === null || !Number.isInteger(pid) || pid <= 0) return null;
  if (protocol === 'tcp' && LINGERING.has(row.state)) return null;
  const local = endOf(row.localAddress, row.localPort);
  const peer = endOf(row.peerAddress, row.peerPort);
  if (local === null) return null;
  const isWaiting = protocol === 'tcp' ? /^LISTEN(ING)?$/.test(row.state) : peer === null;
  return {
    protocol,
    local,
    remote: isWaiting || peer?.ip === '' ? null : peer,
    isWaiting,
    pid,
    processName: row.process,
    key: [protocol, row.localAddress, row.localPort, row.peerAddress, row.peerPort].join(' '),
  };
}

/** Whether connections to an end are taken by a socket that listens on another. */
export function takes(listener: SocketEnd, end: SocketEnd): boolean {
  return (
    listener.port === end.port && (listener.ip === end.ip || isUnspecified(listener.ip) || end.ip === '')
  );
}

/** Null where there is no end: no port, as in `0.0.0.0:*`. */
function endOf(address: string, portText: string): SocketEnd | null {
  const port = Number(portText);
  if (!Number.isInteger(port) || port <= 0 || port > 65_535) return null;
  return { ip: normalised(address, portText), port };
}

/** «» where the address may have been cut. IPv4-mapped IPv6 addresses are written as IPv4. */
function normalised(address: string, portText: string): string {
  const bare = address.replaceAll(/[[\]]/g, '').replace(/%.*$/, '').toLowerCase();
  if (bare === '*') return '0.0.0.0';
  if (bare.includes(':') && bare.length + portText.length >= NETSTAT_WIDTH) return '';
  return /^::ffff:(\d+(?:\.\d+){3})$/.exec(bare)?.[1] ?? bare;
}
