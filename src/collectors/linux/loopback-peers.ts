import { isLoopback } from '../../core/parse/ip-address.ts';
import { processName } from '../../core/parse/process-name.ts';
import type { SocketRecord } from '../../core/parse/socket-record.ts';
import type { RemoteEnd } from '../../model/activity.ts';
import type { Look } from '../../model/collector.ts';
import type { Procfs } from '../../os/procfs.ts';
import type { Listeners } from './listeners.ts';
import { SocketIndex } from './socket-index.ts';

/** One network namespace at one look. */
export interface Surroundings {
  look: Look;
  /** All of its sockets; asked only for a remote end that is new. */
  records: () => readonly SocketRecord[];
  listeners: Listeners;
}

type Owner = Pick<RemoteEnd, 'process' | 'target'>;

const NOBODY: Owner = { process: null, target: null };
const REMEMBERED = 256;

/** Names the process at the other end of a connection within this host. */
export class LoopbackPeers {
  readonly #procfs: Procfs;
  /** Owners of listening TCP sockets that were connected to, and of UDP sockets, by inode: the same address is another's elsewhere. */
  readonly #known: Map<number, Owner> = new Map();
  readonly #indexes: WeakMap<readonly SocketRecord[], SocketIndex> = new WeakMap();
  #holders: { look: Look; pids: Map<number, number> } | null = null;

  constructor(procfs: Procfs) {
    this.#procfs = procfs;
  }

  nameRemote(record: SocketRecord, surroundings: Surroundings): RemoteEnd | null {
    const { remote } = record;
    if (remote.port === 0) return null;
    const owner =
      isLoopback(remote.ip) || remote.ip === record.local.ip ? this.#ownerOf(record, surroundings) : NOBODY;
    return { ...remote, ...owner };
  }

  #ownerOf(record: SocketRecord, surroundings: Surroundings): Owner {
    if (record.protocol === 'udp') return this.#ownerOfDatagrams(record, surroundings);
    const listener = surroundings.listeners.at(record.remote);
    const known = listener === null ? undefined : this.#known.get(listener.inode);
    if (known !== undefined) return known;
    const peer = this.#indexOf(surroundings).peerOf(record);
    const inode = peer?.inode ?? listener?.inode ?? 0;
    const owner = inode === 0 ? NOBODY : this.#holderOf(inode, surroundings.look);
    if (listener !== null) this.#remember(listener.inode, owner);
    return owner;
  }

  /** Who gets datagrams can change from one to the next, and nothing but the tables would tell. */
  #ownerOfDatagrams(record: SocketRecord, surroundings: Surroundings): Owner {
    const index = this.#indexOf(surroundings);
    const peer = index.peerOf(record) ?? index.takerAt(record.remote);
    if (peer === undefined) return NOBODY;
    const owner = this.#known.get(peer.inode) ?? this.#holderOf(peer.inode, surroundings.look);
    this.#remember(peer.inode, owner);
    return owner;
  }

  #indexOf({ records }: Surroundings): SocketIndex {
    const all = records();
    const known = this.#indexes.get(all) ?? new SocketIndex(all);
    this.#indexes.set(all, known);
    return known;
  }

  #remember(inode: number, owner: Owner): void {
    if (inode === 0 || owner.process === null) return;
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.set(inode, owner);
  }

  #holderOf(inode: number, look: Look): Owner {
    if (this.#holders?.look !== look) this.#holders = { look, pids: this.#scan() };
    const pid = this.#holders.pids.get(inode);
    if (pid === undefined) return NOBODY;
    const comm = quietly(() => this.#procfs.read(`${pid}/comm`))?.trimEnd() ?? null;
    const exeOf = (): string | null => quietly(() => this.#procfs.link(`${pid}/exe`));
    const name = comm === null ? null : processName(comm, exeOf);
    return { process: name, target: look.processes.find((process) => process.pid === pid)?.target ?? null };
  }

  /** All sockets of all processes that may be looked into; once a look at most, and only for a new remote end. */
  #scan(): Map<number, number> {
    const pids = new Map<number, number>();
    for (const pid of this.#procfs.pids()) {
      for (const fd of quietly(() => this.#procfs.list(`${pid}/fd`)) ?? []) {
        const link = quietly(() => this.#procfs.link(`${pid}/fd/${fd}`)) ?? '';
        if (link.startsWith('socket:[')) pids.set(Number(link.slice(8, -1)), pid);
      }
    }
    return pids;
  }
}

/** Other users' processes may not be looked into: the peer stays unnamed. */
function quietly<T>(read: () => T | null): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
