import type { DestroyedSocket } from '../../../core/parse/ss-event.ts';
import type { SocketRecord } from '../../../core/parse/socket-record.ts';
import type { NetworkActivity } from '../../../model/activity.ts';
import type { CounterReading } from '../../../model/sample.ts';
import { growthOf, type OwnCounts } from './counts.ts';
import { type Known, ownActivity } from './activity.ts';
import { Fins } from './fins.ts';
import { connectionsIn, listeningPorts, type OpenConnection, OpenConnections } from './open-connections.ts';
import { OwedConnections } from './owed-connections.ts';
import { Packets } from './packets.ts';
import { type Ended, transfersOf } from './transfers.ts';
import { type Explained, Residual } from './residual.ts';
import { SilentSockets } from './silent-sockets.ts';

/** A network namespace at one look. */
export interface OwnLook {
  atMs: number;
  counts: OwnCounts;
  /** Its TCP and UDP tables. */
  records: readonly SocketRecord[];
  /** Sockets that were destroyed since the look before. */
  destroyed: readonly { atMs: number; socket: DestroyedSocket }[];
  /** What the sockets collector has seen in it at this look. */
  seen: readonly NetworkActivity[];
  /** The process that did it all; null where it may have been several. */
  processId: number | null;
}

export interface Told {
  activities: NetworkActivity[];
  /** Everything that was counted has been told; see `untoldInOwnNetwork`. null: not yet. */
  reading: CounterReading | null;
}

const BOTH_WAYS = ['outbound', 'inbound'] as const;
/** Connections without an address that are told one by one at a look; more than these are a flood. */
const MAX_NAMELESS = 100;

/**
 * Accounts for all that a network namespace of a target's own counts: each connection, and whether datagrams and other packets
 * were sent since the look before, becomes an activity, with its address where a table or a destroyed socket tells it, and
 * without where nobody does. What was counted at one look may be told of a moment later, so nothing goes without an address
 * before the next.
 */
export class OwnNetworkBook {
  readonly #target: string;
  readonly #open: OpenConnections = new OpenConnections();
  readonly #owed: OwedConnections;
  readonly #packets: Packets;
  /** Segments with payload that nothing explains yet. */
  readonly #segments: Residual = new Residual();
  readonly #fins: Fins;
  readonly #silent: SilentSockets = new SilentSockets();
  /** Looks in a row at which a connection had been counted and not told. */
  #looksOwing = 0;
  /** What was told so late that it is not known when it was counted. */
  #undated = 0;
  /** The connections that had ended by the last look, and when the one before it was. */
  #ended: readonly Ended[] = [];
  #sinceMs: number;
  #before: OwnLook;
  #isPending = false;

  /** What was there at the first look is not the target's doing since. */
  constructor(target: string, first: OwnLook) {
    this.#target = target;
    this.#owed = new OwedConnections(first.counts);
    this.#packets = new Packets(first.counts);
    this.#before = first;
    this.#fins = new Fins(first.records);
    this.#sinceMs = first.atMs;
    const listening = listeningPorts(first.records);
    const directionAt = (port: number): NetworkActivity['direction'] =>
      listening.has(port) ? 'inbound' : 'outbound';
    for (const one of connectionsIn(first.records, directionAt)) this.#open.add(one, false);
  }

  /** Something that was counted waits for the next look. */
  get isPending(): boolean {
    return this.#isPending;
  }

  /** Where the telling begins. */
  begin(): CounterReading {
    return this.#reading(this.#before);
  }

  /** Throws where the counters contradict themselves: then this book is of no use any more. */
  look(now: OwnLook): Told {
    const before = this.#before;
    const growth = growthOf(before.counts, now.counts);
    const directionAt = this.#directions(now);
    const hasSentDatagrams = growth.datagrams > 0;
    const fresh = now.seen.filter((one) => !this.#isKnown(one, now.counts));
    const activities = this.#silent.take(fresh, hasSentDatagrams);
    const { ends, ended, explained } = this.#endings(now, directionAt, hasSentDatagrams);
    activities.push(...ends, ...this.#overdue(now, directionAt));
    const { due, isDated } = this.#segments.take(growth.dataSegments, explained);
    activities.push(...this.#transfers(now, due, ended));
    if (!isDated) this.#undated += due;
    for (const one of this.#packets.take(now.counts, growth)) {
      activities.push(this.#activity(now, now.atMs, one));
    }
    this.#before = now;
    const isOwing = BOTH_WAYS.some((direction) => this.#owed.at(direction, now.counts) > 0);
    this.#looksOwing = isOwing ? this.#looksOwing + 1 : 0;
    this.#isPending = isOwing || this.#segments.isPending || this.#packets.isPending;
    return { activities, reading: this.#isPending ? null : this.#reading(now) };
  }

  /** Goes through the sockets that were destroyed: connections that came and went, and those that had been told of. */
  #endings(
    now: OwnLook,
    directionAt: (port: number) => NetworkActivity['direction'],
    hasSentDatagrams: boolean,
  ): { ends: NetworkActivity[]; ended: Ended[]; explained: Explained } {
    const before = this.#before;
    const owed = {
      outbound: this.#owed.at('outbound', before.counts),
      inbound: this.#owed.at('inbound', before.counts),
    };
    const ends: NetworkActivity[] = [];
    const ended: Ended[] = [];
    const sockets = now.destroyed.map(({ socket }) => socket);
    let unsure = 0;
    let [total, mayBeOld] = [0, 0];
    for (const { atMs: toldAtMs, socket } of now.destroyed) {
      const { localPort, remote, protocol } = socket;
      if (remote === null || localPort === null) continue;
      const atMs = Math.min(now.atMs, Math.max(toldAtMs, before.atMs));
      const connection = this.#open.close(protocol, localPort, remote);
      const direction = directionAt(localPort);
      const fin = this.#fins.of(socket, (connection?.direction ?? direction) === 'outbound');
      if (protocol === 'udp') this.#silent.close(localPort, remote);
      if (connection !== null) {
        ended.push({ connection, atMs, socket });
        unsure += fin;
      } else if (protocol === 'udp') {
        if (hasSentDatagrams) ends.push(this.#activity(now, atMs, { op: 'connect', protocol, socket }));
      } else if (this.#owed.at(direction, now.counts) > 0) {
        this.#owed.tell(direction, now.counts);
        ends.push(
          this.#activity(now, atMs, { ...this.#owed.opening(direction, socket, now.counts), socket }),
        );
        // The kernel tells in order: first those that had been counted by the look before.
        owed[direction] -= 1;
        total += socket.dataSegments + fin;
        if (owed[direction] >= 0) mayBeOld += socket.dataSegments + fin;
      }
    }
    unsure += this.#fins.atLook(now.records, sockets);
    return {
      ends,
      ended,
      explained: { total: total + unsure, mayBeOld: mayBeOld + unsure, isUnsure: unsure > 0 },
    };
  }

  #reading({ atMs, counts }: OwnLook): CounterReading {
    return {
      atMs,
      scope: `own-network:${this.#target}`,
      values: { unroutable: counts.unroutable, mergedSegments: this.#packets.merged, undated: this.#undated },
    };
  }

  /** A port that somebody listened on at this look or the one before, or until he closed it in between. */
  #directions({ records, destroyed }: OwnLook): (port: number) => NetworkActivity['direction'] {
    const closed = destroyed.flatMap(({ socket: { protocol, remote, localPort } }) =>
      protocol === 'tcp' && remote === null && localPort !== null ? [localPort] : [],
    );
    const ports = new Set([...listeningPorts(this.#before.records), ...listeningPorts(records), ...closed]);
    return (port) => (ports.has(port) ? 'inbound' : 'outbound');
  }

  /** Books what the tables have shown; true where it has been told already. */
  #isKnown({ op, protocol, direction, localPort, remote }: NetworkActivity, counts: OwnCounts): boolean {
    if (op !== 'connect' && op !== 'attempt' && op !== 'accept') return false;
    if (remote?.port == null || localPort === null || (protocol !== 'tcp' && protocol !== 'udp'))
      return false;
    const { ip, port } = remote;
    const connection: OpenConnection = { protocol, localPort, remote: { ip, port }, direction, isNew: true };
    if (this.#open.has(connection)) return true;
    this.#open.add(connection);
    if (protocol === 'tcp') this.#owed.tell(op === 'accept' ? 'inbound' : 'outbound', counts);
    return false;
  }

  /** Connections that had been counted by the look before: from the tables, else without an address. */
  #overdue(now: OwnLook, directionAt: (port: number) => NetworkActivity['direction']): NetworkActivity[] {
    const { atMs, counts } = this.#before;
    const activities: NetworkActivity[] = [];
    const found = connectionsIn(now.records, directionAt).filter(
      (one) => one.protocol === 'tcp' && !this.#open.has(one),
    );
    for (const direction of BOTH_WAYS) {
      let missing = this.#owed.at(direction, counts);
      for (const one of found
        .filter((other) => other.direction === direction)
        .slice(0, Math.max(0, missing))) {
        this.#open.add(one);
        const op = direction === 'inbound' ? 'accept' : 'connect';
        activities.push(this.#activity(now, atMs, { ...one, op }));
        missing -= 1;
      }
      if (this.#looksOwing > 1) this.#undated += Math.max(0, missing);
      for (let nameless = 0; nameless < Math.min(missing, MAX_NAMELESS); nameless += 1) {
        activities.push(
          this.#activity(now, atMs, this.#owed.opening(direction, { wasOpen: false }, now.counts)),
        );
      }
      this.#owed.settle(direction, counts);
    }
    return activities;
  }

  /** What was sent on connections by the look before, as far as nothing has explained it by now. */
  #transfers(now: OwnLook, segments: number, ended: readonly Ended[]): NetworkActivity[] {
    const transfers = transfersOf({
      segments,
      sinceMs: this.#sinceMs,
      open: this.#open.outboundAtLook(),
      ended: [...this.#ended, ...ended],
    });
    this.#sinceMs = this.#before.atMs;
    this.#ended = ended;
    return transfers.map(({ atMs, ...one }) => this.#activity(now, atMs ?? this.#before.atMs, one));
  }

  #activity({ processId }: OwnLook, atMs: number, known: Known): NetworkActivity {
    return ownActivity(this.#target, processId, atMs, known);
  }
}
