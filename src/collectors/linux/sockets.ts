import { type SocketEnd, type SocketRecord, TCP_STATE } from '../../core/parse/socket-record.ts';
import type { NetworkActivity, RemoteEnd } from '../../model/activity.ts';
import type { Availability, Collector, Look, Observations } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { CounterReading } from '../../model/sample.ts';
import type { Netlink } from '../../os/netlink.ts';
import { type Connection, ConnectionBook } from './connection-book.ts';
import { inodesOf } from './holdings.ts';
import type { SocketFilter } from './inet-diag-dump.ts';
import type { LookReader } from './look-reader.ts';
import { namespaceReadings } from './namespace-counters.ts';
import { Neighbours } from './neighbours.ts';
import { exposed, isQuiet, NOTHING } from './selection.ts';
import { type Holder, type HolderSources, SocketHolders } from './socket-holders.ts';
import { SocketTables } from './socket-tables.ts';

const UNCOUNTED = 'inet_diag does not reach a target: what it sends on an open connection is not seen';

/** The native ways into the kernel; each has a slower one without it. */
export interface SocketSources extends HolderSources {
  openNetlink: () => Netlink | null;
}

/** Takes what was sampled, and returns what nobody else tells better. */
export type Withhold = (sampled: readonly NetworkActivity[]) => readonly NetworkActivity[];

/**
 * Who talks to whom, by TCP and UDP, as seen at each look; and what the network namespaces of the targets counted
 * between two looks. Only processes that ran are looked into: the others opened and sent nothing.
 */
export class SocketsCollector implements Collector {
  readonly name = 'sockets';
  readonly #reader: LookReader;
  readonly #tables: SocketTables;
  readonly #neighbours: Neighbours;
  readonly #holders: SocketHolders;
  readonly #book: ConnectionBook = new ConnectionBook();
  #isUncounted = false;
  #withhold: Withhold | null = null;

  constructor(reader: LookReader, { openNetlink, ...native }: SocketSources) {
    this.#reader = reader;
    this.#holders = new SocketHolders(reader, native);
    this.#tables = new SocketTables(reader.procfs, openNetlink);
    this.#neighbours = new Neighbours(reader.procfs, this.#tables);
  }

  probe(processes: readonly WatchedProcess[]): Availability {
    this.#holders.probe(processes);
    return this.#availability();
  }

  sample(look: Look): Observations {
    this.#holders.begin(look);
    if (isQuiet(look) && look.ended.length === 0) return NOTHING;
    const processes = isQuiet(look) ? [] : exposed(look);
    const holders = this.#holders.read(look, processes);
    const activities: NetworkActivity[] = [];
    for (const [scope, members] of byScope(holders))
      activities.push(...this.#inNamespace(look, scope, members));
    this.#book.settle();
    for (const inode of this.#holders.released()) this.#book.release(inode);
    const concerned = [...processes, ...look.ended.map(({ process }) => process)];
    const counters = namespaceReadings(this.#reader.procfs, look, concerned, this.#tables.ownScope);
    counters.push(...this.#totals(look, concerned));
    const told = this.#withhold?.(activities) ?? activities.map((one) => byHolder(look, one));
    return { activities: told, counters, ...this.#holders.takeFailures() };
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

  /** What a target held whose traffic the kernel's trace does not tell of either; null: nothing. */
  get untraced(): string | null {
    return this.#holders.untraced;
  }

  /** The kernel's trace tells that a process made such a socket, which it need not hold any more when it is looked at. */
  noteUntraced(process: WatchedProcess): void {
    this.#holders.noteUntraced(process);
  }

  /** TCP ports at which the targets wait for connections; null where not every socket of theirs could be looked at. */
  listeningPorts(): number[] | null {
    return this.#holders.firstReason === null ? this.#book.listeningPorts() : null;
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

  #inNamespace(look: Look, scope: string | null, holders: readonly Holder[]): NetworkActivity[] {
    const wanted = new Map<number, Holder>();
    for (const holder of holders) {
      for (const inode of inodesOf(holder.held)) {
        if (!wanted.has(inode)) wanted.set(inode, holder);
      }
    }
    const [first] = holders;
    if (first === undefined) return [];
    const { pid } = first.process;
    const isWanted: SocketFilter = ({ inode, state }) => wanted.has(inode) || state === TCP_STATE.listen;
    const records = wanted.size === 0 ? [] : this.#tables.read(scope, pid, isWanted);
    // Those of whom the kernel's list was broken off are read again.
    this.#holders.wereRead(holders);
    if (wanted.size === 0) return [];
    let all: readonly SocketRecord[] | null = null;
    const everything = (): readonly SocketRecord[] => (all ??= this.#tables.read(scope, pid, () => true));
    const activities = this.#see(look, scope, records, everything, wanted);
    this.#book.missing(wanted.keys(), new Set(records));
    this.#holders.noteUnknown(holders, new Set(records.map(({ inode }) => inode)));
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
    const reason = this.#holders.firstReason;
    if (reason !== null) return { status: 'partial', tier: 'sampled', reason };
    return { status: 'ok', tier: 'sampled', reason: this.#isUncounted ? UNCOUNTED : null };
  }
}

/** Where nobody tells better, whoever has run did it himself, and not before the look before. */
function byHolder({ moved }: Look, { sinceMs, ...activity }: NetworkActivity): NetworkActivity {
  const hasRun = activity.processId !== null && moved.has(activity.processId);
  return hasRun || sinceMs === undefined ? activity : { ...activity, sinceMs };
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
