import type { SocketAddress } from '../../../model/kernel-record.ts';
import { type Flow, newFlow } from './flow.ts';
import { Questions } from './questions.ts';

/** A socket of a connection-oriented protocol, from its first record to its last. */
export interface Connection {
  readonly socket: number;
  readonly protocol: Flow['protocol'];
  readonly firstNs: number;
  /** The first followed thread that acted on it. */
  tid: number | null;
  local: SocketAddress | null;
  remote: SocketAddress | null;
  /** Null until its addresses are known. */
  direction: Flow['direction'] | null;
  /** It was seen to be established. */
  isProven: boolean;
  /** The tables have shown that nobody had answered. */
  wasUnanswered: boolean;
  readonly questions: Questions;
  /** It was open before the records began. */
  isOlder: boolean;
  hasEnded: boolean;
  /** Its opening, until that is told; all traffic is added to it. */
  opening: Flow | null;
  /** Later traffic, since the last take. */
  sent: Flow | null;
  received: Flow | null;
  refused: Flow | null;
  /** A read of which the kernel has not told the bytes so far. */
  unread: { atNs: number; tid: number } | null;
  /** The MPTCP socket that it carries data for: it does nothing by itself. */
  master: Connection | null;
}

/** A connection of which nothing more is known yet than is given. */
export function newConnection(
  start: Pick<Connection, 'socket' | 'protocol' | 'firstNs' | 'tid'> & Partial<Connection>,
): Connection {
  return {
    local: null,
    remote: null,
    direction: null,
    isProven: false,
    wasUnanswered: false,
    questions: new Questions(),
    isOlder: false,
    hasEnded: false,
    opening: null,
    sent: null,
    received: null,
    refused: null,
    unread: null,
    master: null,
    ...start,
  };
}

/** A flow on a connection, with what is known of its ends. */
export function flowOn(
  connection: Connection,
  flow: Pick<Flow, 'op' | 'direction' | 'atNs' | 'tid'> & Partial<Flow>,
): Flow {
  const { socket, protocol, local, remote } = connection;
  return newFlow({ protocol, local, remote, socket, ...flow });
}

/** Takes in addresses where they were not known; a port of 0 is not known. All flows that are not told yet learn them, too. */
export function learnEnds(
  connection: Connection,
  ends: { local: SocketAddress; remote: SocketAddress | null },
): void {
  if (ends.local.port !== 0) connection.local ??= ends.local;
  if (ends.remote !== null && ends.remote.port !== 0) connection.remote ??= ends.remote;
  const { local, remote } = connection;
  for (const flow of [connection.opening, connection.sent, connection.received, connection.refused]) {
    if (flow !== null) Object.assign(flow, { local, remote });
  }
}

/** Whether these cannot be the ends of this connection: its address in the kernel was given to another. */
export function isOther(
  connection: Connection,
  { local, remote }: { local: SocketAddress; remote: SocketAddress },
): boolean {
  return differs(connection.local, local) || differs(connection.remote, remote);
}

function differs(known: SocketAddress | null, told: SocketAddress): boolean {
  if (known === null || told.port === 0) return false;
  return known.port !== told.port || known.ip !== told.ip;
}
