import type { ProcStat } from '../../core/parse/proc-stat.ts';
import { describeSelector } from '../../core/parse/selector.ts';
import type { DisturbanceNotice } from '../../model/collector.ts';
import type { Selector } from '../../model/target.ts';
import { ancestors, hasEnded, type ProcessLookup, readStat } from '../process-table.ts';
import { hasCmdline } from '../select/by-cmdline.ts';
import { isNamed } from '../select/by-name.ts';
import { describe } from './strangers.ts';
import type { Surroundings } from '../surroundings.ts';
import type { TargetState } from '../target-state.ts';

interface Namesake {
  target: TargetState;
  stat: ProcStat;
}

/**
 * Processes that came while a target ran, and to which its name or command line leads as well. At the start the target would have
 * been ambiguous: nobody can tell which of them is meant, and only one of them is watched.
 */
export class Namesakes {
  readonly #around: Surroundings;
  #found: Namesake[] = [];

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** @param newcomers that no target's tree has */
  find(newcomers: readonly ProcStat[], targets: Iterable<TargetState>, table: ProcessLookup): void {
    const { procfs, guard, registry } = this.#around;
    for (const target of targets) {
      const { select } = target.spec;
      if ((select.by !== 'name' && select.by !== 'cmdline') || target.roots.size === 0) continue;
      const isMeant = this.#meantBy(select);
      for (const stat of newcomers) {
        // Asked anew each time: what was no namesake may have executed another program since.
        if (hasEnded(stat) || this.#isFound(target, stat) || !isMeant(stat)) continue;
        const isChild = [...ancestors(table, stat.pid)].some((ancestor) => registry.hasSeen(ancestor));
        if (isChild || guard.refusal(table, stat) !== null) continue;
        this.#found.push({ target, stat });
        target.noteOrphans([describe(procfs, stat, reasonOf(select))]);
      }
    }
  }

  /** What has to be said at each look while one of them is there, and the target's own. */
  disturbances(): DisturbanceNotice[] {
    if (this.#found.length === 0) return [];
    this.#found = this.#found.filter(({ target, stat }) => target.roots.size > 0 && this.#isThere(stat));
    return this.#found.map(({ target, stat }) => ({
      target: target.name,
      kind: 'ambiguous',
      detail: `process ${stat.pid} (${stat.name}) is not watched: ${reasonOf(target.spec.select)}`,
    }));
  }

  #meantBy(select: Selector & { by: 'name' | 'cmdline' }): (stat: ProcStat) => boolean {
    if (select.by === 'name') return (stat) => isNamed(this.#around, stat, select.name);
    const expression = new RegExp(select.pattern);
    return ({ pid }) => hasCmdline(this.#around, pid, expression);
  }

  #isFound(target: TargetState, { pid, startTicks }: ProcStat): boolean {
    return this.#found.some(
      (one) => one.target === target && one.stat.pid === pid && one.stat.startTicks === startTicks,
    );
  }

  #isThere({ pid, startTicks }: ProcStat): boolean {
    const stat = readStat(this.#around.procfs, pid);
    if (stat === null || stat.startTicks !== startTicks || hasEnded(stat)) return false;
    return !this.#around.registry.hasSeen(stat);
  }
}

const reasonOf = (select: Selector): string =>
  `it appeared while the target ran, and ${describeSelector(select)} leads to it as well`;
