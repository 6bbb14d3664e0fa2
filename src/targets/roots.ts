import { escapeControls } from '../core/parse/escape-controls.ts';
import type { ProcStat } from '../core/parse/proc-stat.ts';
import { IdleproofError } from '../errors.ts';
import type { DisturbanceNotice } from '../model/collector.ts';
import type { EndedProcess, WatchedProcess } from '../model/process.ts';
import { readFacts } from './process-info.ts';
import { type ProcessTable, readTable } from './process-table.ts';
import type { Surroundings } from './surroundings.ts';
import type { TargetState } from './target-state.ts';

/** The processes that targets begin with: found at the start, lost, and found again after a restart. */
export class Roots {
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /**
   * Finds the processes that each target begins with. Throws an IdleproofError when one cannot be found.
   * @param mayBeAbsent one that is not there is no error
   */
  claim(table: ProcessTable, bootAtMs: () => number, mayBeAbsent: boolean): void {
    const scene = { procfs: this.#around.procfs, table, guard: this.#around.guard };
    const claims = new Map<number, TargetState>();
    for (const target of this.#around.targets.values()) {
      const pids = mayBeAbsent ? target.resolveAgain(scene) : target.resolve(scene);
      for (const pid of pids) {
        const first = claims.get(pid)?.name;
        const name = escapeControls(table.get(pid)?.name ?? '');
        if (first !== undefined)
          throw new IdleproofError('TARGET_OVERLAP', { pid, name, first, second: target.name });
        claims.set(pid, target);
      }
    }
    for (const [pid, target] of claims) {
      const stat = table.get(pid);
      if (stat !== undefined) this.#add(target, stat, bootAtMs);
    }
  }

  /** A root can be the child of another target's process; to be called when all are found. */
  linkToParents(): void {
    const { registry, targets } = this.#around;
    for (const root of [...targets.values()].flatMap(({ roots }) => [...roots]))
      root.parentId ??= registry.alive(root.parentPid)?.id ?? null;
  }

  /** Returns the targets that have lost their last root. */
  remove(ended: readonly EndedProcess[]): Map<TargetState, WatchedProcess> {
    const lost = new Map<TargetState, WatchedProcess>();
    for (const { process } of ended) {
      this.#around.registry.end(process);
      const target = this.#around.targets.get(process.target);
      if (target?.roots.delete(process) !== true || target.roots.size > 0) continue;
      target.absence = `process ${process.pid} (${process.name}) has ended`;
      lost.set(target, process);
    }
    return lost;
  }

  /** Looks for targets that restarted, and (at a full look) for those that have moved to another process. */
  findAgain(
    lost: ReadonlyMap<TargetState, WatchedProcess>,
    full: boolean,
    known: ProcessTable | null,
    bootAtMs: () => number,
  ): { started: WatchedProcess[]; replaced: DisturbanceNotice[] } {
    const started: WatchedProcess[] = [];
    const replaced: DisturbanceNotice[] = [];
    let table = known;
    for (const target of this.#around.targets.values()) {
      const wasThere = target.roots.size > 0;
      if (!target.canReturn || (wasThere && !(full && target.mayHaveMoved(this.#around.procfs)))) continue;
      const startedBefore = started.length;
      table ??= readTable(this.#around.procfs);
      const { procfs, guard } = this.#around;
      const pids = target.resolveAgain({ procfs, table, guard });
      for (const pid of pids) {
        const watched = this.#around.registry.alive(pid);
        const stat = table.get(pid);
        if (watched?.target === target.name) target.roots.add(watched);
        else if (watched !== undefined) {
          target.absence = `process ${pid} (${watched.name}) is watched as a part of ${watched.target} already`;
        } else if (stat !== undefined) {
          const root = this.#add(target, stat, bootAtMs);
          started.push(root);
          const detail = describeReplacement(root, lost.get(target), wasThere);
          if (detail !== null) replaced.push({ target: target.name, kind: 'replaced', detail });
        }
      }
      const doubt =
        wasThere && started.length === startedBefore ? describeRewritten(target, pids.length > 0) : null;
      if (doubt !== null) replaced.push({ target: target.name, kind: 'ambiguous', detail: doubt });
    }
    return { started, replaced };
  }

  #add(target: TargetState, stat: ProcStat, bootAtMs: () => number): WatchedProcess {
    const parentId = this.#around.registry.alive(stat.parentPid)?.id ?? null;
    const facts = readFacts(this.#around.procfs, stat, bootAtMs());
    const process = this.#around.registry.add(facts, { target: target.name, parentId, membership: 'root' });
    target.roots.add(process);
    return process;
  }
}

function describeReplacement(
  root: WatchedProcess,
  lost: WatchedProcess | undefined,
  wasThere: boolean,
): string | null {
  if (lost !== undefined) {
    return `process ${lost.pid} was replaced by ${root.pid} (${root.name}) between two looks; what ran in between is not known`;
  }
  return wasThere ? `process ${root.pid} (${root.name}) has taken over; how long ago is not known` : null;
}

/** A pidfile that was changed may have named another process in between; what else a selector goes by does not tell. */
function describeRewritten({ spec, absence }: TargetState, isClear: boolean): string | null {
  if (spec.select.by !== 'pidfile') return null;
  return isClear
    ? 'its pidfile was written since the last full look; whether it named another process in between is not known'
    : `its pidfile has changed, and whom it names is not known: ${absence}`;
}
