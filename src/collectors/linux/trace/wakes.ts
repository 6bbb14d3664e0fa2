import type {
  KernelRecord,
  NewTaskRecord,
  SignalRecord,
  SleepRecord,
  WakingRecord,
} from '../../../model/kernel-record.ts';
import { EARLIER_CALL, type WakeStretch, type WokenBy } from '../../../model/wake.ts';
import { WakeBook } from './wake-book.ts';
import { causeBehind, type PacketWake, type Sleep, wakeCause } from './wake-cause.ts';
import { WakeGroups } from './wake-groups.ts';

/** What has to be known of threads, by their ids. */
export interface WakesParts {
  /** Name of the target whose thread it is; null: its wakes are of no interest. */
  targetOf(tid: number): string | null;
  /** Number of a thread's process in the run's evidence; null where it is not known (yet). */
  processOf(tid: number): number | null;
  /** Name of any thread on the machine; null where it is not known. */
  nameOf(tid: number): string | null;
  /** CLOCK_BOOTTIME in nanoseconds to epoch milliseconds. */
  toMs(atNs: number): number;
}

interface Woken {
  waking: WakingRecord;
  sleep: Sleep | null;
  /** Nothing had been recorded of it before. */
  isFirst: boolean;
  isSignal: boolean;
  /** For which whoever woke it runs; null: for none. */
  packet: PacketWake | null;
}

interface Thread {
  tid: number;
  name: string;
  /** The call that it is in, as far as is known. */
  sleep: Sleep | null;
  /** Its last wake, kept until its next record: the signal that caused it is recorded after it. */
  woken: Woken | null;
  /** By which it woke, if nothing else has woken it since then. */
  packet: PacketWake | null;
  /** Thread of the same process that started it. */
  startedBy: number | null;
  processId: number | null;
  groups: WakeGroups;
  /** Something was recorded of it. */
  isHeard: boolean;
  /** It was there at a `take` before. */
  isOld: boolean;
}

/** The kernel records a signal some microseconds after the wake that it causes. */
const SIGNAL_WITHIN_NS = 1e6;
/** What is done so soon after a packet has woken a thread, by it and by those whom it wakes in turn, is done for that, as an answer is. */
const PASSED_ON_WITHIN_NS = 1e9;
const LONGEST_NAME = 64;
/** Threads that woke somebody lately, of which a signal may follow. */
const MOST_RECENT = 256;

/**
 * Says for each wake of a followed thread who woke it, in which call it slept and with which timeout. Fed with all records
 * of the trace in order of time; other ones than wakes and sleeps show that a thread runs.
 */
export class Wakes {
  readonly #parts: WakesParts;
  readonly #threads: Map<number, Thread> = new Map();
  /** Recent wakes by the thread that was running, for the signal that may follow. */
  readonly #recent: Map<number, Woken[]> = new Map();
  readonly #book: WakeBook = new WakeBook();

  constructor(parts: WakesParts) {
    this.#parts = parts;
  }

  record(record: KernelRecord): void {
    if (record.context === 'task') this.#ran(record.tid);
    switch (record.event) {
      case 'sleep':
        this.#sleep(record);
        break;
      case 'waking':
        this.#wake(record);
        break;
      case 'signal':
        this.#signal(record);
        break;
      case 'new-task':
        this.#newTask(record);
        break;
      case 'exec':
        // The thread that calls execve(2) goes on as the main one; the others end.
        if (record.oldTid !== record.tid) this.#end(record.oldTid);
        break;
      case 'exit':
        this.#end(record.tid);
        break;
      default:
    }
  }

  /** Records are missing from here on (lost, or not wanted): what threads are doing is not known any more. */
  pause(): void {
    for (const thread of this.#threads.values()) {
      Object.assign(this.#settle(thread), { sleep: null, packet: null });
      thread.groups.pause();
    }
    this.#recent.clear();
  }

  /**
   * The wakes since the last call. To be called where the evidence is to have an edge (at full looks), not at every look.
   * @param sampledShare share of that time in which wakes were recorded, above 0 and up to 1
   */
  take(sampledShare = 1): WakeStretch[] {
    this.#recent.clear();
    for (const thread of this.#threads.values()) {
      const processId = this.#processOf(this.#settle(thread));
      // Its end was not recorded.
      if (thread.isOld && this.#parts.targetOf(thread.tid) === null) this.#threads.delete(thread.tid);
      thread.isOld = true;
      if (processId === null) continue;
      this.#book.add(processId, thread.tid, thread.name, thread.groups.finish());
      thread.groups = new WakeGroups();
    }
    return this.#book.take(sampledShare);
  }

  /** A thread that does anything else has left the call. */
  #ran(tid: number): void {
    if (!this.#isFollowed(tid)) return;
    const thread = this.#settle(this.#threadOf(tid, null));
    thread.sleep = null;
    thread.isHeard = true;
  }

  /** Children of what is followed are followed before any look has seen them. */
  #newTask({ tid, newTid, name, isThread }: NewTaskRecord): void {
    this.#end(newTid);
    if (this.#isFollowed(tid))
      Object.assign(this.#threadOf(newTid, name), {
        startedBy: isThread ? tid : null,
        isHeard: true,
      });
  }

  #sleep({ tid, call, timeoutMs, atNs }: SleepRecord): void {
    if (!this.#isFollowed(tid)) return;
    const thread = this.#threadOf(tid, null);
    // With no time to wait it only asks.
    thread.sleep = timeoutMs === 0 ? null : { call, timeoutMs, atNs };
  }

  #wake(waking: WakingRecord): void {
    if (!this.#isFollowed(waking.wokenTid)) return;
    const thread = this.#settle(this.#threadOf(waking.wokenTid, waking.wokenName));
    const packet = this.#packetBehind(waking);
    const woken = { waking, sleep: thread.sleep, isFirst: !thread.isHeard, isSignal: false, packet };
    thread.woken = woken;
    thread.isHeard = true;
    thread.sleep = null;
    const recent = (this.#recent.get(waking.tid) ?? []).filter((one) => isJustBefore(one.waking, waking));
    if (this.#recent.size >= MOST_RECENT) this.#recent.clear();
    this.#recent.set(waking.tid, [...recent, woken]);
  }

  /** A signal to a process may wake any of its threads. */
  #signal(signal: SignalRecord): void {
    for (const woken of this.#recent.get(signal.tid) ?? []) {
      const { waking } = woken;
      if (!isJustBefore(waking, signal) || waking.context !== signal.context) continue;
      woken.isSignal ||= this.#isSameProcess(waking.wokenTid, signal.toTid);
    }
    this.#recent.delete(signal.tid);
  }

  /** Books a thread's last wake, now that nothing more can be learnt about it. */
  #settle(thread: Thread): Thread {
    const { woken } = thread;
    if (woken === null) return thread;
    thread.woken = null;
    const { waking, sleep, isFirst, isSignal, packet } = woken;
    const isSameProcess = this.#isSameProcess(waking.tid, waking.wokenTid);
    const own = wakeCause(waking, sleep, { isSignal, isSameProcess });
    const passedOn = own.wokenBy === 'thread' || own.wokenBy === 'process' ? packet : null;
    const cause = passedOn === null ? own : causeBehind(own, passedOn);
    const isByPacket = cause.wokenBy === 'packet';
    thread.packet = isByPacket ? { atNs: passedOn?.atNs ?? waking.atNs, isSure: cause.call !== null } : null;
    const isOwnName = passedOn !== null || cause.wokenBy === 'timer' || cause.wokenBy === 'interrupt';
    const waker =
      isOwnName || waking.tid === 0 ? null : wakerName(this.#parts.nameOf(waking.tid), cause.wokenBy);
    const call = isFirst ? EARLIER_CALL : cause.call;
    thread.groups.add({ ...cause, call, waker, atMs: this.#parts.toMs(waking.atNs) });
    return thread;
  }

  #end(tid: number): void {
    const thread = this.#threads.get(tid);
    if (thread === undefined) return;
    const processId = this.#processOf(this.#settle(thread));
    this.#threads.delete(tid);
    // A thread whose process was never seen at a look belongs to no target.
    if (processId !== null) this.#book.addEnded(processId, tid, thread.name, thread.groups.finish());
  }

  #threadOf(tid: number, name: string | null): Thread {
    const known = this.#threads.get(tid);
    if (known !== undefined) {
      if (name !== null) known.name = name.slice(0, LONGEST_NAME);
      return known;
    }
    const thread: Thread = {
      tid,
      name: (name ?? this.#parts.nameOf(tid) ?? '').slice(0, LONGEST_NAME),
      sleep: null,
      woken: null,
      packet: null,
      startedBy: null,
      processId: null,
      groups: new WakeGroups(),
      isHeard: false,
      isOld: false,
    };
    this.#threads.set(tid, thread);
    return thread;
  }

  #processOf(thread: Thread): number | null {
    thread.processId ??= this.#parts.processOf(thread.tid);
    if (thread.processId !== null || thread.startedBy === null) return thread.processId;
    const starter = this.#threads.get(thread.startedBy);
    thread.processId = starter?.processId ?? this.#parts.processOf(thread.startedBy);
    return thread.processId;
  }

  #isFollowed(tid: number): boolean {
    return this.#threads.has(tid) || this.#parts.targetOf(tid) !== null;
  }

  /**
   * The packet for which the thread that wakes another one of its target was itself woken, just before; null: for none. Whoever
   * wakes without a packet is judged for it, and those whom it then wakes as well: within one target, all of them are.
   */
  #packetBehind({ context, tid, wokenTid, atNs }: WakingRecord): PacketWake | null {
    const packet = this.#threads.get(tid)?.packet ?? null;
    if (context !== 'task' || packet === null || atNs - packet.atNs > PASSED_ON_WITHIN_NS) return null;
    return this.#isSameProcess(tid, wokenTid) || this.#isSameTarget(tid, wokenTid) ? packet : null;
  }

  #isSameTarget(one: number, other: number): boolean {
    const target = this.#parts.targetOf(one);
    return target !== null && target === this.#parts.targetOf(other);
  }

  #isSameProcess(one: number, other: number): boolean {
    if (one === other) return true;
    const [first, second] = [one, other].map((tid) => {
      const thread = this.#threads.get(tid);
      return thread === undefined ? this.#parts.processOf(tid) : this.#processOf(thread);
    });
    return first != null && first === second;
  }
}

const isJustBefore = (one: { atNs: number }, other: { atNs: number }): boolean =>
  other.atNs - one.atNs <= SIGNAL_WITHIN_NS;

/** The kernel's workers have a name for each processor and job, which says nothing about the one that they work for. */
function wakerName(name: string | null, wokenBy: WokenBy): string | null {
  const plain = name?.replace(/^(kworker|ksoftirqd)\/.*/s, '$1').slice(0, LONGEST_NAME) ?? null;
  return plain === 'ksoftirqd' && wokenBy === 'packet' ? null : plain;
}
