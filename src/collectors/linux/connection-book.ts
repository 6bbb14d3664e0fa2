import type { NetworkActivity, RemoteEnd } from '../../model/activity.ts';
import type { Look } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import { keptAliveMsAgo } from './keepalive.ts';
import { type SocketRecord, TCP_STATE, type TcpTraffic } from '../../core/parse/socket-record.ts';

/** A socket as it was last seen in the hands of a target. */
interface Entry {
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

/** A socket with two ends as the tables have it. */
export interface Connection extends Pick<SocketRecord, 'protocol' | 'local' | 'remote'> {
  direction: NetworkActivity['direction'];
  /** Left out where it is not told. */
  hasReceived?: boolean;
  /** The peer has not answered so far. */
  isUnanswered: boolean;
}

/** Cumulative counts of one target. */
export interface ConnectionTotals {
  connects: number;
  accepts: number;
  /** TCP connections that were gone at a later look: what was last sent on them is not known. */
  closed: number;
}

/**
 * Who opened a connection. Accepted sockets have the local port of a listening one; an ephemeral port is never given
 * out where somebody listens. A UDP socket with a remote end chose it itself.
 */
function directionOf({ protocol, state }: SocketRecord, isListenedOn: boolean): NetworkActivity['direction'] {
  return protocol === 'tcp' && state !== TCP_STATE.synSent && isListenedOn ? 'inbound' : 'outbound';
}

/** Remembers the sockets of all targets from look to look, and tells what happened on them in between. */
export class ConnectionBook {
  readonly #entries: Map<string, Entry> = new Map();
  readonly #keys: Map<number, Set<string>> = new Map();
  readonly #totals: Map<string, ConnectionTotals> = new Map();

  /** Books a socket of the tables that a watched process holds. */
  see(sighting: Sighting): NetworkActivity[] {
    const { record, process, isListenedOn, isBaseline } = sighting;
    const key = keyOf(record);
    const known = this.#entries.get(key);
    if (known !== undefined && !isReopened(known.record.traffic, record.traffic)) {
      const before = known.record.traffic;
      const betweenMs = sighting.look.nowMs - known.seenAtMs;
      known.record = record;
      known.seenAtMs = sighting.look.nowMs;
      known.vanished = false;
      return [
        ...this.#keptAlive(sighting, known, before, betweenMs),
        ...this.#traffic(sighting, known, before),
      ];
    }
    const direction = isWaiting(record) ? 'inbound' : directionOf(record, isListenedOn());
    const entry: Entry = {
      record,
      seenAtMs: sighting.look.nowMs,
      target: process.target,
      direction,
      remote: null,
      vanished: false,
    };
    this.#entries.set(key, entry);
    this.#keys.set(record.inode, (this.#keys.get(record.inode) ?? new Set()).add(key));
    return isBaseline ? [] : this.#opened(sighting, entry);
  }

  /** Notes which sockets that are still held are no longer in the tables: closed by the peer, or connected elsewhere. */
  missing(inodes: Iterable<number>, seen: ReadonlySet<SocketRecord>): void {
    for (const inode of inodes) {
      for (const key of this.#keys.get(inode) ?? []) {
        const entry = this.#entries.get(key) as Entry;
        if (seen.has(entry.record) || entry.vanished) continue;
        entry.vanished = true;
        this.#close(entry);
      }
    }
  }

  /** Strikes out a socket that no watched process holds any more. */
  release(inode: number): void {
    for (const key of this.#keys.get(inode) ?? []) {
      const entry = this.#entries.get(key) as Entry;
      if (!entry.vanished) this.#close(entry);
      this.#entries.delete(key);
    }
    this.#keys.delete(inode);
  }

  /** Connections that somebody of a target holds, and UDP sockets that have one remote. */
  connections(target: string): Connection[] {
    return [...this.#entries.values()]
      .filter((entry) => entry.target === target && !entry.vanished && !isWaiting(entry.record))
      .map(({ record: { protocol, state, local, remote, traffic }, direction }) => ({
        protocol,
        local,
        remote,
        direction,
        isUnanswered: protocol === 'tcp' && state === TCP_STATE.synSent,
        ...(traffic === null ? {} : { hasReceived: traffic.receivedBytes > 0 }),
      }));
  }

  /** Whether a target holds a UDP socket that has no remote. */
  isOpenToAnybody(target: string): boolean {
    return [...this.#entries.values()].some(
      (entry) =>
        entry.target === target &&
        entry.record.protocol === 'udp' &&
        !entry.vanished &&
        isWaiting(entry.record),
    );
  }

  /** TCP ports at which a target waits for connections. */
  listening(target: string): number {
    return [...this.#entries.values()].filter(
      (entry) => entry.target === target && entry.record.protocol === 'tcp' && isWaiting(entry.record),
    ).length;
  }

  totals(target: string): ConnectionTotals {
    const totals = this.#totals.get(target) ?? { connects: 0, accepts: 0, closed: 0 };
    this.#totals.set(target, totals);
    return totals;
  }

  /** Whether a target (any, by null) holds a TCP connection whose bytes are not told. */
  hasUncountedSends(target: string | null): boolean {
    for (const { target: holder, record, vanished } of this.#entries.values()) {
      if (
        (target === null || holder === target) &&
        isConnection(record) &&
        record.traffic === null &&
        !vanished
      )
        return true;
    }
    return false;
  }

  #close({ record, target }: Entry): void {
    if (isConnection(record)) this.totals(target).closed += 1;
  }

  #opened(sighting: Sighting, entry: Entry): NetworkActivity[] {
    const { record } = entry;
    if (isWaiting(record)) return [activity(sighting, entry, 'listen')];
    entry.remote = sighting.nameRemote(record);
    const op = entry.direction === 'inbound' ? 'accept' : 'connect';
    if (record.protocol === 'tcp') this.totals(entry.target)[op === 'accept' ? 'accepts' : 'connects'] += 1;
    const { sentBytes = null, receivedBytes = null } = record.traffic ?? {};
    const isUnasked = op === 'accept' && receivedBytes === 0 && sentBytes !== null && sentBytes > 0;
    const opened = activity(sighting, entry, op, {
      bytesSent: isUnasked ? 0 : sentBytes,
      bytesReceived: receivedBytes,
    });
    if (!isUnasked) return [opened];
    const direction = 'outbound' as const;
    return [opened, { ...activity(sighting, entry, 'send', { bytesSent: sentBytes }), direction }];
  }

  /** What the kernel sent by itself, so that the peer's end of a silent connection is not forgotten. */
  #keptAlive(
    sighting: Sighting,
    entry: Entry,
    before: TcpTraffic | null,
    betweenMs: number,
  ): NetworkActivity[] {
    const now = entry.record.traffic;
    const ago = now === null || before === null ? null : keptAliveMsAgo(before, now, betweenMs);
    if (ago === null) return [];
    entry.remote ??= sighting.nameRemote(entry.record);
    const atMs = sighting.look.nowMs - ago;
    return [activity(sighting, entry, 'keepalive', { atMs, bytesSent: 0, bytesReceived: 0 })];
  }

  #traffic(sighting: Sighting, entry: Entry, before: TcpTraffic | null): NetworkActivity[] {
    const now = entry.record.traffic;
    if (now === null || before === null) return [];
    const activities: NetworkActivity[] = [];
    const received = now.receivedBytes - before.receivedBytes;
    const sent = now.sentBytes - before.sentBytes;
    if (received > 0 || sent > 0) entry.remote ??= sighting.nameRemote(entry.record);
    if (received > 0) {
      const atMs = agoMs(sighting.look, now.sinceReceivedMs);
      activities.push(activity(sighting, entry, 'receive', { bytesReceived: received, atMs }));
    }
    if (sent > 0) {
      const atMs = agoMs(sighting.look, now.sinceSentMs);
      // Nobody asked: what is sent on an accepted connection before anything was received is the target's own doing.
      const direction = now.receivedBytes === 0 ? 'outbound' : entry.direction;
      activities.push({ ...activity(sighting, entry, 'send', { bytesSent: sent, atMs }), direction });
    }
    return activities;
  }
}

/** MPTCP has several connections with one inode, and a UDP socket can be connected to one remote after another. */
function keyOf({ inode, protocol, local, remote }: SocketRecord): string {
  return `${inode} ${protocol} ${local.port} ${remote.ip} ${remote.port}`;
}

/** A listening TCP socket, or a UDP socket that is open to anybody. */
function isWaiting({ protocol, state, remote }: SocketRecord): boolean {
  return protocol === 'tcp' ? state === TCP_STATE.listen : remote.port === 0;
}

/** Counts that went down belong to another connection between the same ends. */
function isReopened(before: TcpTraffic | null, now: TcpTraffic | null): boolean {
  if (before === null || now === null) return false;
  return now.sentBytes < before.sentBytes || now.receivedBytes < before.receivedBytes;
}

function isConnection(record: SocketRecord): boolean {
  return record.protocol === 'tcp' && !isWaiting(record);
}

/** A time before this look, as far as it fits: after the look before, at this look at the latest. */
function agoMs({ nowMs, previousMs }: Look, ms: number): number {
  const atMs = nowMs - ms;
  return atMs > (previousMs ?? Number.NEGATIVE_INFINITY) ? atMs : Math.min(nowMs, (previousMs ?? nowMs) + 1);
}

function activity(
  { look, process }: Sighting,
  { record, direction, remote }: Entry,
  op: NetworkActivity['op'],
  known: Partial<NetworkActivity> = {},
): NetworkActivity {
  return {
    kind: 'network',
    op,
    atMs: look.nowMs,
    target: process.target,
    collector: 'sockets',
    processId: process.id,
    thread: null,
    direction,
    protocol: record.protocol,
    remote,
    localPort: record.local.port,
    bytesSent: null,
    bytesReceived: null,
    lifetimeSeconds: null,
    ...known,
  };
}
