import type {
  KernelRecord,
  NewTaskRecord,
  SignalRecord,
  SleepRecord,
  WakingRecord,
} from '../../../model/kernel-record.ts';
import { EARLIER_CALL, type WakeStretch, type WokenBy } from '../../../model/wake.ts';
import { RecentWakes } from './recent-wakes.ts';
import { WakeBook } from './wake-book.ts';
import { causeBehind, type PacketWake, wakeCause } from './wake-cause.ts';
import { WakeGroups } from './wake-groups.ts';
import { type ThreadParts, type WakeThread, WakeThreads } from './wake-threads.ts';

/** What `Wakes` has to be told beside the records. */
export interface WakesParts extends ThreadParts {
  /** CLOCK_BOOTTIME in nanoseconds to epoch milliseconds. */
  toMs(atNs: number): number;
}

/** What is done so soon after a packet has woken a thread, by it and by those whom it wakes in turn, is done for that, as an answer is. */
const PASSED_ON_WITHIN_NS = 1e9;

/**
 * Says for each wake of a followed thread who woke it, in which call it slept and with which timeout. Fed with all records
 * of the trace in order of time; other ones than wakes and sleeps show that a thread runs.
 */
export class Wakes {
  readonly #toMs: WakesParts['toMs'];
  readonly #threads: WakeThreads;
  readonly #recent: RecentWakes = new RecentWakes();
  readonly #book: WakeBook = new WakeBook();

  constructor(parts: WakesParts) {
    this.#toMs = (atNs) => parts.toMs(atNs);
    this.#threads = new WakeThreads(parts);
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
    for (const thread of this.#threads) {
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
    for (const thread of this.#threads) {
      const processId = this.#threads.processOf(this.#settle(thread));
      this.#threads.deleteIfGone(thread);
      if (processId === null) continue;
      this.#book.add(processId, thread.tid, thread.name, thread.groups.finish());
      thread.groups = new WakeGroups();
    }
    return this.#book.take(sampledShare);
  }

  /** A thread that does anything else has left the call. */
  #ran(tid: number): void {
    if (!this.#threads.isFollowed(tid)) return;
    const thread = this.#settle(this.#threads.of(tid, null));
    thread.sleep = null;
    thread.isHeard = true;
  }

  /** Children of what is followed are followed before any look has seen them. */
  #newTask({ tid, newTid, name, isThread }: NewTaskRecord): void {
    this.#end(newTid);
    if (!this.#threads.isFollowed(tid)) return;
    Object.assign(this.#threads.of(newTid, name), { startedBy: isThread ? tid : null, isHeard: true });
  }

  #sleep({ tid, call, timeoutMs, atNs }: SleepRecord): void {
    if (!this.#threads.isFollowed(tid)) return;
    const thread = this.#threads.of(tid, null);
    // With no time to wait it only asks.
    thread.sleep = timeoutMs === 0 ? null : { call, timeoutMs, atNs };
  }

  #wake(waking: WakingRecord): void {
    if (!this.#threads.isFollowed(waking.wokenTid)) return;
    const thread = this.#settle(this.#threads.of(waking.wokenTid, waking.wokenName));
    const packet = this.#packetBehind(waking);
    const woken = { waking, sleep: thread.sleep, isFirst: !thread.isHeard, isSignal: false, packet };
    thread.woken = woken;
    thread.isHeard = true;
    thread.sleep = null;
    this.#recent.add(woken);
  }

  /** A signal to a process may wake any of its threads. */
  #signal(signal: SignalRecord): void {
    for (const woken of this.#recent.takeBefore(signal)) {
      woken.isSignal ||= this.#threads.isSameProcess(woken.waking.wokenTid, signal.toTid);
    }
  }

  /** Books a thread's last wake, now that nothing more can be learnt about it. */
  #settle(thread: WakeThread): WakeThread {
    const { woken } = thread;
    if (woken === null) return thread;
    thread.woken = null;
    const { waking, sleep, isFirst, isSignal, packet } = woken;
    const isSameProcess = this.#threads.isSameProcess(waking.tid, waking.wokenTid);
    const own = wakeCause(waking, sleep, { isSignal, isSameProcess });
    const passedOn = own.wokenBy === 'thread' || own.wokenBy === 'process' ? packet : null;
    const cause = passedOn === null ? own : causeBehind(own, passedOn);
    const isByPacket = cause.wokenBy === 'packet';
    thread.packet = isByPacket ? { atNs: passedOn?.atNs ?? waking.atNs, isSure: cause.call !== null } : null;
    const isOwnName = passedOn !== null || cause.wokenBy === 'timer' || cause.wokenBy === 'interrupt';
    const waker =
      isOwnName || waking.tid === 0 ? null : wakerName(this.#threads.nameOf(waking.tid), cause.wokenBy);
    const call = isFirst ? EARLIER_CALL : cause.call;
    thread.groups.add({ ...cause, call, waker, atMs: this.#toMs(waking.atNs) });
    return thread;
  }

  #end(tid: number): void {
    const thread = this.#threads.find(tid);
    if (thread === undefined) return;
    const processId = this.#threads.processOf(this.#settle(thread));
    this.#threads.delete(tid);
    // A thread whose process was never seen at a look belongs to no target.
    if (processId !== null) this.#book.addEnded(processId, tid, thread.name, thread.groups.finish());
  }

  /**
   * The packet for which the thread that wakes another one of its target was itself woken, just before; null: for none. Whoever
   * wakes without a packet is judged for it, and those whom it then wakes as well: within one target, all of them are.
   */
  #packetBehind({ context, tid, wokenTid, atNs }: WakingRecord): PacketWake | null {
    const packet = this.#threads.find(tid)?.packet ?? null;
    if (context !== 'task' || packet === null || atNs - packet.atNs > PASSED_ON_WITHIN_NS) return null;
    return this.#threads.areTogether(tid, wokenTid) ? packet : null;
  }
}

/** The kernel's workers have a name for each processor and job, which says nothing about the one that they work for. */
function wakerName(name: string | null, wokenBy: WokenBy): string | null {
  const plain = name?.replace(/^(kworker|ksoftirqd)\/.*/s, '$1') ?? null;
  return plain === 'ksoftirqd' && wokenBy === 'packet' ? null : plain;
}
