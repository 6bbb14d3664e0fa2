import { escapeControls } from '../../../core/parse/escape-controls.ts';
import type { ProcessActivity } from '../../../model/activity.ts';
import { WATCHDOG } from '../../../model/control.ts';
import type { WatchedProcess } from '../../../model/process.ts';
import type { Executed, Life } from './lives.ts';
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

const LONGEST_PATH = 1000;
/** The kernel records which file was executed, and not with which arguments. */
const UNREAD = '';
const MAX_EXECUTIONS = 100;

/** Names the processes of the trace: those that looks know, and those that came and went in between or left the tree. */
export class TracedProcesses {
  readonly #enlist: Enlist;
  readonly #toMs: (ns: number) => number;
  readonly #startTicksOf: (pid: number) => number | null;
  readonly #enlisted: WatchedProcess[] = [];
  /** Their start and end are told by nobody else. */
  readonly #glimpsed: WeakSet<Life> = new WeakSet();

  /** @param startTicksOf as /proc/PID/stat tells it, for as long as nobody has waited for an ended process */
  constructor(enlist: Enlist, toMs: (ns: number) => number, startTicksOf: (pid: number) => number | null) {
    this.#enlist = enlist;
    this.#toMs = toMs;
    this.#startTicksOf = startTicksOf;
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

  /**
   * Notes which programs known processes have executed: what they do from then on is the doing of these.
   * @param cmdlineOf of a process that lives, secrets redacted; null where it is gone
   */
  executed(executed: readonly Executed[], cmdlineOf: (pid: number) => string | null): void {
    for (const [index, { life, process, atNs, name, filename }] of executed.entries()) {
      if (process.target === WATCHDOG) continue;
      const executions = (process.executions ??= []);
      if (executions.at(-1)?.program === null) continue;
      const exe = escapeControls(filename.slice(0, LONGEST_PATH));
      const isLast = !executed.some((other, at) => at > index && other.life === life);
      const cmdline = isLast && life.diedNs === null ? cmdlineOf(process.pid) : null;
      const program = { name: escapeControls(name), cmdline: cmdline ?? UNREAD, exe };
      executions.push({
        atMs: this.#toMs(atNs),
        program: executions.length < MAX_EXECUTIONS ? program : null,
      });
      this.#enlisted.push(process);
    }
  }

  /** Those that were given a place in the run, or another program, since the last call. */
  takeEnlisted(): WatchedProcess[] {
    return this.#enlisted.splice(0);
  }

  #glimpse(life: Life, creator: Life, bornNs: number, parent: WatchedProcess): Glimpse {
    const bornTicks = ticksOf(bornNs);
    const foundTicks = this.#startTicksOf(life.pid) ?? bornTicks;
    // Else its number was given to another process meanwhile.
    const isItself = isSameStart(bornNs, foundTicks);
    const filename = life.filename === null ? null : escapeControls(life.filename.slice(0, LONGEST_PATH));
    return {
      pid: life.pid,
      startTicks: isItself ? foundTicks : bornTicks,
      parentPid: creator.pid,
      sessionId: parent.sessionId,
      name: escapeControls(life.name),
      cmdline: filename === null ? parent.cmdline : UNREAD,
      exe: filename ?? parent.exe,
      startedAtMs: this.#toMs(bornNs),
      target: parent.target,
      parentId: parent.id,
      membership: 'child',
      networkScope: parent.networkScope,
    };
  }

  #activity(
    process: WatchedProcess,
    { parent }: Life,
    op: ProcessActivity['op'],
    ns: number,
  ): ProcessActivity {
    return {
      kind: 'process',
      op,
      atMs: this.#toMs(ns),
      target: process.target,
      collector: 'trace',
      processId: process.target === WATCHDOG ? null : process.id,
      thread: null,
      exe: process.exe,
      parentName: parent === null ? null : escapeControls(parent.process?.name ?? parent.name),
      exitCode: null,
    };
  }
}
