import type { DestroyedSocket } from '../../../core/parse/ss-event.ts';
import type { SocketRecord } from '../../../core/parse/socket-record.ts';
import type { NetworkActivity } from '../../../model/activity.ts';
import type { CounterReading } from '../../../model/sample.ts';
import { growthOf, type OwnCounts } from './counts.ts';
import { type Known, ownActivity } from './activity.ts';
import { Fins } from './fins.ts';
import { connectionsIn, listeningPorts, type OpenConnection, OpenConnections } from './open-connections.ts';
import { type Ended, transfersOf } from './transfers.ts';
import { type Explained, Residual } from './residual.ts';
import { SilentSockets } from './silent-sockets.ts';
import { Steady } from './steady.ts';

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

type Side = 'opened' | 'accepted';

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
  readonly #told: Record<Side, number>;
  readonly #icmp: Steady;
  readonly #others: Steady;
  #failedTold: number;
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
    const { opened, accepted, failed, icmp, otherPackets } = first.counts;
    this.#target = target;
    this.#told = { opened, accepted };
    this.#failedTold = failed;
    this.#icmp = new Steady(icmp);
    this.#others = new Steady(otherPackets);
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
    activities.push(...this.#packets(now, growth));
    this.#before = now;
    const isOwing = this.#owed('opened', now) > 0 || this.#owed('accepted', now) > 0;
    this.#looksOwing = isOwing ? this.#looksOwing + 1 : 0;
    this.#isPending = isOwing || this.#segments.isPending || this.#icmp.isPending || this.#others.isPending;
    return { activities, reading: this.#isPending ? null : this.#reading(now) };
  }

  /** Goes through the sockets that were destroyed: connections that came and went, and those that had been told of. */
  #endings(
    now: OwnLook,
    directionAt: (port: number) => NetworkActivity['direction'],
    hasSentDatagrams: boolean,
  ): { ends: NetworkActivity[]; ended: Ended[]; explained: Explained } {
    const before = this.#before;
    const owed = { opened: this.#owed('opened', before), accepted: this.#owed('accepted', before) };
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
      const side = direction === 'inbound' ? 'accepted' : 'opened';
      const fin = this.#fins.of(socket, (connection?.direction ?? direction) === 'outbound');
      if (protocol === 'udp') this.#silent.close(localPort, remote);
      if (connection !== null) {
        ended.push({ connection, atMs, socket });
        unsure += fin;
      } else if (protocol === 'udp') {
        if (hasSentDatagrams) ends.push(this.#activity(now, atMs, { op: 'connect', protocol, socket }));
      } else if (this.#owed(side, now) > 0) {
        this.#told[side] += 1;
        ends.push(this.#activity(now, atMs, { ...this.#opening(direction, socket, now), socket }));
        // The kernel tells in order: first those that had been counted by the look before.
        owed[side] -= 1;
        total += socket.dataSegments + fin;
        if (owed[side] >= 0) mayBeOld += socket.dataSegments + fin;
      }
    }
    unsure += this.#fins.atLook(now.records, sockets);
    return {
      ends,
      ended,
      explained: { total: total + unsure, mayBeOld: mayBeOld + unsure, isUnsure: unsure > 0 },
    };
  }

  /** Connections that had been counted at a look and are not told yet; one that comes when none is was told without its address. */
  #owed(side: Side, { counts }: OwnLook): number {
    return counts[side] - this.#told[side];
  }

  #reading({ atMs, counts }: OwnLook): CounterReading {
    const { lost } = this.#others;
    return {
      atMs,
      scope: `own-network:${this.#target}`,
      values: { unroutable: counts.unroutable, mergedSegments: lost, undated: this.#undated },
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
    const side = op === 'accept' ? 'accepted' : 'opened';
    if (protocol === 'tcp' && this.#told[side] < counts[side]) this.#told[side] += 1;
    return false;
  }

  #opening(
    direction: NetworkActivity['direction'],
    { wasOpen }: Pick<DestroyedSocket, 'wasOpen'>,
    { counts }: OwnLook,
  ): Pick<NetworkActivity, 'op' | 'direction' | 'protocol'> {
    if (direction === 'inbound') return { op: 'accept', direction, protocol: 'tcp' };
    const isFailed = !wasOpen && this.#failedTold < counts.failed;
    if (isFailed) this.#failedTold += 1;
    return { op: isFailed ? 'attempt' : 'connect', direction, protocol: 'tcp' };
  }

  /** Connections that had been counted by the look before: from the tables, else without an address. */
  #overdue(now: OwnLook, directionAt: (port: number) => NetworkActivity['direction']): NetworkActivity[] {
    const { atMs, counts } = this.#before;
    const activities: NetworkActivity[] = [];
    const found = connectionsIn(now.records, directionAt).filter(
      (one) => one.protocol === 'tcp' && !this.#open.has(one),
    );
    for (const direction of ['outbound', 'inbound'] as const) {
      const side = direction === 'inbound' ? 'accepted' : 'opened';
      let missing = counts[side] - this.#told[side];
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
        activities.push(this.#activity(now, atMs, this.#opening(direction, { wasOpen: false }, now)));
      }
      this.#told[side] = Math.max(this.#told[side], counts[side]);
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

  #packets(now: OwnLook, growth: ReturnType<typeof growthOf>): NetworkActivity[] {
    const { datagrams, datagramsReceived } = growth;
    const packets: Partial<NetworkActivity>[] = [
      ...(datagrams > 0 ? [{ op: 'send', protocol: 'udp' } as const] : []),
      ...(datagramsReceived > 0 ? [{ op: 'receive', protocol: 'udp', direction: 'inbound' } as const] : []),
      ...(this.#icmp.take(now.counts.icmp) > 0 ? [{ op: 'send', protocol: 'icmp' } as const] : []),
      ...(this.#others.take(now.counts.otherPackets) > 0 ? [{ op: 'send', protocol: 'raw' } as const] : []),
    ];
    return packets.map((one) => this.#activity(now, now.atMs, one));
  }

  #activity({ processId }: OwnLook, atMs: number, known: Known): NetworkActivity {
    return ownActivity(this.#target, processId, atMs, known);
  }
}
