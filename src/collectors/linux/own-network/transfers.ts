import type { DestroyedSocket } from '../../../core/parse/ss-event.ts';
import type { NetworkActivity } from '../../../model/activity.ts';
import type { OpenConnection } from './open-connections.ts';

/** A connection that had been told of and has ended. */
export interface Ended {
  connection: OpenConnection;
  atMs: number;
  socket: DestroyedSocket;
}

export interface SendingFacts {
  /** Segments with payload that were counted, less those of connections that came and went. */
  segments: number;
  /** The look before. */
  sinceMs: number;
  /** Connections that the target opened and holds. */
  open: readonly OpenConnection[];
  ended: readonly Ended[];
}

export interface Transfer extends Pick<NetworkActivity, 'op' | 'direction'> {
  /** null: at some time between the two looks. */
  atMs: number | null;
  localPort: number | null;
  remote: OpenConnection['remote'] | null;
}

const NAMELESS: Transfer = { op: 'send', direction: 'outbound', atMs: null, localPort: null, remote: null };

/**
 * What was sent on connections that had been told of before. The counter does not say on which; both ends are the target's own
 * in its own network, so that one that it opened took part. A connection that is new counts once, with what was sent on it.
 */
export function transfersOf({ segments, sinceMs, open, ended }: SendingFacts): Transfer[] {
  if (segments <= 0) return [];
  const late = ended.filter((one) => mayHaveSentSince(one, sinceMs));
  const transfers = late
    .filter(({ connection }) => !connection.isNew)
    .flatMap((one) => transfersOn(one, late, ended));
  // Each of these has sent one at least.
  const left = segments - late.filter(({ socket }) => socket.sinceSentMs !== null).length;
  const isNewOnly = open.length + late.length > 0 && open.every(({ isNew }) => isNew);
  if (left <= 0 || isNewOnly) return transfers;
  const [first] = open;
  // All of them lead to the same place, so that it does not matter on which it was.
  if (first !== undefined && late.length === 0 && open.every((one) => isSameRemote(one, first))) {
    return [on({ ...first, localPort: open.length === 1 ? first.localPort : null }, 'send', null)];
  }
  return [...transfers, NAMELESS];
}

/** One that was reset by its own end tells nothing of what it sent. */
function mayHaveSentSince({ atMs, socket }: Ended, sinceMs: number): boolean {
  const { sinceSentMs, wasOpen } = socket;
  return sinceSentMs === null ? !wasOpen : atMs - sinceSentMs > sinceMs;
}

/** What an accepting end sent, the end that opened the connection received. */
function transfersOn(one: Ended, late: readonly Ended[], ended: readonly Ended[]): Transfer[] {
  const { connection, atMs, socket } = one;
  const sent = on(connection, 'send', atMs - (socket.sinceSentMs ?? 0));
  if (connection.direction === 'outbound' || late.some((other) => isPeer(other, one))) return [sent];
  const peer = ended.find((other) => isPeer(other, one));
  return [
    sent,
    peer === undefined ? { ...NAMELESS, op: 'receive' } : on(peer.connection, 'receive', sent.atMs),
  ];
}

function isPeer({ connection: one }: Ended, { connection: other }: Ended): boolean {
  return (
    one.direction === 'outbound' && one.localPort === other.remote.port && one.remote.port === other.localPort
  );
}

function isSameRemote({ remote: one }: OpenConnection, { remote: other }: OpenConnection): boolean {
  return one.ip === other.ip && one.port === other.port;
}

function on(
  { direction, localPort, remote }: Omit<OpenConnection, 'localPort'> & { localPort: number | null },
  op: Transfer['op'],
  atMs: number | null,
): Transfer {
  return { op, direction, atMs, localPort, remote };
}
