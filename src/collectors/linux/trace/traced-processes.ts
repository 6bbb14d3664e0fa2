import { escapeControls } from '../../../core/parse/escape-controls.ts';
import type { ProcessActivity } from '../../../model/activity.ts';
import { WATCHDOG } from '../../../model/control.ts';
import type { WatchedProcess } from '../../../model/process.ts';
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
const MAX_EXECUTIONS = 100;

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

  /** The start and the end of those that looks cannot tell of. */
  activitiesOf(ended: readonly Life[]): ProcessActivity[] {
    return ended.flatMap((life) => {
      const { bornNs, diedNs } = life;
      const process = this.of(life);
      if (process === null || bornNs === null || diedNs === null || !this.#glimpsed.has(life)) return [];
      return [this.#activity(process, life, 'spawn', bornNs), this.#activity(process, life, 'exit', diedNs)];
    });
  }

  /** Notes which programs known processes have executed: what they do from then on is the doing of these. */
  executed(executed: readonly Executed[]): void {
    for (const { life, process, atNs, name, program } of executed) {
      if (process.target === WATCHDOG) continue;
      const executions = (process.executions ??= []);
      if (executions.at(-1)?.program === null) continue;
      executions.push({
        atMs: this.#toMs(atNs),
        program: executions.length < MAX_EXECUTIONS ? this.#describe(life, program, name) : null,
      });
      this.#enlisted.push(process);
    }
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
      exe: this.#exeOf(life, parent),
      startedAtMs: this.#toMs(bornNs),
      target: parent.target,
      parentId: parent.id,
      membership: 'child',
      networkScope: parent.networkScope,
    };
  }

  /** @param before whose program it runs where it has executed none */
  #exeOf(life: Life, before: WatchedProcess): string | null {
    if (life.program === null) return before.exe;
    // What the watchdog planted is recognised by how it was called.
    return before.target === WATCHDOG ? life.program.filename : this.#ask.pathOf(life, life.program);
  }

  #activity(process: WatchedProcess, life: Life, op: ProcessActivity['op'], ns: number): ProcessActivity {
    const { parent } = life;
    return {
      kind: 'process',
      op,
      atMs: this.#toMs(ns),
      target: process.target,
      collector: 'trace',
      processId: process.target === WATCHDOG ? null : process.id,
      thread: null,
      // It may have executed another one after it was given its place.
      exe: this.#exeOf(life, process),
      parentName: parent === null ? null : escapeControls(parent.process?.name ?? parent.name),
      exitCode: null,
    };
  }
}
