import { constants } from 'node:os';
import type { EndedProcess, WatchedProcess } from '../model/process.ts';
import type { ProcStat } from '../core/parse/proc-stat.ts';
import { reap } from '../os/subreaper.ts';
import type { Guard } from './guard.ts';
import { hasEnded, type ProcessLookup } from './process-table.ts';
import type { CommandExit, StartedCommand } from './command/started-command.ts';

/** Finds out which watched processes have ended, and collects those that came to us as subreaper. */
export class Endings {
  readonly #guard: Guard;
  readonly #commands: readonly StartedCommand[];
  readonly #waiting: Set<WatchedProcess> = new Set();

  constructor(guard: Guard, commands: readonly StartedCommand[]) {
    this.#guard = guard;
    this.#commands = commands;
  }

  /** Main processes of commands that have ended, of which Node has not told the exit code yet. */
  get waiting(): ReadonlySet<WatchedProcess> {
    return this.#waiting;
  }

  find(processes: Iterable<WatchedProcess>, table: ProcessLookup): EndedProcess[] {
    const ended: EndedProcess[] = [];
    for (const process of processes) {
      const stat = table.get(process.pid);
      const isSame = stat?.startTicks === process.startTicks;
      if (isSame && !hasEnded(stat)) continue;
      const command = this.#commandOf(process);
      if (isSame && command?.exited() === null) {
        this.#waiting.add(process);
        continue;
      }
      this.#waiting.delete(process);
      const exitCode =
        command === undefined ? this.collect(isSame ? stat : undefined) : codeOf(command.exited());
      ended.push({ process, exitCode });
    }
    return ended;
  }

  /** Collects an ended process, if it came to us as subreaper; returns its exit code, null where it is not known. */
  collect(stat: ProcStat | undefined): number | null {
    return stat !== undefined && this.#guard.isAdopted(stat) ? reap(stat.pid) : null;
  }

  #commandOf({ pid, startTicks }: WatchedProcess): StartedCommand | undefined {
    return this.#commands.find((command) => command.pid === pid && command.startTicks === startTicks);
  }
}

/** As shells give it: 128 + the number of the signal that ended it. */
function codeOf(exit: CommandExit | null): number | null {
  if (exit === null || exit.signal === null) return exit?.code ?? null;
  return 128 + constants.signals[exit.signal];
}
