import type { ProcStat } from '../core/parse/proc-stat.ts';
import { MS_PER_TICK } from '../model/clock-ticks.ts';
import type { EndedProcess, WatchedProcess } from '../model/process.ts';
import { findBelonging } from './belonging.ts';
import type { Endings } from './endings.ts';
import { readFacts } from './process-info.ts';
import { hasEnded, type ProcessLookup, type ProcessTable, readStat } from './process-table.ts';
import type { Surroundings } from './surroundings.ts';

/** What came to be watched at one look; what had ended by then is in both lists. */
export interface Adopted {
  started: WatchedProcess[];
  ended: EndedProcess[];
}

/** A process that somebody else has seen. */
export interface Enlisted {
  process: WatchedProcess;
  /** `known`: a look had come across it after all; `joined`: looks follow it from now on. */
  state: 'known' | 'joined' | 'ended';
}

/** Takes processes into the targets that they belong to. */
export class Adoption {
  readonly #around: Surroundings;
  readonly #endings: Endings;
  /** Ended before we came: nothing that happened in this run. */
  readonly #oldZombies: ReadonlySet<string>;

  constructor(around: Surroundings, endings: Endings, atStart: ProcessTable) {
    this.#around = around;
    this.#endings = endings;
    this.#oldZombies = new Set([...atStart.values()].filter(hasEnded).map(keyOf));
  }

  /** Takes in whoever of these belongs to a target by now: children, then their children. */
  adopt(found: ProcessTable, table: ProcessLookup, bootAtMs: () => number): Adopted {
    const { procfs, registry } = this.#around;
    const adopted: Adopted = { started: [], ended: [] };
    let left = [...found.values()]
      .filter((stat) => !registry.hasSeen(stat) && !this.#oldZombies.has(keyOf(stat)))
      .sort((a, b) => a.startTicks - b.startTicks);
    for (let before = -1; left.length !== before; ) {
      before = left.length;
      left = left.filter((stat) => {
        const belonging = findBelonging({ ...this.#around, table }, stat);
        if (belonging === null) return true;
        const process = registry.add(readFacts(procfs, stat, bootAtMs()), belonging);
        adopted.started.push(process);
        if (hasEnded(stat)) adopted.ended.push(this.#endAtOnce(process, stat));
        return false;
      });
    }
    for (const stat of left) if (hasEnded(stat)) this.#endings.collect(stat);
    return adopted;
  }

  /** Takes in a child that no look has come across; null: its target has no tree. */
  enlist(glimpse: Omit<WatchedProcess, 'id'>): Enlisted | null {
    const { procfs, registry, targets } = this.#around;
    const { target, parentId, membership, isSibling } = glimpse;
    if (targets.get(target)?.tree !== true) return null;
    const found = readStat(procfs, glimpse.pid);
    // Its number can have been given to another process meanwhile.
    const stat = found?.startTicks === glimpse.startTicks ? found : null;
    const known = registry.latest(glimpse.pid);
    if (stat !== null && known?.startTicks === stat.startTicks) return { process: known, state: 'known' };
    if (stat === null || hasEnded(stat)) return { process: registry.enlist(glimpse), state: 'ended' };
    const facts = readFacts(procfs, stat, glimpse.startedAtMs - stat.startTicks * MS_PER_TICK);
    const isOther = isSibling === true ? { isSibling } : {};
    const process = registry.add({ ...facts, ...isOther }, { target, parentId, membership });
    return { process, state: 'joined' };
  }

  /** It lived between two looks, and its parent has not asked for it yet. */
  #endAtOnce(process: WatchedProcess, stat: ProcStat): EndedProcess {
    this.#around.registry.end(process);
    return { process, exitCode: this.#endings.collect(stat) };
  }
}

const keyOf = ({ pid, startTicks }: ProcStat): string => `${pid}:${startTicks}`;
