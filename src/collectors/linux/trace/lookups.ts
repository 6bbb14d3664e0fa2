import { dropOldest } from '../../../core/derive/oldest.ts';
import { isMulticast } from '../../../core/parse/ip-address.ts';
import type { RouteRecord } from '../../../model/kernel-record.ts';

/** Nobody else's look-up comes between the tables of one: a failure this old has no more tables to ask. */
const SETTLED_NS = 10e6;
/** So many threads are remembered. */
const MAX_THREADS = 20_000;
/** IPv6 asks all tables again with the source address that it would use. */
const IPV6_ROUNDS = 2;
const NO_PROTOCOL = 0;

interface Failure {
  record: RouteRecord;
  /** How often the first table was asked. */
  rounds: number;
}

interface Thread {
  /** The last way that was found, until a datagram goes it. */
  found: RouteRecord | null;
  failed: Failure | null;
}

/** Follows what each thread asks the routing tables: which way its next datagram goes, and where there is no way at all. */
export class Lookups {
  readonly #threads: Map<number, Thread> = new Map();
  readonly #failing: Set<Thread> = new Set();
  /** Threads with a way that no datagram has gone so far. */
  readonly #open: Map<number, Thread> = new Map();
  readonly #onNoWay: (record: RouteRecord) => void;

  /** @param onNoWay is told of each attempt that failed in all tables, with the record of the first */
  constructor(onNoWay: (record: RouteRecord) => void) {
    this.#onNoWay = onNoWay;
  }

  /** Whether a failure is held back. */
  get isWaiting(): boolean {
    return this.#failing.size > 0;
  }

  /**
   * One table was asked. A miss counts when the thread does something else, or asks the same tables from the start:
   * a later table of the same look-up may know the way.
   */
  record(record: RouteRecord): void {
    // Without a protocol it is no packet: the kernel looks what kind of address this is, at bind(2).
    if (record.protocol === NO_PROTOCOL) return;
    const thread = this.#thread(record.tid);
    const failed = thread.failed;
    if (failed !== null && isSameWay(failed.record, record)) {
      if (record.error === 0) this.#clear(thread);
      else if (record.table !== failed.record.table) return;
      else if (failed.rounds < roundsOf(record)) {
        failed.rounds += 1;
        return;
      }
    }
    this.#settle(thread);
    this.#find(record.tid, thread, record.error === 0 ? record : null);
    if (record.error !== 0) {
      thread.failed = { record, rounds: 1 };
      this.#failing.add(thread);
    }
  }

  /**
   * The look-up for a datagram that the thread has sent just now; null where it asked for none. One that failed is no attempt
   * of its own any more where the datagram could not be sent, nor to a multicast group: without a way that goes out by the
   * interface of the socket (IP_MULTICAST_IF of ip(7)).
   * @param hasFailed the datagram could not be sent
   */
  consume(tid: number, protocol: number, hasFailed: boolean): RouteRecord | null {
    const thread = this.#threads.get(tid);
    const noWay = thread?.failed?.record ?? null;
    const failed = noWay !== null && (hasFailed || isMulticast(noWay.remote.ip)) ? noWay : null;
    const record = failed ?? thread?.found ?? null;
    if (thread === undefined || record === null || record.protocol !== protocol) return null;
    if (failed === null) this.#find(tid, thread, null);
    else this.#clear(thread);
    return record;
  }

  /**
   * The only look-up that no datagram has followed yet, among those of some threads: one connects a socket, another sends on
   * it. null where there is none, or several.
   */
  borrow(protocol: number, isOneOf: (tid: number) => boolean): RouteRecord | null {
    const open = [...this.#open].filter(([tid, { found }]) => found?.protocol === protocol && isOneOf(tid));
    const [only] = open;
    return only === undefined || open.length > 1 ? null : this.consume(only[0], protocol, false);
  }

  /** The thread did something else on the network. */
  moveOn(tid: number): void {
    const thread = this.#threads.get(tid);
    if (thread === undefined) return;
    this.#settle(thread);
    this.#find(tid, thread, null);
  }

  forget(tid: number): void {
    this.moveOn(tid);
    this.#threads.delete(tid);
  }

  /** Counts the failures to which no more record will belong: all of them where `flush` is set. */
  settle(upToNs: number, flush: boolean): void {
    for (const thread of this.#failing) {
      if (flush || (thread.failed?.record.atNs ?? upToNs) < upToNs - SETTLED_NS) this.#settle(thread);
    }
  }

  #settle(thread: Thread): void {
    const { failed } = thread;
    this.#clear(thread);
    if (failed !== null) this.#onNoWay(failed.record);
  }

  #clear(thread: Thread): void {
    thread.failed = null;
    this.#failing.delete(thread);
  }

  #find(tid: number, thread: Thread, way: RouteRecord | null): void {
    thread.found = way;
    if (way === null) this.#open.delete(tid);
    else this.#open.set(tid, thread);
  }

  #thread(tid: number): Thread {
    const known = this.#threads.get(tid);
    if (known !== undefined) return known;
    const thread: Thread = { found: null, failed: null };
    this.#threads.set(tid, thread);
    dropOldest(this.#threads, MAX_THREADS, (oldest) => this.forget(oldest));
    return thread;
  }
}

function isSameWay(one: RouteRecord, other: RouteRecord): boolean {
  return (
    one.protocol === other.protocol &&
    one.localPort === other.localPort &&
    one.remote.port === other.remote.port &&
    one.remote.ip === other.remote.ip
  );
}

function roundsOf({ remote }: RouteRecord): number {
  return remote.ip.includes(':') ? IPV6_ROUNDS : 1;
}
