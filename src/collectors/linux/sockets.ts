import { type SocketEnd, type SocketRecord, TCP_STATE } from '../../core/parse/socket-record.ts';
import type { NetworkActivity, RemoteEnd } from '../../model/activity.ts';
import type { Availability, Collector, Look, Observations } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { CounterReading } from '../../model/sample.ts';
import type { SharesFiles } from '../../os/kcmp.ts';
import { networkScopeOf } from '../../os/network-scope.ts';
import type { Netlink } from '../../os/netlink.ts';
import type { SocketProtocolName } from '../../os/socket-protocol.ts';
import { type Connection, ConnectionBook } from './connection-book.ts';
import { Denials } from './denials.ts';
import { type HeldSockets, heldSockets } from './held-sockets.ts';
import { Holdings, inodesOf } from './holdings.ts';
import type { LookReader } from './look-reader.ts';
import { namespaceReadings } from './namespace-counters.ts';
import { Neighbours } from './neighbours.ts';
import { exposed, isQuiet, nameOf, NOTHING } from './selection.ts';
import { SocketKinds } from './socket-kinds.ts';
import type { SocketFilter } from './inet-diag-dump.ts';
import { SocketTables } from './socket-tables.ts';
import { ThreadsApart } from './threads-apart.ts';

const UNCOUNTED = 'inet_diag does not reach a target: what it sends on an open connection is not seen';

/** The native ways into the kernel; each has a slower one without it. */
export interface SocketSources {
  openNetlink: () => Netlink | null;
  protocolName: SocketProtocolName | null;
  sharesFiles: SharesFiles;
}

/** Takes what was sampled, and returns what nobody else tells better. */
export type Withhold = (sampled: readonly NetworkActivity[]) => readonly NetworkActivity[];

interface Holder {
  process: WatchedProcess;
  held: HeldSockets;
  /** Its sockets were never read before although it was there at the first look. */
  isBaseline: boolean;
}

/**
 * Who talks to whom, by TCP and UDP, as seen at each look; and what the network namespaces of the targets counted
 * between two looks. Only processes that ran are looked into: the others opened and sent nothing.
 */
export class SocketsCollector implements Collector {
  readonly name = 'sockets';
  readonly provides: readonly string[] = ['network'];
  readonly #reader: LookReader;
  readonly #tables: SocketTables;
  readonly #kinds: SocketKinds;
  readonly #neighbours: Neighbours;
  readonly #apart: ThreadsApart;
  readonly #book: ConnectionBook = new ConnectionBook();
  readonly #denials: Denials = new Denials('the open files');
  #isUncounted = false;
  #withhold: Withhold = (sampled) => sampled;
  readonly #holdings: Holdings = new Holdings();
  /** Processes of the first look that were not read yet: what they hold is older than the run. */
  readonly #unread: Set<number> = new Set();

  constructor(reader: LookReader, { openNetlink, protocolName, sharesFiles }: SocketSources) {
    this.#reader = reader;
    this.#apart = new ThreadsApart(reader, sharesFiles);
    this.#tables = new SocketTables(reader.procfs, openNetlink);
    this.#kinds = new SocketKinds(reader.procfs, protocolName);
    this.#neighbours = new Neighbours(reader.procfs, this.#tables);
  }

  probe(processes: readonly WatchedProcess[]): Availability {
    for (const process of processes) {
      this.#denials.attempt(process, () => this.#reader.procfs.list(`${process.pid}/fd`));
    }
    this.#denials.take();
    return this.#availability();
  }

  sample(look: Look): Observations {
    if (look.previousMs === null) for (const { id } of look.processes) this.#unread.add(id);
    const left = look.ended.flatMap(({ process }) => this.#holdings.replace(process.id, null));
    for (const { process } of look.ended) this.#apart.forget(process.id);
    if (isQuiet(look) && look.ended.length === 0) return NOTHING;
    const processes = isQuiet(look) ? [] : exposed(look);
    const holders = processes.flatMap((process) => this.#read(look, process, left));
    const activities: NetworkActivity[] = [];
    for (const [scope, members] of byScope(holders))
      activities.push(...this.#inNamespace(look, scope, members));
    this.#release(left);
    const concerned = [...processes, ...look.ended.map(({ process }) => process)];
    const counters = namespaceReadings(this.#reader.procfs, look, concerned, this.#tables.ownScope);
    counters.push(...this.#totals(look, concerned));
    return { activities: this.#withhold(activities), counters, ...this.#denials.take() };
  }

  /** From now on, somebody else hears first what was sampled. */
  withhold(withhold: Withhold): void {
    this.#withhold = withhold;
  }

  /** TCP connections that a target held when it was looked at last. */
  connections(target: string): readonly Connection[] {
    return this.#book.connections(target);
  }

  /** Whether a target holds a UDP socket that others can write to, as far as it was looked at. */
  isOpenToAnybody(target: string): boolean {
    return this.#book.isOpenToAnybody(target);
  }

  /**
   * Whether somebody listened at this end when it was looked at last: anybody in that network namespace, a target or not, since
   * the port on which another listens is not given to whoever connects.
   * @param scope the namespace; null where it is not known: any of the targets' own
   */
  isListenedOn(local: SocketEnd, scope: string | null): boolean {
    return this.#neighbours.isListenedOn(local, scope);
  }

  /** The remote end of a connection that may be over already, or of a datagram; on this host, named by who listens there. */
  nameRemote(
    look: Look,
    process: WatchedProcess,
    ends: Pick<SocketRecord, 'protocol' | 'local' | 'remote'>,
  ): RemoteEnd {
    return this.#neighbours.nameRemote(look, process, ends);
  }

  report(): Availability & { lost: number } {
    return { ...this.#availability(), lost: 0 };
  }

  stop(): Availability & { lost: number } {
    this.#tables.close();
    return this.report();
  }

  #read(look: Look, process: WatchedProcess, left: number[]): Holder[] {
    const known = look.moved.has(process.id) ? undefined : this.#holdings.of(process.id);
    const held =
      known ??
      this.#denials.attempt(process, () => heldSockets(this.#reader, this.#kinds, look, process)) ??
      null;
    if (held === null) return [];
    for (const what of held.unseen) this.#denials.add(process, unseenReason(process, what), what);
    this.#checkNamespace(process);
    const apart =
      this.#denials.attempt(process, () => this.#apart.find(look, process), 'the threads') ?? null;
    if (apart !== null) this.#denials.add(process, unseenReason(process, apart), apart);
    left.push(...this.#holdings.replace(process.id, held));
    return [{ process, held, isBaseline: this.#unread.has(process.id) }];
  }

  /** The counters of the namespace that it was found in say nothing of one that it went to later. */
  #checkNamespace(process: WatchedProcess): void {
    const scope = this.#denials.attempt(
      process,
      () => networkScopeOf(this.#reader.procfs, process.pid),
      'the network namespace',
    );
    if (scope === undefined || scope === null || scope === process.networkScope) return;
    if (process.networkScope === null) return;
    this.#denials.add(process, `${nameOf(process)} went to another network namespace`, 'namespace');
  }

  /** A socket is gone when no watched process holds it any more: workers share the sockets of their parent. */
  #release(inodes: readonly number[]): void {
    for (const inode of inodes) {
      if (this.#holdings.isHeld(inode)) continue;
      this.#book.release(inode);
      this.#kinds.forget(inode);
    }
  }

  #inNamespace(look: Look, scope: string | null, holders: readonly Holder[]): NetworkActivity[] {
    const wanted = new Map<number, Holder>();
    for (const holder of holders) {
      for (const inode of inodesOf(holder.held)) {
        if (!wanted.has(inode)) wanted.set(inode, holder);
      }
    }
    const [first] = holders;
    if (first === undefined) return [];
    for (const { process } of holders) this.#unread.delete(process.id);
    if (wanted.size === 0) return [];
    const { pid } = first.process;
    const isWanted: SocketFilter = ({ inode, state }) => wanted.has(inode) || state === TCP_STATE.listen;
    const records = this.#tables.read(scope, pid, isWanted);
    let all: readonly SocketRecord[] | null = null;
    const everything = (): readonly SocketRecord[] => (all ??= this.#tables.read(scope, pid, () => true));
    const activities = this.#see(look, scope, records, everything, wanted);
    this.#book.missing(wanted.keys(), new Set(records));
    this.#noteUnknown(holders, new Set(records.map(({ inode }) => inode)));
    return activities;
  }

  #see(
    look: Look,
    scope: string | null,
    records: readonly SocketRecord[],
    everything: () => readonly SocketRecord[],
    wanted: ReadonlyMap<number, Holder>,
  ): NetworkActivity[] {
    const { isListenedOn, nameRemote } = this.#neighbours.meet(look, scope, { records, everything });
    return records.flatMap((record) => {
      const holder = wanted.get(record.inode);
      if (holder === undefined) return [];
      const { process, isBaseline } = holder;
      return this.#book.see({
        look,
        process,
        record,
        isListenedOn: () => isListenedOn(record.local),
        isBaseline,
        nameRemote,
      });
    });
  }

  /** Without the native way, a socket in no table may be one that is not yet bound, or one of a kind without a table. */
  #noteUnknown(holders: readonly Holder[], found: ReadonlySet<number>): void {
    for (const { process, held } of holders) {
      if ([...held.unknown].every((inode) => found.has(inode))) continue;
      this.#denials.add(process, unseenReason(process, 'a socket of unknown kind'), 'unknown');
    }
  }

  #totals(look: Look, processes: readonly WatchedProcess[]): CounterReading[] {
    this.#isUncounted ||= this.#book.hasUncountedSends(null);
    return [...new Set(processes.map(({ target }) => target))].map((target) => ({
      atMs: look.nowMs,
      scope: `sockets:${target}`,
      values: {
        ...this.#book.totals(target),
        listening: this.#book.listening(target),
        sendsUnseen: this.#book.hasUncountedSends(target) ? 1 : 0,
      },
    }));
  }

  #availability(): Availability {
    const reason = this.#denials.firstReason;
    if (reason !== null) return { status: 'partial', tier: 'sampled', reason };
    return { status: 'ok', tier: 'sampled', reason: this.#isUncounted ? UNCOUNTED : null };
  }
}

function unseenReason(process: WatchedProcess, what: string): string {
  return `${nameOf(process)} holds ${what}, whose traffic cannot be seen`;
}

function byScope(holders: readonly Holder[]): Map<string | null, Holder[]> {
  const groups = new Map<string | null, Holder[]>();
  for (const holder of holders) {
    const scope = holder.process.networkScope;
    const members = groups.get(scope) ?? [];
    groups.set(scope, members);
    members.push(holder);
  }
  return groups;
}
