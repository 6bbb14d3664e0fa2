import type { Failure, Look } from '../../../model/collector.ts';
import { WATCHDOG } from '../../../model/control.ts';
import type { WatchedProcess } from '../../../model/process.ts';
import type { LookReader } from '../look-reader.ts';
import { nameOf } from '../selection.ts';
import type { Lives } from './lives.ts';
import type { Recordings } from './recordings.ts';

/** Threads can be created while they are being listed. */
const LISTINGS = 5;

/** Sees to it that the kernel records every thread of the targets, and says where it began too late. */
export class Following {
  readonly #recordings: Recordings;
  readonly #lives: Lives;
  readonly #reader: LookReader;

  constructor(recordings: Recordings, lives: Lives, reader: LookReader) {
    this.#recordings = recordings;
    this.#lives = lives;
    this.#reader = reader;
  }

  /** Follows the targets and the watchdog: what it plants is to be seen like anything else. */
  begin(look: Look, selfPid: number): Failure[] {
    const failures = this.#follow([watchdog(selfPid), ...look.processes]);
    this.#recordings.start();
    if (look.processes.some((process) => this.#usesIoUring(look, process))) this.#recordings.recordWorkers();
    return failures;
  }

  /** Processes that a look has found: those whose creation was recorded are followed already. */
  greet(started: readonly WatchedProcess[]): Failure[] {
    const strangers: WatchedProcess[] = [];
    for (const process of started) {
      if (this.#lives.isKnown(process)) this.#lives.adopt(process, []);
      else strangers.push(process);
    }
    return [
      ...this.#follow(strangers),
      ...strangers.map((process) => failure(process, 'ran for a while before it was followed')),
    ];
  }

  /** A process that begins to use io_uring has been seen too late, once. */
  greetWorkers(tids: readonly number[]): Failure[] {
    const using = new Set(tids.flatMap((tid) => this.#lives.of(tid)?.process ?? []));
    const theirs = [...using].filter(({ target }) => target !== WATCHDOG);
    if (theirs.length === 0 || this.#recordings.recordsWorkers) return [];
    this.#recordings.recordWorkers();
    return theirs.map((process) => failure(process, 'had a worker of io_uring before it could be recorded'));
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
        if (process != null) failures.push(failure(process, `cannot be followed: ${reason}`));
      }
    }
    for (const process of left) failures.push(failure(process, 'kept creating threads while it was listed'));
    return failures.filter(({ target }) => target !== WATCHDOG);
  }

  #usesIoUring(look: Look, { pid }: WatchedProcess): boolean {
    const files = this.#reader.openFiles(look, pid)?.files ?? [];
    return files.some(({ link }) => link === 'anon_inode:[io_uring]');
  }
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
  return { target: process.target, reason: `${nameOf(process)} ${what}` };
}
