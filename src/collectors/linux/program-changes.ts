import type { ProcStat } from '../../core/parse/proc-stat.ts';
import { sayProcess } from '../../core/wording/process.ts';
import type { ProcessActivity } from '../../model/activity.ts';
import type { Failure, Look } from '../../model/collector.ts';
import { MAX_EXECUTIONS, type WatchedProcess } from '../../model/process.ts';
import type { LookReader } from './look-reader.ts';
import { ran } from './selection.ts';

/** A process as of the last look at which it ran. */
interface Known {
  /** See ProcStat.image. */
  image: string | null;
  name: string;
  exe: string | null;
  /** The last program that a trace has told of. */
  execution: object | undefined;
}

interface Noticed {
  activities: ProcessActivity[];
  /** To be recorded again. */
  processes: WatchedProcess[];
  failures: Failure[];
}

/** A process that was created may be about to execute its program. */
const ABOUT_TO_EXECUTE_MS = 1_000;

/**
 * Notices by looks that a process has executed another program in the place of its own: its memory is laid out anew. Which it
 * executed in between is not known.
 */
export class ProgramChanges {
  readonly #reader: LookReader;
  readonly #parentNameOf: (process: WatchedProcess) => string | null;
  readonly #known: Map<number, Known> = new Map();
  #fresh: WatchedProcess[] = [];

  constructor(reader: LookReader, parentNameOf: (process: WatchedProcess) => string | null) {
    this.#reader = reader;
    this.#parentNameOf = parentNameOf;
  }

  /** Somebody's start is to be told at the next look. */
  get isWaiting(): boolean {
    return this.#fresh.length > 0;
  }

  /** Whose start is to be told at this look: whoever still runs the program of its parent is waited for, once. */
  starting(look: Look): readonly WatchedProcess[] {
    if (look.started.length + this.#fresh.length === 0) return look.started;
    const waited = this.#fresh.splice(0);
    if (look.full || look.previousMs === null) return [...waited, ...look.started];
    const told = look.started.filter((process) => !this.#isAboutToExecute(look, process));
    this.#fresh = look.started.filter((process) => !told.includes(process));
    return [...waited, ...told];
  }

  /** To be called after `starting`, and after a trace has noted what it knows. */
  look(look: Look): Noticed {
    const noticed: Noticed = { activities: [], processes: [], failures: [] };
    for (const process of ran(look)) {
      if (!this.#fresh.includes(process)) this.#compare(look, process, noticed);
    }
    for (const { process } of look.ended) this.#known.delete(process.id);
    return noticed;
  }

  /** Where it may not be read, the other collectors say so. */
  #stat(look: Look, pid: number): ProcStat | null {
    try {
      return this.#reader.stat(look, pid);
    } catch {
      return null;
    }
  }

  #isAboutToExecute(look: Look, { pid, parentId, startedAtMs }: WatchedProcess): boolean {
    const parent = parentId === null ? undefined : this.#known.get(parentId);
    if (parent?.image == null || look.nowMs - startedAtMs >= ABOUT_TO_EXECUTE_MS) return false;
    return this.#stat(look, pid)?.image === parent.image;
  }

  #compare(look: Look, process: WatchedProcess, noticed: Noticed): void {
    const stat = this.#stat(look, process.pid);
    if (stat === null || stat.startTicks !== process.startTicks) return;
    const before = this.#known.get(process.id);
    const { image, name, state, threads } = stat;
    if (state === 'Z' || state === 'X') {
      // One whose first thread has ended shows no memory, until another thread executes something.
      if (threads > 1 && before === undefined) this.#hidden(process, name, before, noticed);
      return;
    }
    const execution = process.executions?.at(-1);
    if (image === null) this.#hidden(process, name, before, noticed);
    const isSame = before !== undefined && before.image === image && before.execution === execution;
    const exe = isSame ? before.exe : (this.#reader.exe(process.pid) ?? before?.exe ?? process.exe);
    this.#known.set(process.id, { image, name, exe, execution });
    if (isSame || image === null || before?.execution !== execution) return;
    const isKnown = before?.image != null;
    // Between the moment at which it was found and this one.
    if (isKnown || (before === undefined && process.exe !== null && exe !== process.exe)) {
      this.#changed(look, process, { exe, replaced: isKnown ? before.exe : process.exe, name }, noticed);
    }
  }

  #changed(
    { nowMs, previousMs }: Look,
    process: WatchedProcess,
    { exe, replaced, name }: { exe: string | null; replaced: string | null; name: string },
    { activities, processes }: Noticed,
  ): void {
    activities.push({
      kind: 'process',
      op: 'spawn',
      atMs: nowMs,
      target: process.target,
      collector: 'processes',
      processId: process.id,
      thread: null,
      exe,
      parentName: this.#parentNameOf(process),
      exitCode: null,
      replaced,
    });
    const executions = (process.executions ??= []);
    if (executions.at(-1)?.program === null) return;
    const cmdline = this.#reader.cmdline(process.pid) ?? '';
    const isFull = executions.length >= MAX_EXECUTIONS;
    executions.push({ atMs: previousMs ?? nowMs, program: isFull ? null : { name, cmdline, exe } });
    const known = this.#known.get(process.id);
    if (known !== undefined) known.execution = executions.at(-1);
    processes.push(process);
  }

  /** Where the memory may not be looked at, only the name tells. */
  #hidden(
    process: WatchedProcess,
    name: string,
    before: Known | undefined,
    { processes, failures }: Noticed,
  ): void {
    if (process.hidesPrograms !== true) {
      process.hidesPrograms = true;
      processes.push(process);
    }
    if (before === undefined || before.name === name) return;
    const reason = `${sayProcess(process)} has changed its name: it may have executed another program`;
    failures.push({ target: process.target, reason });
  }
}
