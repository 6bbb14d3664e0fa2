import { parseProcStat, type ProcStat } from '../../core/parse/proc-stat.ts';
import { sayProcess } from '../../core/wording/process.ts';
import { NS_PER_TICK } from '../../model/clock-ticks.ts';
import type { Availability, Collector, Look, Observations } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { ProcessMetrics } from '../../model/sample.ts';
import { type CpuClock, schedstatCpuClock } from '../../os/cpu-clock.ts';
import type { Procfs } from '../../os/procfs.ts';
import { Denials } from './denials.ts';
import { LookReader } from './look-reader.ts';
import { OwedUsage } from './owed-usage.ts';
import { NOTHING, ran } from './selection.ts';

interface Gated {
  moved: ReadonlySet<number>;
  gone: ReadonlySet<number>;
}

const STANDSTILL: Gated = { moved: new Set(), gone: new Set() };

interface Reading {
  /** As the clock told. */
  ns: number;
  /** What the fallback clock lost with threads that ended: added, so that the total never decreases. */
  lostNs: number;
}

/**
 * CPU time, and the gate for everything else: a process whose clock did not move ran no instruction, so it initiated
 * nothing. What others did to it is found at full looks.
 */
export class CpuCollector implements Collector {
  readonly name = 'cpu';
  readonly #procfs: Procfs;
  readonly #reader: LookReader;
  readonly #clock: CpuClock;
  readonly #isNative: boolean;
  readonly #last: Map<number, Reading> = new Map();
  /** The processes of the last call, their pids and their clocks, side by side: an idle look should touch little memory. */
  #gated: readonly WatchedProcess[] = [];
  #pids: Int32Array = new Int32Array();
  #clocks: Float64Array = new Float64Array();
  readonly #denials: Denials = new Denials('the CPU time');
  readonly #owed: OwedUsage;
  #sampledReason: string | null;

  /** Without a clock of the kernel's own, the threads' schedstat serves. */
  constructor(procfs: Procfs, clock?: CpuClock | null, reader: LookReader = new LookReader(procfs)) {
    this.#procfs = procfs;
    this.#reader = reader;
    this.#owed = new OwedUsage(reader);
    this.#isNative = clock !== undefined && clock !== null;
    this.#clock = clock ?? schedstatCpuClock(procfs);
    this.#sampledReason = this.#isNative
      ? null
      : 'without the native CPU clock, the time of threads that end between two looks is lost';
  }

  probe(processes: readonly WatchedProcess[]): Availability {
    const unreadable = processes.find(({ pid }) => this.#clock(pid) === null && this.#stat(pid) !== null);
    if (unreadable === undefined) return this.#availability();
    const reason = `the CPU clock of ${sayProcess(unreadable)} cannot be read`;
    return { status: 'partial', tier: 'sampled', reason };
  }

  /**
   * Reads every process's CPU clock, one system call each.
   * `moved`: ids whose clock moved since the last call; new ones, and those whose clock cannot be read although they
   * live, count as moved. `gone`: ids of processes that ended, or whose pid now belongs to another.
   */
  gate(processes: readonly WatchedProcess[]): Gated {
    if (this.#isStandstill(processes)) return STANDSTILL;
    const gated = this.#readAll(processes);
    this.#gated = processes;
    this.#pids = Int32Array.from(processes, ({ pid }) => pid);
    // NaN equals nothing: a clock that could not be read is asked again.
    this.#clocks = Float64Array.from(processes, ({ id }) => this.#last.get(id)?.ns ?? Number.NaN);
    return gated;
  }

  #isStandstill(processes: readonly WatchedProcess[]): boolean {
    if (processes !== this.#gated) return false;
    const pids = this.#pids;
    const clocks = this.#clocks;
    for (let index = 0; index < pids.length; index += 1) {
      if (this.#clock(pids[index] as number) !== clocks[index]) return false;
    }
    return true;
  }

  #readAll(processes: readonly WatchedProcess[]): Gated {
    let moved: Set<number> | null = null;
    let gone: Set<number> | null = null;
    for (const process of processes) {
      const last = this.#last.get(process.id);
      const ns = this.#clock(process.pid);
      if (last !== undefined && ns === last.ns) continue;
      // A pid that was given away has another clock, so looking at the identity of those that moved is enough.
      if (!this.#isStill(process)) {
        gone = (gone ?? new Set()).add(process.id);
        this.#last.delete(process.id);
        continue;
      }
      moved = (moved ?? new Set()).add(process.id);
      this.#keep(process, ns, last);
    }
    if (this.#last.size > processes.length) this.#forgetOthers(processes);
    return { moved: moved ?? STANDSTILL.moved, gone: gone ?? STANDSTILL.gone };
  }

  sample(look: Look): Observations {
    for (const { process } of look.ended) this.#last.delete(process.id);
    const lost = this.#owed.lost(look);
    if (look.moved.size === 0) return lost.length === 0 ? NOTHING : { failures: lost };
    const metrics = new Map<number, ProcessMetrics>();
    for (const process of ran(look)) {
      const values: ProcessMetrics = {};
      const reading = this.#last.get(process.id);
      if (reading !== undefined) values.cpuNs = reading.ns + reading.lostNs;
      const stat = this.#denials.attempt(process, () => this.#reader.stat(look, process.pid));
      if (stat?.startTicks === process.startTicks) values.reapedCpuNs = stat.reapedTicks * NS_PER_TICK;
      this.#checkChildSignal(look, process);
      if (Object.keys(values).length > 0) metrics.set(process.id, values);
    }
    const { failures = [] } = this.#denials.take();
    return { metrics, failures: [...failures, ...lost] };
  }

  /** A process that no look has read was told to have ended; see OwedUsage. */
  owe(process: WatchedProcess): void {
    this.#owed.owe(process);
  }

  dueAtMs(): number {
    return this.#owed.dueAtMs();
  }

  report(): Availability & { lost: number } {
    return { ...this.#availability(), lost: 0 };
  }

  stop(): Availability & { lost: number } {
    return this.report();
  }

  #keep(process: WatchedProcess, ns: number | null, last: Reading | undefined): void {
    if (ns === null) {
      this.#denials.add(process, `the CPU clock of ${sayProcess(process)} cannot be read`);
      return;
    }
    const lostNs = last === undefined ? 0 : last.lostNs + Math.max(0, last.ns - ns);
    this.#last.set(process.id, { ns, lostNs });
  }

  #forgetOthers(processes: readonly WatchedProcess[]): void {
    const ids = new Set(processes.map(({ id }) => id));
    for (const id of this.#last.keys()) if (!ids.has(id)) this.#last.delete(id);
  }

  /** Where it cannot be told, it is still the same: a process must not be given up for a file that cannot be read. */
  #isStill(process: WatchedProcess): boolean {
    const stat = this.#denials.attempt(process, () => this.#stat(process.pid));
    return stat === undefined || stat?.startTicks === process.startTicks;
  }

  #stat(pid: number): ProcStat | null {
    const text = this.#procfs.read(`${pid}/stat`);
    return text === null ? null : parseProcStat(text);
  }

  /** With SIGCHLD ignored, children are not waited for, and their time is added to nobody. */
  #checkChildSignal(look: Look, process: WatchedProcess): void {
    const status = this.#denials.attempt(process, () => this.#reader.status(look, process.pid));
    if (status?.ignoresChildExit !== true) return;
    this.#sampledReason ??= `${sayProcess(process)} ignores SIGCHLD, so the CPU time of its children is lost when they end`;
  }

  #availability(): Availability {
    const denied = this.#denials.firstReason;
    if (denied !== null) return { status: 'partial', tier: 'sampled', reason: denied };
    const reason = this.#sampledReason ?? this.#owed.open;
    return { status: 'ok', tier: reason === null ? 'counter' : 'sampled', reason };
  }
}
