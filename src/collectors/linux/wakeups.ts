import { sayProcess } from '../../core/wording/process.ts';
import type { Availability, Collector, Look, Observations } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { ProcessMetrics } from '../../model/sample.ts';
import type { CpuClock } from '../../os/cpu-clock.ts';
import { Denials } from './denials.ts';
import type { LookReader, ThreadStatus } from './look-reader.ts';
import { NOTHING, ran } from './selection.ts';

/** A thread that runs, or a watchdog that waits, between two reads is no thread that ended. */
const ATTEMPTS = 3;

interface Counted {
  /** Last value of each live thread. */
  threads: Map<number, number>;
  /** Sum of the last values of the threads that ended. */
  retained: number;
  /** CPU time of threads that ended, in nanoseconds; null where it cannot be told. */
  endedNs: number | null;
}

/**
 * Voluntary context switches of all threads. A thread takes its count along when it ends; what was read of it last is
 * kept, so that the total is a lower bound and never decreases.
 */
export class WakeupsCollector implements Collector {
  readonly name = 'wakeups';
  readonly #reader: LookReader;
  readonly #clock: CpuClock | null;
  readonly #counted: Map<number, Counted> = new Map();
  readonly #denials: Denials = new Denials('the threads');
  #sampledReason: string | null;

  /** The clock tells whether a thread came and went between two looks; without it that cannot be excluded. */
  constructor(reader: LookReader, clock: CpuClock | null) {
    this.#reader = reader;
    this.#clock = clock;
    this.#sampledReason =
      clock === null
        ? 'without the native CPU clock, threads that end between two looks are not counted'
        : null;
  }

  probe(): Availability {
    return this.#availability();
  }

  sample(look: Look): Observations {
    for (const { process } of look.ended) {
      this.#counted.delete(process.id);
      this.#sampledReason ??= `${sayProcess(process)} ended; its wakeups after the last look are not counted`;
    }
    if (look.moved.size === 0) return NOTHING;
    const metrics = new Map<number, ProcessMetrics>();
    for (const process of ran(look)) {
      const threads = this.#denials.attempt(process, () => this.#reader.threads(look, process.pid));
      if (threads === undefined || threads === null || threads.length === 0) continue;
      const wakeups = this.#count(process, threads);
      metrics.set(
        process.id,
        wakeups === null ? { threads: threads.length } : { wakeups, threads: threads.length },
      );
    }
    return { metrics, ...this.#denials.take() };
  }

  report(): Availability & { lost: number } {
    return { ...this.#availability(), lost: 0 };
  }

  stop(): Availability & { lost: number } {
    return this.report();
  }

  #count(process: WatchedProcess, threads: readonly ThreadStatus[]): number | null {
    const before = this.#counted.get(process.id);
    const now: Counted = {
      threads: new Map(),
      retained: before?.retained ?? 0,
      endedNs: before === undefined ? this.#leastEndedNs(process, threads) : this.#endedNs(process, threads),
    };
    for (const { tid, voluntarySwitches } of threads) {
      if (voluntarySwitches === null) return null;
      now.threads.set(tid, voluntarySwitches);
    }
    for (const [tid, last] of before?.threads ?? []) {
      const value = now.threads.get(tid);
      if (value !== undefined && value >= last) continue;
      now.retained += last;
      this.#sampledReason ??= `a thread of ${sayProcess(process)} ended; its wakeups after the last look are not counted`;
    }
    if (before !== undefined) this.#noteUnseenThreads(process, threads, before, now);
    this.#counted.set(process.id, now);
    return [...now.threads.values()].reduce((sum, value) => sum + value, now.retained);
  }

  /**
   * The process's clock keeps the time of threads that ended, the threads' own do not: the difference grows when one
   * ends. A thread that runs while this is read makes it grow, too, so it is read again before it is believed.
   */
  #noteUnseenThreads(
    process: WatchedProcess,
    threads: readonly ThreadStatus[],
    before: Counted,
    now: Counted,
  ): void {
    if (this.#sampledReason !== null || before.endedNs === null || now.endedNs === null) return;
    for (let attempt = 0; attempt < ATTEMPTS && now.endedNs > before.endedNs; attempt += 1) {
      const again = this.#endedNs(process, threads);
      if (again === null) return;
      now.endedNs = Math.min(now.endedNs, again);
    }
    if (now.endedNs <= before.endedNs) return;
    this.#sampledReason = `threads of ${sayProcess(process)} may have come and gone between two looks; their wakeups are not counted`;
  }

  /** What is too large at the first look would hide what ends after it. */
  #leastEndedNs(process: WatchedProcess, threads: readonly ThreadStatus[]): number | null {
    const read = Array.from({ length: ATTEMPTS }, () => this.#endedNs(process, threads));
    return read.reduce((least, one) => (least === null || one === null ? null : Math.min(least, one)));
  }

  #endedNs({ pid }: WatchedProcess, threads: readonly ThreadStatus[]): number | null {
    if (this.#clock === null) return null;
    let alive = 0;
    for (const { tid } of threads) {
      const text = this.#reader.procfs.read(`${pid}/task/${tid}/schedstat`);
      if (text === null) return null;
      alive += Number(text.slice(0, text.indexOf(' ')));
    }
    const total = this.#clock(pid);
    return total === null || !Number.isFinite(alive) ? null : total - alive;
  }

  #availability(): Availability {
    const denied = this.#denials.firstReason;
    if (denied !== null) return { status: 'partial', tier: 'sampled', reason: denied };
    return {
      status: 'ok',
      tier: this.#sampledReason === null ? 'counter' : 'sampled',
      reason: this.#sampledReason,
    };
  }
}
