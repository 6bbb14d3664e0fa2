import { type SocketRecord, TCP_STATE } from '../../core/parse/socket-record.ts';
import type { NetworkActivity } from '../../model/activity.ts';
import { activitiesBetween, activitiesOfNew, wasAsked } from './socket-activities.ts';
import {
  directionOf,
  isConnection,
  isReopened,
  isWaiting,
  keyOf,
  type SeenSocket,
  type Sighting,
} from './socket-sighting.ts';

/** A socket with two ends as the tables have it. */
export interface Connection extends Pick<SocketRecord, 'protocol' | 'local' | 'remote'> {
  direction: NetworkActivity['direction'];
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

/** Remembers the sockets of all targets from look to look, and tells what happened on them in between. */
export class ConnectionBook {
  readonly #entries: Map<string, SeenSocket> = new Map();
  readonly #keys: Map<number, Set<string>> = new Map();
  readonly #totals: Map<string, ConnectionTotals> = new Map();
  /** Targets of which somebody has asked for something at this look. */
  readonly #asked: Set<string> = new Set();
  /** What targets have sent at this look to who had not asked. */
  readonly #pushed: NetworkActivity[] = [];

  /** Books a socket of the tables that a watched process holds. */
  see(sighting: Sighting): NetworkActivity[] {
    const { record, process, isListenedOn, isBaseline } = sighting;
    const key = keyOf(record);
    const known = this.#entries.get(key);
    if (known !== undefined && !isReopened(known.record.traffic, record.traffic)) {
      const before = { traffic: known.record.traffic, atMs: known.seenAtMs };
      known.record = record;
      known.seenAtMs = sighting.look.nowMs;
      known.vanished = false;
      const told = activitiesBetween(sighting, known, before);
      if (known.direction === 'inbound') {
        if (wasAsked(record.traffic, before.traffic)) this.#asked.add(known.target);
        for (const one of told) if (one.direction === 'outbound') this.#pushed.push(one);
      }
      return told;
    }
    const direction = isWaiting(record) ? 'inbound' : directionOf(record, isListenedOn());
    const entry: SeenSocket = {
      record,
      seenAtMs: sighting.look.nowMs,
      target: process.target,
      direction,
      remote: null,
      vanished: false,
    };
    this.#entries.set(key, entry);
    this.#keys.set(record.inode, (this.#keys.get(record.inode) ?? new Set()).add(key));
    if (isBaseline) return [];
    if (isConnection(record)) {
      this.totals(process.target)[direction === 'inbound' ? 'accepts' : 'connects'] += 1;
    }
    return activitiesOfNew(sighting, entry);
  }

  /**
   * To be called when all sockets of a look were seen: what a target sends at it to others than those who have asked, as a broker
   * does, it passes on for them.
   */
  settle(): void {
    for (const push of this.#pushed) if (this.#asked.has(push.target)) push.direction = 'inbound';
    this.#pushed.length = 0;
    this.#asked.clear();
  }

  /** Notes which sockets that are still held are no longer in the tables: closed by the peer, or connected elsewhere. */
  missing(inodes: Iterable<number>, seen: ReadonlySet<SocketRecord>): void {
    for (const inode of inodes) {
      for (const key of this.#keys.get(inode) ?? []) {
        const entry = this.#entries.get(key) as SeenSocket;
        if (seen.has(entry.record) || entry.vanished) continue;
        entry.vanished = true;
        this.#close(entry);
      }
    }
  }

  /** Strikes out a socket that no watched process holds any more. */
  release(inode: number): void {
    for (const key of this.#keys.get(inode) ?? []) {
      const entry = this.#entries.get(key) as SeenSocket;
      if (!entry.vanished) this.#close(entry);
      this.#entries.delete(key);
    }
    this.#keys.delete(inode);
  }

  /** Connections that somebody of a target holds, and UDP sockets that have one remote. */
  connections(target: string): Connection[] {
    return [...this.#entries.values()]
      .filter((entry) => entry.target === target && !entry.vanished && !isWaiting(entry.record))
      .map(({ record: { protocol, state, local, remote }, direction }) => ({
        protocol,
        local,
        remote,
        direction,
        isUnanswered: protocol === 'tcp' && state === TCP_STATE.synSent,
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

  /** Those of all targets. */
  listeningPorts(): number[] {
    const listening = [...this.#entries.values()].filter(
      ({ record }) => record.protocol === 'tcp' && isWaiting(record),
    );
    return [...new Set(listening.map(({ record }) => record.local.port))];
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

  #close({ record, target }: SeenSocket): void {
    if (isConnection(record)) this.totals(target).closed += 1;
  }
}
