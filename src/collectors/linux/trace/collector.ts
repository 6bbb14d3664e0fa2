import type { Availability, Collector, Failure, Look, Observations } from '../../../model/collector.ts';
import { WATCHDOG } from '../../../model/control.ts';
import type { WatchedProcess } from '../../../model/process.ts';
import type { LookReader } from '../look-reader.ts';
import { isQuiet, NOTHING } from '../selection.ts';
import type { SocketsCollector } from '../sockets.ts';
import { Following } from './following.ts';
import { Lives, nearestProcess } from './lives.ts';
import { type Outside, Outsiders } from './outsiders.ts';
import { inOrder, type Reading } from './recording.ts';
import { ProgramPaths } from './program-paths.ts';
import { ProgramStarts } from './program-starts.ts';
import { type OpenInstance, Recordings } from './recordings.ts';
import { type Enlist, TracedProcesses } from './traced-processes.ts';
import { Traffic } from './traffic.ts';
import { Wakers } from './wakers.ts';

export interface TraceOptions {
  reader: LookReader;
  openInstance: OpenInstance;
  /** CLOCK_BOOTTIME in nanoseconds to the time of the run. */
  toMs: (ns: number) => number;
  /** CLOCK_BOOTTIME in nanoseconds. */
  nowNs: () => number;
  enlist: Enlist;
  outside: Outside;
  /** Its connections are joined with the recorded ones; those that it samples are told by this collector from then on. */
  sockets: SocketsCollector;
  selfPid: number;
}

/**
 * What the kernel itself records of every thread of the targets: connections, datagrams, processes, and why threads woke.
 * Nothing is too short for it. Where something was lost, or a process was there before it could be followed, it says so
 * by a failure, and the claim rests on others.
 */
export class TraceCollector implements Collector {
  readonly name = 'trace';
  readonly #options: TraceOptions;
  readonly #lives: Lives = new Lives();
  readonly #processes: TracedProcesses;
  readonly #programs: ProgramPaths;
  readonly #starts: ProgramStarts;
  readonly #traffic: Traffic;
  readonly #wakers: Wakers;
  readonly #outsiders: Outsiders;
  #recordings: Recordings | null = null;
  #following: Following | null = null;
  #missing: string | null = null;
  /** What went wrong once, so that what came after it cannot be relied upon either. */
  #problem: string | null = null;
  #hasBegun = false;
  #lost = 0;

  constructor(options: TraceOptions) {
    const { reader, sockets, enlist, outside, toMs } = options;
    this.#options = options;
    const wallMsOf = (ns: number): number => Date.now() - (options.nowNs() - ns) / 1e6;
    this.#programs = new ProgramPaths(reader, wallMsOf);
    this.#processes = new TracedProcesses(enlist, toMs, {
      startTicksOf: (pid) => reader.startTicks(pid),
      cmdlineOf: (pid) => reader.cmdline(pid),
      pathOf: (life, program) => this.#programs.of(life, program),
    });
    const lives = this.#lives;
    const isWhole = (): boolean => this.#recordings?.hasPrograms === true;
    this.#starts = new ProgramStarts({ lives, processes: this.#processes, toMs, isWhole });
    const threadName = (tid: number): string | null => reader.threadName(tid) ?? lives.of(tid)?.name ?? null;
    this.#traffic = new Traffic({ sockets, lives, processes: this.#processes, toMs, threadName });
    this.#outsiders = new Outsiders(outside, {
      lives,
      exeOf: (pid) => reader.exe(pid),
      ports: () => sockets.listeningPorts(),
      recordAt: (ports) => this.#recordings?.recordArrivals(ports) === true,
      look: () => this.#traffic.look,
      toMs,
      wasTold: (ends, sinceLook) => this.#traffic.wasTold(ends, sinceLook),
    });
    this.#wakers = new Wakers({
      targetOf: (tid) => this.#targetProcess(tid)?.target ?? null,
      processOf: (tid) => lives.of(tid)?.process?.id ?? null,
      nameOf: (tid) => lives.of(tid)?.name ?? reader.threadName(tid),
      toMs,
    });
  }

  /** Whether what the kernel records can be relied upon. */
  get isRecording(): boolean {
    const hasFailed = this.#problem !== null && !this.#hasBegun;
    return this.#recordings !== null && this.#missing === null && !hasFailed;
  }

  /** Whether it tells of the start of a process that a look has found; see ProgramStarts. */
  tellsStartOf(process: WatchedProcess): boolean {
    return this.#hasBegun && this.#starts.tells(process);
  }

  probe(): Availability {
    try {
      this.#recordings ??= new Recordings(this.#options.openInstance);
    } catch (error) {
      return { status: 'unavailable', tier: 'sampled', reason: (error as Error).message };
    }
    this.#missing = this.#recordings.missing;
    return this.#availability();
  }

  sample(look: Look): Observations {
    const recordings = this.#recordings;
    if (recordings === null) return NOTHING;
    const following = (this.#following ??= new Following(recordings, this.#lives, this.#options.reader));
    try {
      if (look.previousMs === null) return this.#begin(following, look);
      const isIdle = isQuiet(look) && look.ended.length === 0 && look.nowMs < this.dueAtMs();
      return isIdle || !this.#hasBegun ? NOTHING : this.#read(recordings, following, look);
    } catch (error) {
      // What the socket tables told must not be lost with what the kernel recorded.
      const reason = `the kernel's trace cannot be read: ${(error as Error).message}`;
      this.#problem ??= reason;
      const activities = [...this.#starts.release(), ...this.#traffic.release()];
      return { activities, failures: [{ target: null, reason }] };
    }
  }

  dueAtMs(): number {
    const isWaiting = this.#traffic.isWaiting || this.#outsiders.isWaiting || this.#starts.isWaiting;
    return isWaiting ? 0 : this.#wakers.dueAtMs;
  }

  report(): Availability & { lost: number } {
    return { ...this.#availability(), lost: this.#lost + this.#traffic.forgotten };
  }

  stop(): Availability & { lost: number } {
    const report = this.report();
    this.#recordings?.close();
    this.#recordings = null;
    return report;
  }

  #begin(following: Following, look: Look): Observations {
    const failures = following.begin(look, this.#options.selfPid);
    this.#traffic.start(look);
    this.#wakers.start(look.nowMs);
    this.#hasBegun = true;
    this.#outsiders.begin(look);
    return { failures, counters: [this.#outsiders.countArrivals(look.nowMs)] };
  }

  #read(recordings: Recordings, following: Following, look: Look): Observations {
    this.#programs.forget();
    const listed = following.listThreads(look);
    // CPUs are read one after the other: what is newer than this moment may be only a part.
    const nowNs = this.#options.nowNs();
    const wakes = recordings.readWakes(nowNs, look.full);
    const acts = recordings.readActs(nowNs, look.full);
    for (const record of inOrder(acts)) {
      this.#lives.record(record);
      if (record.event === 'new-socket') this.#noteUntraced(record.tid);
      else this.#traffic.record(record);
    }
    this.#outsiders.read(recordings, nowNs, look.full);
    const isAllRead = look.full || acts.every(({ isComplete }) => isComplete);
    const failures = [
      ...acts.flatMap((reading) => this.#losses(reading, look)),
      ...following.meet({ started: look.started, listed, isAllRead }, (process) =>
        this.#outsiders.ranForNs(process, nowNs),
      ),
    ];
    const disturbances = this.#outsiders.tell(look);
    const woke = inOrder([wakes, ...acts]);
    recordings.recordWakes(this.#wakers.look(look.nowMs, woke, wakes.lost === 0));
    const happened = this.#lives.take(nowNs);
    this.#processes.executed(happened.executed);
    failures.push(...following.greetWorkers(happened.workers));
    const programs = this.#starts.take(happened, nowNs, look.full);
    // Whoever left the tree at once is watched nevertheless.
    for (const life of this.#lives.unnamed()) this.#processes.of(life);
    const activities = [...programs, ...this.#traffic.take(look, nowNs)];
    return {
      activities,
      processes: this.#processes.takeEnlisted(),
      failures,
      disturbances,
      ...(look.full
        ? {
            wakes: this.#wakers.take(look.nowMs, targetIds(look)),
            counters: [this.#outsiders.countArrivals(look.nowMs)],
          }
        : {}),
    };
  }

  /** What could not be read yet is read at the next look; at a window's edge there is none that counts. */
  #losses({ lost, isComplete }: Reading, { full }: Look): Failure[] {
    this.#lost += lost ?? 1;
    const reasons = [
      ...(lost === 0 ? [] : [`${lost ?? 'some'} of its records were overwritten before they were read`]),
      ...(isComplete || !full ? [] : ['it was filled faster than it could be read']),
    ];
    return reasons.map((reason) => ({ target: null, reason: `the kernel's trace: ${reason}` }));
  }

  #noteUntraced(tid: number): void {
    const process = this.#targetProcess(tid);
    if (process !== null) this.#options.sockets.noteUntraced(process);
  }

  /** The process of a target that a thread belongs to; null: it belongs to none. */
  #targetProcess(tid: number): WatchedProcess | null {
    const process = nearestProcess(this.#lives.of(tid));
    return process?.target === WATCHDOG ? null : process;
  }

  #availability(): Availability {
    const meddling = this.#recordings?.meddling ?? null;
    const { untraced } = this.#options.sockets;
    const reason = this.#missing ?? this.#problem ?? meddling ?? this.#following?.problem ?? untraced ?? null;
    return { status: reason === null ? 'ok' : 'partial', tier: 'zero-miss', reason };
  }
}

const targetIds = ({ processes }: Look): number[] =>
  processes.filter(({ target }) => target !== WATCHDOG).map(({ id }) => id);
