import { mkdirSync } from 'node:fs';
import type { CommandFact } from '../core/windows/facts.ts';
import type { TargetSpec } from '../model/target.ts';
import { type CommandRun, startCommands } from '../session/command-run.ts';
import type { CommandExit, StartedCommand } from '../targets/command/started-command.ts';
import { CommandKeys } from './command-keys.ts';
import type { Log } from './log/log.ts';
import { rotateOutput } from './output-rotation.ts';

const ROTATE_EVERY_MS = 60_000;
const NEVER: AbortSignal = new AbortController().signal;

export interface CommandsParts {
  /** What the commands say goes to `<target>.log` in there. */
  folder: string;
  log: Log;
  /** A command has ended by itself. */
  onEnded: (target: string, fact: CommandFact) => void;
  /** null: it is over. */
  onProblem: (target: string, problem: string | null) => void;
}

interface Running {
  /** As it is configured. */
  spec: string;
  command: StartedCommand;
  run: CommandRun;
  launchedAtMs: number;
  readyAtMs: number;
}

/** The commands that are targets: started when they are configured, stopped when they are no more, never started again by themselves. */
export class Commands {
  readonly #parts: CommandsParts;
  readonly #keys: CommandKeys;
  readonly #running: Map<string, Running> = new Map();
  /** Those that could not be started the last time; by then they may be wanted no more. */
  readonly #notStarted: Set<string> = new Set();
  #rotatedMs = 0;

  constructor(parts: CommandsParts) {
    this.#parts = parts;
    mkdirSync(parts.folder, { recursive: true, mode: 0o700 });
    this.#keys = new CommandKeys(parts.folder);
  }

  /**
   * Starts what is new and stops what is gone; one whose configuration is the same runs on, or stays ended.
   * @throws IdleproofError COMMAND_NOT_STARTED, after all others were started
   */
  async use(targets: readonly TargetSpec[]): Promise<ReadonlyMap<string, StartedCommand>> {
    const { onProblem } = this.#parts;
    const wanted = targets.filter(({ select }) => select.by === 'command');
    const isKept = ([name, { spec }]: [string, Running]): boolean =>
      wanted.some((target) => target.name === name && specOf(target) === spec);
    await this.#end([...this.#running].filter((entry) => !isKept(entry)));
    for (const name of this.#notStarted) onProblem(name, null);
    this.#notStarted.clear();
    let problem: unknown = null;
    for (const target of wanted) {
      if (this.#running.has(target.name)) continue;
      try {
        await this.#start(target);
      } catch (error) {
        this.#notStarted.add(target.name);
        onProblem(target.name, (error as Error).message);
        problem ??= error;
      }
    }
    if (problem !== null) throw problem as Error;
    return this.started;
  }

  get started(): ReadonlyMap<string, StartedCommand> {
    return new Map([...this.#running].map(([name, { command }]) => [name, command]));
  }

  /** That all of them are up; null where one is not, or there is none. */
  get standing(): CommandFact | null {
    const all = [...this.#running.values()];
    if (all.length === 0 || all.some(({ command }) => command.exited() !== null)) return null;
    return {
      op: 'ready',
      atMs: Math.max(...all.map(({ readyAtMs }) => readyAtMs)),
      launchedAtMs: Math.max(...all.map(({ launchedAtMs }) => launchedAtMs)),
    };
  }

  /** Nothing is to be kept within bounds before; Infinity: nothing runs. */
  get dueAtMs(): number {
    return this.#running.size === 0 ? Infinity : this.#rotatedMs + ROTATE_EVERY_MS;
  }

  /** Keeps what they say within bounds. */
  keep(nowMs: number): void {
    if (nowMs < this.dueAtMs) return;
    this.#rotatedMs = nowMs;
    for (const [target, { command }] of this.#running) {
      try {
        rotateOutput(command.outputPath);
      } catch (error) {
        this.#parts.log.warn('the output of a command could not be rotated', {
          target,
          problem: (error as Error).message,
        });
      }
    }
  }

  /** Stops all of them, and what outlives them. */
  async stop(): Promise<void> {
    await this.#end([...this.#running]);
  }

  async #start(target: TargetSpec): Promise<void> {
    const { folder, log, onProblem } = this.#parts;
    const { name } = target;
    if (await this.#keys.endLeftOver(name)) {
      log.warn('a command of a daemon that died still ran; it was stopped', { target: name });
    }
    const launchedAtMs = Date.now();
    const plan = { targets: [target], ready: null, folder };
    const run = await startCommands(plan, NEVER, () => Date.now());
    const command = run.started.get(name);
    if (command === undefined) return;
    const running = { spec: specOf(target), command, run, launchedAtMs, readyAtMs: Date.now() };
    this.#running.set(name, running);
    this.#note(name, command);
    onProblem(name, null);
    log.info('command started', { target: name, process: command.pid, output: command.outputPath });
    void command.exit.then((exit) => this.#ended(name, running, exit));
  }

  /** It runs all the same: only a daemon that comes after one that was killed would have to know. */
  #note(name: string, command: StartedCommand): void {
    try {
      this.#keys.note(name, command);
    } catch (error) {
      const problem = (error as Error).message;
      this.#parts.log.warn('the process number of a command could not be kept', { target: name, problem });
    }
  }

  #ended(name: string, { command }: Running, { code, signal }: CommandExit): void {
    this.#keys.forget(name, command);
    if (command.isStopping()) return;
    const { log, onEnded, onProblem } = this.#parts;
    const how = signal ?? `exit code ${code}`;
    log.warn('a command has ended by itself; it is not started again', { target: name, how });
    onProblem(name, `the command has ended by itself (${how}); it is not started again`);
    onEnded(name, { op: 'ended', atMs: Date.now() });
  }

  async #end(entries: readonly [string, Running][]): Promise<void> {
    const { log, onProblem } = this.#parts;
    const stop = async ([name, { run }]: [string, Running]): Promise<void> => {
      this.#running.delete(name);
      onProblem(name, null);
      await run.terminate();
      for (const note of run.notes()) log.warn(note, { target: name });
    };
    // At once: the service manager does not wait for one grace time after the other.
    await Promise.all(entries.map(stop));
    // What came to us when its parent ended may belong to any command that still runs.
    if (entries.length === 0 || this.#running.size > 0) return;
    const outliving = this.#keys.treeOf(entries.map(([, { command }]) => command));
    if (outliving.length > 0)
      log.warn('processes have outlived their command; they are stopped', { outliving });
    for (const [, { run }] of entries) {
      await run.sweep();
      await run.abandon();
    }
  }
}

const specOf = ({ name, select }: TargetSpec): string => JSON.stringify([name, select]);
