import { sayProcess } from '../../../core/wording/process.ts';
import type { Failure, Look } from '../../../model/collector.ts';
import { WATCHDOG } from '../../../model/control.ts';
import type { WatchedProcess } from '../../../model/process.ts';
import { IO_URING } from '../held-sockets.ts';
import type { LookReader } from '../look-reader.ts';
import { ran } from '../selection.ts';
import { type Lives, nearestProcess } from './lives.ts';
import type { Recordings } from './recordings.ts';

/** Threads can be created while they are being listed. */
const LISTINGS = 5;

/** A process and the threads that it had. */
interface Listed {
  process: WatchedProcess;
  tids: readonly number[];
}

/** Sees to it that the kernel records every thread of the targets, and says where it began too late. */
export class Following {
  readonly #recordings: Recordings;
  readonly #lives: Lives;
  readonly #reader: LookReader;
  #problem: string | null = null;
  #started: WatchedProcess[] = [];
  #listed: Listed[] = [];

  constructor(recordings: Recordings, lives: Lives, reader: LookReader) {
    this.#recordings = recordings;
    this.#lives = lives;
    this.#reader = reader;
  }

  /** Why somebody is never followed; null where everybody is. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Follows the targets and the watchdog: what it plants is to be seen like anything else. */
  begin(look: Look, selfPid: number): Failure[] {
    const failures = this.#follow([watchdog(selfPid), ...look.processes]);
    this.#recordings.start();
    if (look.processes.some((process) => this.#usesIoUring(look, process))) this.#recordings.recordWorkers();
    return failures;
  }

  /**
   * Processes and threads that a look has found: those whose creation was recorded are followed already. For as long as not all
   * of the records could be read, nobody knows which these are.
   * @param listed as of before the records were read
   * @param ranForNs since when a process has executed its program; null where that is not known
   */
  meet(
    found: { started: readonly WatchedProcess[]; listed: readonly Listed[]; isAllRead: boolean },
    ranForNs: (process: WatchedProcess) => number | null,
  ): Failure[] {
    this.#started.push(...found.started);
    this.#listed.push(...found.listed);
    if (!found.isAllRead) return [];
    return [...this.#greet(this.#started.splice(0), ranForNs), ...this.#checkThreads(this.#listed.splice(0))];
  }

  #greet(
    started: readonly WatchedProcess[],
    ranForNs: (process: WatchedProcess) => number | null,
  ): Failure[] {
    const strangers: WatchedProcess[] = [];
    for (const process of started) {
      if (this.#lives.isKnown(process)) this.#lives.adopt(process, []);
      else strangers.push(process);
    }
    return [
      ...this.#follow(strangers),
      ...strangers.map((process) =>
        failure(process, `ran for ${spell(ranForNs(process))} before it was followed`),
      ),
    ];
  }

  /** Threads of the processes that ran. To be listed before the records are read: then each of them has been told of. */
  listThreads(look: Look): Listed[] {
    return ran(look).map((process) => ({
      process,
      tids: (this.#reader.threads(look, process.pid) ?? []).map(({ tid }) => tid),
    }));
  }

  /**
   * Threads that nobody told of: they were created after their process was listed and before the kernel began to record that,
   * so that what they do is recorded of somebody unknown, or not at all.
   */
  #checkThreads(listed: readonly Listed[]): Failure[] {
    const strangers = listed.filter(({ tids }) => tids.some((tid) => this.#lives.of(tid) === null));
    if (strangers.length === 0) return [];
    const processes = [...new Set(strangers.map(({ process }) => process))];
    return [
      ...this.#follow(processes),
      ...processes.map((process) => failure(process, 'had a thread that was not followed')),
    ];
  }

  /** A process that begins to use io_uring has been seen too late, once. */
  greetWorkers(tids: readonly number[]): Failure[] {
    const lives = new Set(tids.flatMap((tid) => this.#lives.of(tid) ?? []));
    const using = [...lives].map((life) => ({ life, target: nearestProcess(life)?.target ?? null }));
    const theirs = using.filter(({ target }) => target !== WATCHDOG);
    if (theirs.length === 0 || this.#recordings.recordsWorkers) return [];
    this.#recordings.recordWorkers();
    const what = 'had a worker of io_uring before it could be recorded';
    return theirs.map(({ life, target }) => ({ target, reason: `${sayProcess(life)} ${what}` }));
  }

  /** Follows processes with all of their threads, until a listing finds no new one. */
  #follow(processes: readonly WatchedProcess[]): Failure[] {
    const failures: Failure[] = [];
    let left = processes;
    for (let listing = 0; left.length > 0 && listing < LISTINGS; listing += 1) {
      const fresh: number[] = [];
      left = left.filter((process) => {
        const tids = process.target === WATCHDOG ? [process.pid] : this.#reader.tids(process.pid);
        const before = fresh.length;
        fresh.push(...tids.filter((tid) => listing === 0 || this.#lives.of(tid) === null));
        this.#lives.adopt(process, tids);
        return fresh.length > before;
      });
      // All at once: the kernel takes some ten milliseconds for each request.
      for (const { tid, reason } of this.#recordings.follow(fresh)) {
        const process = this.#lives.of(tid)?.process;
        if (process == null) continue;
        const refused = failure(process, `cannot be followed: ${reason}`);
        this.#problem ??= refused.reason;
        failures.push(refused);
      }
    }
    for (const process of left) failures.push(failure(process, 'kept creating threads while it was listed'));
    return failures.filter(({ target }) => target !== WATCHDOG);
  }

  #usesIoUring(look: Look, { pid }: WatchedProcess): boolean {
    const files = this.#reader.openFiles(look, pid)?.files ?? [];
    return files.some(({ link }) => link === IO_URING);
  }
}

function spell(ns: number | null): string {
  if (ns === null) return 'a while';
  return ns < 1e7 ? 'less than 0.01 s' : `${(ns / 1e9).toFixed(2)} s`;
}

/** The watchdog in the place of a target; nothing but its activities is kept. */
function watchdog(pid: number): WatchedProcess {
  return {
    id: 0,
    target: WATCHDOG,
    pid,
    startTicks: 0,
    parentPid: 0,
    sessionId: 0,
    name: 'idleproof',
    cmdline: '',
    exe: null,
    startedAtMs: 0,
    parentId: null,
    membership: 'root',
    networkScope: null,
  };
}

function failure(process: WatchedProcess, what: string): Failure {
  return { target: process.target, reason: `${sayProcess(process)} ${what}` };
}
