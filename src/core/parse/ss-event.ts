import type { SocketProtocol } from './socket-record.ts';

/** A socket as `ss -E` tells of it at the moment at which the kernel destroys it; see ss(8). */
export interface DestroyedSocket {
  protocol: SocketProtocol;
  localPort: number | null;
  /** null: it had none, or its family has no addresses. `port` is null where the kernel had forgotten it already. */
  remote: { ip: string; port: number | null } | null;
  /** Something was acknowledged or received, so that there was a connection; one that was reset by this end has forgotten it. */
  wasOpen: boolean;
  /** What the peer acknowledged: payload, one for a SYN that this end sent, one for a FIN. */
  ackedBytes: number;
  /** Payload bytes, each counted once; null where it is not told. */
  sentBytes: number | null;
  receivedBytes: number | null;
  /** TCP segments with payload that it sent, those sent again included. */
  dataSegments: number;
  /** Milliseconds since it last sent payload; null where it never did, or it is not told. */
  sinceSentMs: number | null;
}

const LINE = /^(tcp|udp)\s+[A-Z][A-Z0-9-]*\s+-?\d+\s+-?\d+\s+(\S+)\s+(\S+)(?:\s+(.*))?$/;

/** Parses one line of `ss -E -H -n -O -t -u -i -e`; null where it is not one, or of another kind of socket. */
export function parseSsEvent(line: string): DestroyedSocket | null {
  const row = LINE.exec(line.trimEnd());
  if (row === null) return null;
  const [, protocol, local = '', remote = '', details = ''] = row;
  const from = parseEnd(local);
  const to = parseEnd(remote);
  if (from === null || to === null) return null;
  const dataSegments = numberOf(details, 'data_segs_out') ?? 0;
  const received = numberOf(details, 'bytes_received');
  const sent = numberOf(details, 'bytes_sent');
  const acked = numberOf(details, 'bytes_acked');
  const isTold = protocol === 'tcp' && /\bsegs_(out|in):/.test(details);
  return {
    protocol: protocol as SocketProtocol,
    localPort: from.port,
    remote: to.ip === null ? null : { ip: to.ip, port: to.port },
    wasOpen: acked !== null || received !== null,
    ackedBytes: acked ?? 0,
    sentBytes: isTold ? (sent ?? 0) - (numberOf(details, 'bytes_retrans') ?? 0) : null,
    // The peer's FIN is counted as one byte.
    receivedBytes: isTold ? Math.max(0, (received ?? 0) - 1) : null,
    dataSegments,
    sinceSentMs: dataSegments > 0 ? (numberOf(details, 'lastsnd') ?? 0) : null,
  };
}

/** `127.0.0.1:5555`, `[::1]:5555`, `*:5555`, `203.0.113.7%lo:*`; the wildcard address is null, as is the wildcard port. */
function parseEnd(text: string): { ip: string | null; port: number | null } | null {
  const [, address = '', port = ''] = /^(.+):(\d{1,5}|\*)$/.exec(text) ?? [];
  if (port === '') return null;
  const bare = address.replaceAll(/[[\]]/g, '').replace(/%.*$/, '');
  const ip = bare.replace(/^::ffff:(?=\d+\.)/i, '').toLowerCase();
  const isWildcard = ip === '*' || ip === '0.0.0.0' || ip === '::';
  if (!isWildcard && !/^[\da-f.:]+$/.test(ip)) return null;
  return { ip: isWildcard ? null : ip, port: port === '*' ? null : Number(port) };
}

function numberOf(details: string, name: string): number | null {
  const digits = new RegExp(String.raw`(?:^|\s)${name}:(\d{1,15})(?:\s|$)`).exec(details)?.[1];
  return digits === undefined ? null : Number(digits);
}
