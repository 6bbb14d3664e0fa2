import type { WakingRecord } from '../../../model/kernel-record.ts';
import type { PacketWake, Sleep } from './wake-cause.ts';
import { WakeGroups } from './wake-groups.ts';

/** What others know of threads, by their ids. */
export interface ThreadParts {
  /** Name of the target whose thread it is; null: its wakes are of no interest. */
  targetOf(tid: number): string | null;
  /** Number of a thread's process in the run's evidence; null where it is not known (yet). */
  processOf(tid: number): number | null;
  /** Name of any thread on the machine; null where it is not known. */
  nameOf(tid: number): string | null;
}

/** A wake of which more may be learnt. */
export interface Woken {
  waking: WakingRecord;
  sleep: Sleep | null;
  /** Nothing had been recorded of the thread before. */
  isFirst: boolean;
  isSignal: boolean;
  /** For which whoever woke it runs; null: for none. */
  packet: PacketWake | null;
}

/** A thread whose wakes are of interest. */
export interface WakeThread {
  readonly tid: number;
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

const LONGEST_NAME = 64;

/** The threads whose wakes are of interest, and to which process each belongs. */
export class WakeThreads {
  readonly #parts: ThreadParts;
  readonly #threads: Map<number, WakeThread> = new Map();

  constructor(parts: ThreadParts) {
    this.#parts = parts;
  }

  [Symbol.iterator](): Iterator<WakeThread> {
    return this.#threads.values();
  }

  find(tid: number): WakeThread | undefined {
    return this.#threads.get(tid);
  }

  /** Whether its wakes are of interest: children of what is followed are known here before any look has seen them. */
  isFollowed(tid: number): boolean {
    return this.#threads.has(tid) || this.#parts.targetOf(tid) !== null;
  }

  /**
   * A thread; a new one where none was known.
   * @param name as a record tells it; null where it does not
   */
  of(tid: number, name: string | null): WakeThread {
    const known = this.#threads.get(tid);
    if (known !== undefined) {
      if (name !== null) known.name = name.slice(0, LONGEST_NAME);
      return known;
    }
    const thread: WakeThread = {
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

  delete(tid: number): void {
    this.#threads.delete(tid);
  }

  /** Deletes a thread that is not followed any more although its end was not recorded. To be asked at each `take`. */
  deleteIfGone(thread: WakeThread): void {
    if (thread.isOld && this.#parts.targetOf(thread.tid) === null) this.#threads.delete(thread.tid);
    thread.isOld = true;
  }

  /** Its process, or that of the thread that started it; null: no look has seen either. */
  processOf(thread: WakeThread): number | null {
    thread.processId ??= this.#parts.processOf(thread.tid);
    if (thread.processId !== null || thread.startedBy === null) return thread.processId;
    const starter = this.#threads.get(thread.startedBy);
    thread.processId = starter?.processId ?? this.#parts.processOf(thread.startedBy);
    return thread.processId;
  }

  isSameProcess(one: number, other: number): boolean {
    if (one === other) return true;
    const [first, second] = [one, other].map((tid) => {
      const thread = this.#threads.get(tid);
      return thread === undefined ? this.#parts.processOf(tid) : this.processOf(thread);
    });
    return first != null && first === second;
  }

  /** Whether both belong to one process, or to one target. */
  areTogether(one: number, other: number): boolean {
    if (this.isSameProcess(one, other)) return true;
    const target = this.#parts.targetOf(one);
    return target !== null && target === this.#parts.targetOf(other);
  }

  /** Name of any thread on the machine; null where it is not known. */
  nameOf(tid: number): string | null {
    return this.#parts.nameOf(tid)?.slice(0, LONGEST_NAME) ?? null;
  }
}
