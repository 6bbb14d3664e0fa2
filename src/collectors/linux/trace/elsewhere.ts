import { basename, isAbsolute } from 'node:path';
import { dropOldest } from '../../../core/derive/oldest.ts';
import { isInterpreter } from '../../../core/parse/interpreter.ts';
import type { Look } from '../../../model/collector.ts';
import type { ExecRecord, KernelRecord } from '../../../model/kernel-record.ts';
import type { StartElsewhere } from '../../../model/outsider.ts';
import type { WatchedProcess } from '../../../model/process.ts';
import type { Lives } from './lives.ts';
import { nsOf, ticksOf } from './start-ticks.ts';

interface Sources {
  lives: Pick<Lives, 'isAliveAt'>;
  toMs: (ns: number) => number;
  /** The path with all links resolved; as it is where that cannot be done. */
  resolve: (path: string) => string;
  /** What a process executes now; null where it is gone. */
  exeOf: (pid: number) => string | null;
}

/** A program of a target: what was executed is compared with these. */
interface Root {
  target: string;
  /** Names and paths of its file, or of the script that its interpreter runs. */
  programs: readonly string[];
}

const MAX_ROOTS = 200;
const MAX_REMEMBERED = 10_000;
/** Descriptors of whoever executed them, which are others in this process. */
const BY_DESCRIPTOR = /^\/(?:dev\/fd|proc)\//u;

/** Programs that start outside of the targets' trees: restarts by a supervisor, and further instances of a target's program. */
export class Elsewhere {
  readonly #sources: Sources;
  /** Also those that ended: a restart is to be recognised. */
  readonly #roots: Map<string, Root> = new Map();
  /** Targets by the names and paths that were compared with their programs: on most hosts the same few start over and over. */
  readonly #targets: Map<string, readonly string[]> = new Map();
  /** When a process executed its program, CLOCK_BOOTTIME in nanoseconds, by pid. */
  readonly #executed: Map<number, number> = new Map();
  #untold: ExecRecord[] = [];

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** Something is to be told at the next look. */
  get isWaiting(): boolean {
    return this.#untold.length > 0;
  }

  meet(processes: readonly WatchedProcess[]): void {
    for (const process of processes) {
      if (process.membership !== 'root') continue;
      const { target, exe, cmdline } = process;
      const key = JSON.stringify([target, exe, cmdline]);
      const known = this.#roots.get(key);
      if (known === undefined) this.#targets.clear();
      this.#roots.delete(key);
      this.#roots.set(key, known ?? { target, programs: programsOf(process) });
      dropOldest(this.#roots, MAX_ROOTS);
    }
  }

  /** @param records of the whole host; to be called when `lives` has been told of everything up to the last of them */
  record(records: readonly KernelRecord[]): void {
    for (const record of records) {
      if (record.event !== 'exec' || this.#sources.lives.isAliveAt(record.tid, record.atNs)) continue;
      // execve(2) gives the thread that calls it the number of its process.
      this.#executed.delete(record.tid);
      this.#executed.set(record.tid, record.atNs);
      dropOldest(this.#executed, MAX_REMEMBERED);
      this.#untold.push(record);
    }
  }

  /** When this process executed its program, CLOCK_BOOTTIME in nanoseconds; null where that was not recorded. */
  executedNs({ pid, startTicks }: Pick<WatchedProcess, 'pid' | 'startTicks'>): number | null {
    const atNs = this.#executed.get(pid);
    return atNs === undefined || atNs < nsOf(startTicks) ? null : atNs;
  }

  /**
   * Programs of targets that ran outside of them, or still do; to be called when the processes of the look are followed. What
   * was executed while the look went on is told at the next one, which may find that it belongs to the target.
   */
  take({ nowMs, started }: Look): StartElsewhere[] {
    const { toMs, lives } = this.#sources;
    const found = new Map<string, StartElsewhere>();
    const records = this.#untold;
    this.#untold = records.filter(({ atNs }) => toMs(atNs) > nowMs);
    const paths = new Map<string, string>();
    for (const { tid: pid, filename, atNs } of records) {
      if (toMs(atNs) > nowMs || lives.isAliveAt(pid, atNs)) continue;
      if (started.some((process) => process.pid === pid && nsOf(process.startTicks) <= atNs)) continue;
      if (!paths.has(filename)) paths.set(filename, this.#resolved(filename));
      const names = [filename, paths.get(filename) ?? filename, this.#sources.exeOf(pid)];
      for (const target of names.flatMap((name) => (name === null ? [] : this.#targetsOf(name)))) {
        found.set(`${target} ${pid}`, { target, pid, filename, executedTicks: ticksOf(atNs) });
      }
    }
    return [...found.values()];
  }

  #targetsOf(name: string): readonly string[] {
    const known = this.#targets.get(name);
    if (known !== undefined) return known;
    const roots = [...this.#roots.values()].filter(({ programs }) =>
      programs.some((one) => isSame(one, name)),
    );
    const targets = roots.map(({ target }) => target);
    this.#targets.set(name, targets);
    dropOldest(this.#targets, MAX_REMEMBERED);
    return targets;
  }

  #resolved(filename: string): string {
    if (!isAbsolute(filename) || BY_DESCRIPTOR.test(filename)) return filename;
    return this.#sources.resolve(filename);
  }
}

/** The file that a process executes, or the script that its interpreter runs. */
function programsOf({ name, exe, cmdline }: WatchedProcess): string[] {
  // Of a process whose main thread has ended the kernel tells no more than its name.
  if (exe === null && cmdline === '') return isInterpreter(name) ? [] : [name];
  const [first, ...others] = cmdline.split(' ');
  // What a shell is told to do is no script: others do the same.
  const script = others.includes('-c') ? undefined : others.find((word) => !word.startsWith('-'));
  const program = exe ?? first;
  // A run of the same interpreter is mostly the run of another program.
  const candidates = isInterpreter(basename(program ?? '')) ? [script] : [program, script];
  return candidates.flatMap((one) => (one === undefined || one === '' ? [] : [one]));
}

const isSame = (one: string, other: string): boolean =>
  isAbsolute(one) && isAbsolute(other) ? one === other : basename(one) === basename(other);
