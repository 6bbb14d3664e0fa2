import { escapeControls } from '../../../core/parse/escape-controls.ts';
import type { ProcessActivity } from '../../../model/activity.ts';
import { WATCHDOG } from '../../../model/control.ts';
import type { WatchedProcess } from '../../../model/process.ts';
import type { Executed, Happened, Life, Lives } from './lives.ts';
import type { TracedProcesses } from './traced-processes.ts';

/** A process that was created may be about to execute its program: both are one start. */
const ABOUT_TO_EXECUTE_NS = 1e9;

interface Sources {
  lives: Pick<Lives, 'of' | 'isKnown'>;
  processes: Pick<TracedProcesses, 'of' | 'isGlimpsed' | 'exeOf' | 'learn'>;
  toMs: (ns: number) => number;
  /** Else looks tell better of those that they come across. */
  isWhole: () => boolean;
}

/**
 * Tells which programs start: each process that was created, with the first program that it executed, and each that it, or one
 * that was there before, executes in the place of that. Ends are told of those that looks cannot tell of.
 */
export class ProgramStarts {
  readonly #sources: Sources;
  /** Whose start is not told yet. */
  #waiting: Life[] = [];
  readonly #told: WeakSet<Life> = new WeakSet();
  /** Looks tell of their start. */
  readonly #ofLooks: WeakSet<WatchedProcess> = new WeakSet();

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** Something is to be told at the next look. */
  get isWaiting(): boolean {
    return this.#waiting.some((life) => life.process?.target !== WATCHDOG);
  }

  /** Whether the start of a process has been told, or will be; else whoever asks is to tell it, once and for all. */
  tells(process: WatchedProcess): boolean {
    const { lives, isWhole } = this.#sources;
    const life = isWhole() && lives.isKnown(process) ? lives.of(process.pid) : null;
    if (life !== null && (this.#told.has(life) || this.#waiting.includes(life))) return true;
    this.#ofLooks.add(process);
    return false;
  }

  /** @param isLast of a window: who has executed nothing by now is not waited for */
  take({ born, executed, ended }: Happened, nowNs: number, isLast: boolean): ProcessActivity[] {
    const firsts = new Map(executed.filter(({ isFirst }) => isFirst).map((one) => [one.life, one]));
    const consumed = new Set<Executed>();
    const starting = [...this.#waiting, ...born];
    this.#waiting = [];
    const activities = starting.flatMap((life) => {
      const first = firsts.get(life);
      if (first === undefined && mayExecute(life, nowNs, isLast)) {
        // It is to be known by then.
        if (this.#sources.processes.of(life) !== null) this.#waiting.push(life);
        return [];
      }
      const start = this.#start(life, first);
      if (start.length > 0 && first !== undefined) consumed.add(first);
      return start;
    });
    activities.push(
      ...executed.filter((one) => !consumed.has(one)).flatMap((one) => this.#replacement(one)),
      ...ended.flatMap((life) => this.#end(life)),
    );
    return activities.sort((one, other) => one.atMs - other.atMs);
  }

  /** What is known of those that were waited for, where nothing more will be read. */
  release(): ProcessActivity[] {
    return this.#waiting.splice(0).flatMap((life) => this.#start(life, undefined));
  }

  #start(life: Life, first: Executed | undefined): ProcessActivity[] {
    const { processes, isWhole } = this.#sources;
    const process = processes.of(life);
    if (process === null || life.bornNs === null || this.#ofLooks.has(process)) return [];
    if (!isWhole() && !processes.isGlimpsed(life)) return [];
    this.#told.add(life);
    processes.learn(life, process);
    const exe = processes.exeOf(life, first === undefined ? life.program : first.program, process);
    return [this.#activity(process, life, { op: 'spawn', ns: life.bornNs, exe })];
  }

  #replacement({ life, atNs, program, before }: Executed): ProcessActivity[] {
    const { processes } = this.#sources;
    const process = processes.of(life);
    if (process === null || process.target === WATCHDOG) return [];
    const exe = processes.exeOf(life, program, process);
    const replaced = processes.exeOf(life, before, process);
    return [{ ...this.#activity(process, life, { op: 'spawn', ns: atNs, exe }), replaced }];
  }

  #end(life: Life): ProcessActivity[] {
    const { processes } = this.#sources;
    const process = processes.of(life);
    if (process === null || life.diedNs === null || !processes.isGlimpsed(life)) return [];
    const exe = processes.exeOf(life, life.program, process);
    return [this.#activity(process, life, { op: 'exit', ns: life.diedNs, exe })];
  }

  #activity(
    process: WatchedProcess,
    { parent }: Life,
    { op, ns, exe }: { op: ProcessActivity['op']; ns: number; exe: string | null },
  ): ProcessActivity {
    return {
      kind: 'process',
      op,
      atMs: this.#sources.toMs(ns),
      target: process.target,
      collector: 'trace',
      processId: process.target === WATCHDOG ? null : process.id,
      thread: null,
      exe,
      parentName: parent === null ? null : escapeControls(parent.process?.name ?? parent.name),
      exitCode: null,
    };
  }
}

/** What the watchdog plants is recognised by its program, and always executes one. */
function mayExecute({ diedNs, bornNs, parent }: Life, nowNs: number, isLast: boolean): boolean {
  if (diedNs !== null) return false;
  if (parent?.process?.target === WATCHDOG) return true;
  return !isLast && nowNs - (bornNs ?? 0) < ABOUT_TO_EXECUTE_NS;
}
