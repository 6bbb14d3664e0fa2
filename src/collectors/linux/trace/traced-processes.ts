import { escapeControls } from '../../../core/parse/escape-controls.ts';
import { WATCHDOG } from '../../../model/control.ts';
import { MAX_EXECUTIONS, type WatchedProcess } from '../../../model/process.ts';
import type { Executed, Life, Program } from './lives.ts';
import { isSameStart, ticksOf } from './start-ticks.ts';

/** What a trace knows of a process. */
export type Glimpse = Omit<WatchedProcess, 'id'>;

interface Enlisted {
  process: WatchedProcess;
  /** It lives and is watched from now on: looks tell of its start and its end. */
  isWatched: boolean;
}

/** Gives a process that no look has come across its place in the run; null: its target is watched without its tree. */
export type Enlist = (glimpse: Glimpse) => Enlisted | null;

/** The kernel records which file was executed, and not with which arguments. */
const UNREAD = '';

/** What is asked of a process whose number the trace has told; null where it is gone. */
export interface Asked {
  /** As /proc/PID/stat tells it, for as long as nobody has waited for an ended process. */
  startTicksOf: (pid: number) => number | null;
  /** Secrets redacted. */
  cmdlineOf: (pid: number) => string | null;
  /** The path of a program that a process executed, resolved or marked as it was asked for. */
  pathOf: (life: Life, program: Program) => string;
}

/** Names the processes of the trace: those that looks know, and those that came and went in between or left the tree. */
export class TracedProcesses {
  readonly #enlist: Enlist;
  readonly #toMs: (ns: number) => number;
  readonly #ask: Asked;
  readonly #enlisted: WatchedProcess[] = [];
  /** Their start and end are told by nobody else. */
  readonly #glimpsed: WeakSet<Life> = new WeakSet();

  constructor(enlist: Enlist, toMs: (ns: number) => number, ask: Asked) {
    this.#enlist = enlist;
    this.#toMs = toMs;
    this.#ask = ask;
  }

  /** The process of a life, enlisted where no look knows it; null where it belongs to nobody who is watched. */
  of(life: Life): WatchedProcess | null {
    if (life.process !== null || life.parent === null || life.bornNs === null) return life.process;
    const parent = this.of(life.parent);
    if (parent === null) return null;
    const glimpse = this.#glimpse(life, life.parent, life.bornNs, parent);
    if (parent.target === WATCHDOG) {
      this.#glimpsed.add(life);
      return (life.process = { id: 0, ...glimpse });
    }
    const enlisted = this.#enlist(glimpse);
    if (enlisted === null) return null;
    if (!enlisted.isWatched) this.#glimpsed.add(life);
    this.#enlisted.push(enlisted.process);
    return (life.process = enlisted.process);
  }

  /** Whether looks do not tell of its end. */
  isGlimpsed(life: Life): boolean {
    return this.#glimpsed.has(life);
  }

  /**
   * Notes which programs processes have executed: what they do from then on is the doing of these. One that was not known yet is
   * known by the last of them, so that a single one need not be noted.
   */
  executed(executed: readonly Executed[]): void {
    const several = new Set(executed.filter(({ isFirst }) => !isFirst).map(({ life }) => life));
    for (const { life, wasNamed, atNs, name, program } of executed) {
      const process = wasNamed || several.has(life) ? this.of(life) : null;
      if (process === null || process.target === WATCHDOG) continue;
      const executions = (process.executions ??= []);
      if (executions.at(-1)?.program === null) continue;
      executions.push({
        atMs: this.#toMs(atNs),
        program: executions.length < MAX_EXECUTIONS ? this.#describe(life, program, name) : null,
      });
      this.#enlisted.push(process);
    }
  }

  /** A look finds no program of one that has ended and that nobody has waited for. One that executed none ran that of who created it. */
  learn(life: Life, process: WatchedProcess): void {
    if (process.exe !== null || process.target === WATCHDOG) return;
    const creator = life.program === null && life.parent !== null ? this.of(life.parent) : null;
    process.exe = this.exeOf(life, life.program, creator ?? process);
    if (process.exe === null) return;
    if (creator !== null && process.cmdline === UNREAD) process.cmdline = creator.cmdline;
    this.#enlisted.push(process);
  }

  /** Those that were given a place in the run, or another program, since the last call. */
  takeEnlisted(): WatchedProcess[] {
    return this.#enlisted.splice(0);
  }

  /** Of what a process has executed; only of the last one it can still be asked. */
  #describe(life: Life, program: Program, name: string): Pick<WatchedProcess, 'name' | 'cmdline' | 'exe'> {
    const isItsOwn = life.program === program && life.diedNs === null;
    return {
      name: escapeControls(name),
      cmdline: (isItsOwn ? this.#ask.cmdlineOf(life.pid) : null) ?? UNREAD,
      exe: this.#ask.pathOf(life, program),
    };
  }

  #glimpse(life: Life, creator: Life, bornNs: number, parent: WatchedProcess): Glimpse {
    const bornTicks = ticksOf(bornNs);
    const foundTicks = this.#ask.startTicksOf(life.pid) ?? bornTicks;
    // Else its number was given to another process meanwhile.
    const isItself = isSameStart(bornNs, foundTicks);
    return {
      pid: life.pid,
      startTicks: isItself ? foundTicks : bornTicks,
      parentPid: creator.pid,
      sessionId: parent.sessionId,
      name: escapeControls(life.name),
      cmdline: life.program === null ? parent.cmdline : UNREAD,
      exe: this.exeOf(life, life.program, parent),
      startedAtMs: this.#toMs(bornNs),
      target: parent.target,
      parentId: parent.id,
      membership: 'child',
      networkScope: parent.networkScope,
      ...(life.isSibling ? { isSibling: true } : {}),
    };
  }

  /**
   * Path of a program that it runs, or has run.
   * @param program null: what was there before the trace
   * @param before whose program that is
   */
  exeOf(life: Life, program: Program | null, before: WatchedProcess): string | null {
    if (program === null) return before.exe;
    // What the watchdog planted is recognised by how it was called.
    return before.target === WATCHDOG ? program.filename : this.#ask.pathOf(life, program);
  }
}
