import { type SocketEnd, type SocketRecord, TCP_STATE } from '../../core/parse/socket-record.ts';
import type { RemoteEnd } from '../../model/activity.ts';
import type { Look } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { Procfs } from '../../os/procfs.ts';
import { Listeners } from './listeners.ts';
import { LoopbackPeers } from './loopback-peers.ts';
import type { SocketTables } from './socket-tables.ts';

type Records = () => readonly SocketRecord[];

/** A namespace as its tables show it at one look. */
export interface Neighbourhood {
  /** Whether somebody listens on a local end, or did at the look before. */
  isListenedOn: (local: SocketEnd) => boolean;
  nameRemote: (record: SocketRecord) => RemoteEnd | null;
}

/** Who else is in the network namespaces of the targets: who listens there, and who is at the other end of a connection. */
export class Neighbours {
  readonly #tables: SocketTables;
  readonly #peers: LoopbackPeers;
  /** By namespace, as of the last reading. */
  readonly #listeners: Map<string | null, Listeners> = new Map();
  /** All sockets by namespace, read at most once a look to name remote ends. */
  #named: { look: Look; records: Map<string | null, readonly SocketRecord[]> } | null = null;

  constructor(procfs: Procfs, tables: SocketTables) {
    this.#tables = tables;
    this.#peers = new LoopbackPeers(procfs);
  }

  /**
   * Takes in what the tables of a namespace show.
   * @param everything all sockets of the namespace; asked only when there is somebody to name
   */
  meet(
    look: Look,
    scope: string | null,
    { records, everything }: { records: readonly SocketRecord[]; everything: Records },
  ): Neighbourhood {
    const before = this.#listeners.get(scope);
    const listeners = new Listeners(records);
    this.#listeners.set(scope, listeners);
    return {
      isListenedOn: (local) => (listeners.at(local) ?? before?.at(local) ?? null) !== null,
      nameRemote: (record) => this.#peers.nameRemote(record, { look, records: everything, listeners }),
    };
  }

  /** See `SocketsCollector.isListenedOn`. */
  isListenedOn(local: SocketEnd, scope: string | null): boolean {
    const own = scope === null ? undefined : this.#listeners.get(scope);
    // Those of a process whose namespace could not be told may be in this one.
    const asked = scope === null ? [...this.#listeners.values()] : [own, this.#listeners.get(null)];
    return asked.some((listeners) => (listeners?.at(local) ?? null) !== null);
  }

  /** See `SocketsCollector.nameRemote`. */
  nameRemote(
    look: Look,
    { networkScope: scope, pid }: WatchedProcess,
    ends: Pick<SocketRecord, 'protocol' | 'local' | 'remote'>,
  ): RemoteEnd {
    const record: SocketRecord = { state: TCP_STATE.close, inode: 0, traffic: null, ...ends };
    if (this.#named?.look !== look) this.#named = { look, records: new Map() };
    const known = this.#named.records;
    const records: Records = () => {
      const all = known.get(scope) ?? this.#allSockets(scope, pid);
      known.set(scope, all);
      return all;
    };
    const listeners = this.#listeners.get(scope) ?? new Listeners(records());
    return this.#peers.nameRemote(record, { look, records, listeners }) ?? nobody(ends.remote);
  }

  /** None where they cannot be read any more: then the other end has no name, and what happened is told all the same. */
  #allSockets(scope: string | null, pid: number): readonly SocketRecord[] {
    try {
      return this.#tables.read(scope, pid, () => true);
    } catch {
      return [];
    }
  }
}

const nobody = (remote: SocketEnd): RemoteEnd => ({ ...remote, process: null, target: null });
