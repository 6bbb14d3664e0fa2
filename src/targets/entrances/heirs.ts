import type { ProcStat } from '../../core/parse/proc-stat.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { Procfs } from '../../os/procfs.ts';
import { permitted, type ProcessTable, readStat } from '../process-table.ts';
import type { Registry } from '../registry.ts';
import type { Surroundings } from '../surroundings.ts';

/**
 * Processes that the first process of a PID namespace may inherit: whoever is in the namespace and loses its parent becomes its
 * child (pid_namespaces(7)), also when others have started it there (nsenter, docker exec), and without the heir running for it.
 */
export class Heirs {
  readonly #procfs: Procfs;
  readonly #registry: Registry;
  /** Namespaces whose first process is watched with its tree, by that process. */
  readonly #namespaces: Map<WatchedProcess, string | null> = new Map();
  readonly #orphansToBe: Map<number, ProcStat> = new Map();

  constructor({ procfs, registry }: Surroundings) {
    this.#procfs = procfs;
    this.#registry = registry;
  }

  /** Whether somebody watched can inherit children. */
  get isExpecting(): boolean {
    return this.#namespaces.size > 0;
  }

  meet(processes: readonly WatchedProcess[], hasTree: (target: string) => boolean): void {
    for (const process of this.#namespaces.keys())
      if (this.#registry.alive(process.pid) !== process) this.#namespaces.delete(process);
    for (const process of processes) {
      if (hasTree(process.target) && this.#isFirst(process.pid))
        this.#namespaces.set(process, this.#namespaceOf(process.pid));
    }
  }

  /** Notes who of these is in such a namespace and nobody's child that is watched. */
  note(found: ProcessTable): void {
    if (!this.isExpecting) return;
    const namespaces = new Set(this.#namespaces.values());
    for (const stat of found.values()) {
      if (this.#registry.hasSeen(stat) || this.#orphansToBe.has(stat.pid)) continue;
      const namespace = this.#namespaceOf(stat.pid);
      // Where it may not be read, it can be any.
      if (namespace === null || namespaces.has(namespace) || namespaces.has(null))
        this.#orphansToBe.set(stat.pid, stat);
    }
  }

  /** Those that have a watched parent by now, and are not watched yet. */
  inherited(): Map<number, ProcStat> {
    const inherited = new Map<number, ProcStat>();
    for (const [pid, before] of this.#orphansToBe) {
      const stat = readStat(this.#procfs, pid);
      if (stat?.startTicks !== before.startTicks || this.#registry.hasSeen(stat))
        this.#orphansToBe.delete(pid);
      else if (this.#registry.alive(stat.parentPid) !== undefined) inherited.set(pid, stat);
    }
    return inherited;
  }

  /** Its number in the innermost namespace is the last; see proc_pid_status(5). */
  #isFirst(pid: number): boolean {
    const status = permitted(() => this.#procfs.read(`${pid}/status`)) ?? '';
    return /^NSpid:\s.*\s1$/mu.test(status);
  }

  #namespaceOf(pid: number): string | null {
    return permitted(() => this.#procfs.link(`${pid}/ns/pid`));
  }
}
