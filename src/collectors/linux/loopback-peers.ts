import { isLoopback, isUnspecified } from '../../core/parse/ip-address.ts';
import type { SocketEnd, SocketRecord } from '../../core/parse/socket-record.ts';
import type { RemoteEnd } from '../../model/activity.ts';
import type { Look } from '../../model/collector.ts';
import type { Procfs } from '../../os/procfs.ts';
import type { Listeners } from './listeners.ts';

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
  /** Owners of the listening ends that were connected to, by address and port; of UDP sockets by inode. */
  readonly #known: Map<string, Owner> = new Map();
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
    const place = listener === null ? null : written(record.remote);
    const known = place === null ? undefined : this.#known.get(place);
    if (known !== undefined) return known;
    const peer = surroundings.records().find((other) => other.inode !== 0 && isOtherEnd(other, record));
    const inode = peer?.inode ?? listener?.inode ?? 0;
    const owner = inode === 0 ? NOBODY : this.#holderOf(inode, surroundings.look);
    if (place !== null && owner.process !== null) this.#remember(place, owner);
    return owner;
  }

  /** Who gets datagrams can change from one to the next, and nothing but the tables would tell. */
  #ownerOfDatagrams(record: SocketRecord, { look, records }: Surroundings): Owner {
    const held = records().filter(({ protocol, inode }) => protocol === 'udp' && inode !== 0);
    const peer =
      held.find((other) => isOtherEnd(other, record)) ?? held.find((other) => takes(other, record.remote));
    if (peer === undefined) return NOBODY;
    const place = `udp ${peer.inode}`;
    const owner = this.#known.get(place) ?? this.#holderOf(peer.inode, look);
    if (owner.process !== null) this.#remember(place, owner);
    return owner;
  }

  #remember(place: string, owner: Owner): void {
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.set(place, owner);
  }

  #holderOf(inode: number, look: Look): Owner {
    if (this.#holders?.look !== look) this.#holders = { look, pids: this.#scan() };
    const pid = this.#holders.pids.get(inode);
    if (pid === undefined) return NOBODY;
    const name = quietly(() => this.#procfs.read(`${pid}/comm`))?.trimEnd() ?? null;
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

function isOtherEnd(other: SocketRecord, { protocol, local, remote }: SocketRecord): boolean {
  return other.protocol === protocol && isSame(other.local, remote) && isSame(other.remote, local);
}

/** A UDP socket that is open to anybody who writes to this end. */
function takes({ local, remote }: SocketRecord, end: SocketEnd): boolean {
  return remote.port === 0 && local.port === end.port && (local.ip === end.ip || isUnspecified(local.ip));
}

function isSame(one: SocketEnd, other: SocketEnd): boolean {
  return one.port === other.port && one.ip === other.ip;
}

function written({ ip, port }: SocketEnd): string {
  return `${ip} ${port}`;
}
