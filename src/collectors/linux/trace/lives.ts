import { processName } from '../../../core/parse/process-name.ts';
import type { ExecRecord, ExitRecord, KernelRecord, NewTaskRecord } from '../../../model/kernel-record.ts';
import type { WatchedProcess } from '../../../model/process.ts';
import { isSameStart } from './start-ticks.ts';

/** A program that was executed. Whoever is created by a process that runs it runs it, too. */
export interface Program {
  /** As it was asked for. */
  filename: string;
  /** When it was executed. */
  atNs: number;
  /** See program-paths.ts; null: nobody has asked yet. */
  path: string | null;
}

/** A process as the trace knows it. */
export interface Life {
  pid: number;
  /** When it was created, CLOCK_BOOTTIME in nanoseconds; null: it was there before the trace. */
  bornNs: number | null;
  /** When its last thread ended; null while it lives. */
  diedNs: number | null;
  /** As the kernel calls it, at most 15 bytes. */
  name: string;
  /** What it executed last; null where it runs what was there before the trace. */
  program: Program | null;
  parent: Life | null;
  /** It has executed a program since it was created. */
  hasExecuted: boolean;
  /** It was created with mounts of its own, so that a path can lead elsewhere than its parent's. */
  hasOwnMounts: boolean;
  /** Its parent is that of its creator. */
  isSibling: boolean;
  /** As it is known to the run; null while it was not enlisted. */
  process: WatchedProcess | null;
}

/** Whose a life is that no look has come across yet: its nearest ancestor's that is known. */
export function nearestProcess(life: Life | null): WatchedProcess | null {
  let known = life;
  while (known !== null && known.process === null) known = known.parent;
  return known?.process ?? null;
}

/** A program was executed by a process. */
export interface Executed {
  life: Life;
  /** It was known to the run before. */
  wasNamed: boolean;
  /** The process was created for it: the first since then. */
  isFirst: boolean;
  atNs: number;
  name: string;
  program: Program;
  /** What it ran until then; null: what was there before the trace. */
  before: Program | null;
}

/** What has happened to processes since it was taken the last time, in order. */
export interface Happened {
  /** Processes that were created, no threads. */
  born: Life[];
  executed: Executed[];
  ended: Life[];
  /** Threads of io_uring that have to be followed. */
  workers: number[];
}

/** CLONE_UNTRACED and CLONE_IO of clone(2): workers that io_uring has the kernel create. */
const IO_WORKER_FLAGS = 0x00800000 | 0x80000000;
/** CLONE_NEWNS of clone(2). */
const OWN_MOUNTS_FLAG = 0x00020000;

/** CLONE_PARENT of clone(2). */
const SIBLING_FLAG = 0x00008000;

/** How long the dead are remembered beyond a look: what they did may be told after their end. */
const REMEMBERED_NS = 10e9;

/** Which threads belong to which process, from when they were created to when they ended. */
export class Lives {
  readonly #threads: Map<number, Life> = new Map();
  readonly #alive: Map<number, Set<number>> = new Map();
  /** Of those that were born, who may not have a name yet. */
  #born: Life[] = [];
  #fresh: Life[] = [];
  #ended: Life[] = [];
  #workers: number[] = [];
  #executions: Executed[] = [];
  #gone: { tid: number; life: Life; atNs: number }[] = [];
  #takenNs = 0;

  /** Takes in a process that the trace did not see being created, with all of its threads. */
  adopt(process: WatchedProcess, tids: Iterable<number>): void {
    const known = this.isKnown(process) ? this.#threads.get(process.pid) : undefined;
    const { pid, name } = process;
    // Whoever had its number before is gone, though nobody told of the end.
    if (known === undefined) this.#alive.delete(pid);
    const life = known ?? {
      pid,
      bornNs: null,
      diedNs: null,
      name,
      program: null,
      parent: null,
      hasExecuted: false,
      hasOwnMounts: false,
      isSibling: false,
      process,
    };
    life.process = process;
    for (const tid of tids) this.#join(tid, life);
  }

  /** Whether its creation was recorded, or it is followed for another reason. It can have ended meanwhile. */
  isKnown({ pid, startTicks }: Pick<WatchedProcess, 'pid' | 'startTicks'>): boolean {
    const life = this.#threads.get(pid);
    if (life === undefined) return false;
    if (life.bornNs === null) return life.diedNs === null && life.process?.startTicks === startTicks;
    return isSameStart(life.bornNs, startTicks);
  }

  /** Processes that live and that no look has come across. */
  unnamed(): Life[] {
    return this.#born.filter((life) => life.diedNs === null && life.process === null);
  }

  /** Whether a thread of that number belonged to a known process at that time. */
  isAliveAt(tid: number, atNs: number): boolean {
    const life = this.#threads.get(tid);
    return life !== undefined && (life.bornNs ?? 0) <= atNs && (life.diedNs ?? atNs) >= atNs;
  }

  of(tid: number): Life | null {
    return this.#threads.get(tid) ?? null;
  }

  record(record: KernelRecord): void {
    if (record.event === 'new-task') this.#created(record);
    else if (record.event === 'exec') this.#executed(record);
    else if (record.event === 'exit') this.#left(record);
  }

  take(nowNs: number): Happened {
    const taken = {
      born: this.#fresh,
      executed: this.#executions,
      ended: this.#ended,
      workers: this.#workers,
    };
    this.#fresh = [];
    this.#ended = [];
    this.#workers = [];
    this.#executions = [];
    this.#born = this.#born.filter(({ diedNs, process }) => diedNs === null && process === null);
    this.#forget(this.#takenNs - REMEMBERED_NS);
    this.#takenNs = nowNs;
    return taken;
  }

  /** Looks can be far apart: what ended before the last one has been told by now, what ended since has not. */
  #forget(beforeNs: number): void {
    const left = this.#gone.filter(({ atNs }) => atNs >= beforeNs);
    if (left.length === this.#gone.length) return;
    for (const { tid, life, atNs } of this.#gone) {
      if (atNs >= beforeNs || this.#threads.get(tid) !== life) continue;
      // Its number may have been given to another thread of the same process.
      const isGivenAgain = life.diedNs === null && this.#alive.get(life.pid)?.has(tid) === true;
      if (!isGivenAgain) this.#threads.delete(tid);
    }
    this.#gone = left;
  }

  #join(tid: number, life: Life): void {
    this.#threads.set(tid, life);
    const alive = this.#alive.get(life.pid) ?? new Set();
    this.#alive.set(life.pid, alive.add(tid));
  }

  #created({ tid, newTid, name, isThread, cloneFlags, atNs }: NewTaskRecord): void {
    const creator = this.#threads.get(tid);
    if (creator === undefined) return;
    if (isThread) {
      this.#join(newTid, creator);
      if (isIoWorker(cloneFlags)) this.#workers.push(newTid);
      return;
    }
    const life: Life = {
      pid: newTid,
      bornNs: atNs,
      diedNs: null,
      name: processName(name, () => creator.program?.filename ?? creator.name),
      program: creator.program,
      parent: creator,
      hasExecuted: false,
      hasOwnMounts: (cloneFlags & OWN_MOUNTS_FLAG) !== 0,
      isSibling: (cloneFlags & SIBLING_FLAG) !== 0,
      process: null,
    };
    this.#join(newTid, life);
    this.#born.push(life);
    this.#fresh.push(life);
  }

  #executed({ tid, filename, atNs }: ExecRecord): void {
    const life = this.#threads.get(tid);
    if (life === undefined) return;
    const program = { filename, atNs, path: null };
    const name = (filename.split('/').at(-1) ?? filename).slice(0, 15);
    this.#executions.push({
      life,
      wasNamed: life.process !== null,
      isFirst: life.bornNs !== null && !life.hasExecuted,
      atNs,
      name,
      program,
      before: life.program,
    });
    Object.assign(life, { program, name, hasExecuted: true });
    // All other threads are gone after execve(2).
    for (const other of this.#alive.get(life.pid) ?? []) {
      if (other !== life.pid) this.#gone.push({ tid: other, life, atNs });
    }
    this.#alive.set(life.pid, new Set([life.pid]));
  }

  #left({ tid, name, isLast, atNs }: ExitRecord): void {
    const life = this.#threads.get(tid);
    if (life === undefined) return;
    const alive = this.#alive.get(life.pid);
    alive?.delete(tid);
    // A process keeps its number after its first thread: execve(2) gives it to the thread that calls it.
    if (tid !== life.pid) this.#gone.push({ tid, life, atNs });
    const isOver = isLast ?? (alive?.size ?? 0) === 0;
    if (!isOver || life.diedNs !== null) return;
    this.#gone.push({ tid: life.pid, life, atNs });
    if (tid === life.pid) life.name = processName(name, () => life.program?.filename ?? life.name);
    life.diedNs = atNs;
    this.#ended.push(life);
    this.#alive.delete(life.pid);
  }
}

function isIoWorker(cloneFlags: number): boolean {
  return (cloneFlags & IO_WORKER_FLAGS) === (IO_WORKER_FLAGS | 0);
}
