import type { ProcStat } from '../core/parse/proc-stat.ts';
import type { ProcessKey, WatchedProcess } from '../model/process.ts';
import type { ProcessFacts } from './process-info.ts';

/** How a process came to be watched. */
export type Belonging = Pick<WatchedProcess, 'target' | 'parentId' | 'membership'>;

const keyOf = ({ pid, startTicks }: ProcessKey): string => `${pid}:${startTicks}`;

/** All watched processes of a run, alive and ended, numbered in the order in which they were first seen. */
export class Registry {
  readonly everSeen: WatchedProcess[] = [];
  readonly #keys: Set<string> = new Set();
  readonly #alive: Map<number, WatchedProcess> = new Map();
  readonly #latest: Map<number, WatchedProcess> = new Map();
  #processes: readonly WatchedProcess[] | null = null;

  /** The living ones; the same array for as long as nothing changes. */
  get processes(): readonly WatchedProcess[] {
    this.#processes ??= [...this.#alive.values()];
    return this.#processes;
  }

  /** Numbers a process that has ended already. */
  enlist(ended: Omit<WatchedProcess, 'id'>): WatchedProcess {
    const process: WatchedProcess = { id: this.everSeen.length + 1, ...ended };
    this.everSeen.push(process);
    this.#keys.add(keyOf(process));
    return process;
  }

  add(facts: ProcessFacts, belonging: Belonging): WatchedProcess {
    const process = this.enlist({ ...facts, ...belonging });
    this.#alive.set(process.pid, process);
    this.#latest.set(process.pid, process);
    this.#processes = null;
    return process;
  }

  end(process: WatchedProcess): void {
    if (this.#alive.get(process.pid) === process) this.#alive.delete(process.pid);
    this.#processes = null;
  }

  byId(id: number): WatchedProcess | undefined {
    return this.everSeen[id - 1];
  }

  /** The living process with that pid. */
  alive(pid: number): WatchedProcess | undefined {
    return this.#alive.get(pid);
  }

  /** The last process with that pid, alive or ended. */
  latest(pid: number): WatchedProcess | undefined {
    return this.#latest.get(pid);
  }

  hasSeen(stat: ProcStat): boolean {
    return this.#keys.has(keyOf(stat));
  }
}
