import { TCP_STATE } from '../../../core/parse/socket-record.ts';
import type { KernelRecord, SocketStateRecord } from '../../../model/kernel-record.ts';
import type { CounterReading } from '../../../model/sample.ts';
import type { Flow } from './flow.ts';
import { IPPROTO_TCP } from './socket-protocol.ts';

/** The kernel's filter of events is one line. */
const MOST_PORTS = 64;
const MOST_PENDING = 10_000;

/** A connection that the kernel made for a peer, at a port of the targets. */
type Arrival = Pick<Flow, 'local' | 'remote'> & { atMs: number; look: number };

export interface ArrivalsSources {
  /** TCP ports at which any target listens; null where that is not known of all. */
  ports: () => readonly number[] | null;
  /** Records connections to these ports from now on, whoever accepts them. Returns whether it could be done. */
  recordAt: (ports: readonly number[]) => boolean;
  toMs: (ns: number) => number;
  /** The number of the look that is being read. */
  look: () => number;
  /** Whether something that somebody did on a connection between these ends was told at a look, or since. */
  wasTold: (ends: Pick<Flow, 'local' | 'remote'>, sinceLook: number) => boolean;
}

/**
 * Connections that come to the targets' ports, whether or not somebody ever touches them: the kernel makes them while anybody
 * runs, so that they are recorded of all the host. Those of which no record of a target's thread tells are counted.
 */
export class Arrivals {
  readonly #sources: ArrivalsSources;
  /** At which a target listens, or did: a socket may be closed with connections to it still unread. */
  readonly #ports: Set<number> = new Set();
  #pending: Arrival[] = [];
  /** The look since which the kernel has held back what it recorded; null: at the last one it told all. */
  #lateSince: number | null = null;
  #untouched = 0;
  #unheard = 0;

  constructor(sources: ArrivalsSources) {
    this.#sources = sources;
  }

  /**
   * Takes in what was recorded since the look before.
   * @param reading `isWhole`: no record can be missing; `isLate`: more of them are still to be told
   */
  record(records: readonly KernelRecord[], { isWhole, isLate }: { isWhole: boolean; isLate: boolean }): void {
    this.mind();
    if (!isWhole) this.#unheard += 1;
    // What threads did on a connection may have been told before the connection is.
    const look = this.#lateSince ?? this.#sources.look();
    for (const record of records) if (isArrival(record)) this.#arrived(record, look);
    this.#lateSince = isLate ? look : null;
  }

  /** At a full look, when everything that threads have done was told; what came after it belongs to what follows. */
  take(atMs: number): CounterReading {
    const later: Arrival[] = [];
    for (const arrival of this.#pending) {
      if (arrival.atMs > atMs) later.push(arrival);
      else if (!this.#sources.wasTold(arrival, arrival.look)) this.#untouched += 1;
    }
    this.#pending = later;
    return { atMs, scope: 'arrivals', values: { untouched: this.#untouched, unheard: this.#unheard } };
  }

  /** Goes along with the targets' ports; what came to a new one was not recorded until now. */
  mind(): void {
    const ports = this.#sources.ports();
    const fresh = ports?.filter((port) => !this.#ports.has(port)) ?? [];
    if (ports !== null && fresh.length === 0) return;
    this.#unheard += 1;
    if (ports === null) return;
    // A target that listens on ever other ports: those that are closed have told what they had to tell.
    const all = this.#ports.size + fresh.length > MOST_PORTS ? ports : [...this.#ports, ...fresh];
    if (all.length > MOST_PORTS || !this.#sources.recordAt(all)) return;
    this.#ports.clear();
    for (const port of all) this.#ports.add(port);
  }

  #arrived({ atNs, local, remote }: SocketStateRecord, look: number): void {
    const { toMs } = this.#sources;
    if (this.#pending.length < MOST_PENDING) this.#pending.push({ atMs: toMs(atNs), local, remote, look });
    else this.#unheard += 1;
  }
}

/** Both ends are known when it leaves the state in which it is made. */
function isArrival(record: KernelRecord): record is SocketStateRecord {
  return (
    record.event === 'socket-state' &&
    record.oldState === TCP_STATE.synReceived &&
    record.protocol === IPPROTO_TCP
  );
}
