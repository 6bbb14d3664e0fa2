import { redactArguments } from '../core/parse/cmdline.ts';
import type { ProcStat } from '../core/parse/proc-stat.ts';
import { describeSelector } from '../core/parse/selector.ts';
import { IdleproofError } from '../errors.ts';
import type { DisturbanceNotice } from '../model/collector.ts';
import type { StartElsewhere } from '../model/outsider.ts';
import type { WatchedProcess } from '../model/process.ts';
import type { Procfs } from '../os/procfs.ts';
import type { Orphan, TargetReport, TargetSpec } from '../model/target.ts';
import type { CgroupTest, Scene } from './scene.ts';
import { selectorSignature, selectRoots } from './select/select.ts';
import type { StartedCommand } from './command/started-command.ts';

const MAX_ORPHANS = 20;
const MAX_STARTED_ELSEWHERE = 10;

const OFFLINE =
  'it ran in a network of its own, offline: whatever was counted in there is its own, and calls to other addresses were refused';

/** One target in the course of a run: its roots, whether it is there, and what could not be followed. */
export class TargetState {
  readonly spec: TargetSpec;
  readonly command: StartedCommand | null;
  readonly roots: Set<WatchedProcess> = new Set();
  /** Where it is a cgroup as a whole. */
  cgroup: CgroupTest | null = null;
  /** Why there is no root. */
  absence = '';
  #signature: string | null = null;
  readonly #orphans: Map<number, Orphan> = new Map();
  /** Further instances of its program, by pid and time; the least that is known of them is that they ran. */
  readonly #startedElsewhere: Map<string, { stranger: Orphan; executedTicks: number }> = new Map();
  #moreElsewhere = 0;
  #missedStarts = false;

  constructor(spec: TargetSpec, command: StartedCommand | null) {
    this.spec = spec;
    this.command = command;
  }

  get name(): string {
    return this.spec.name;
  }

  get tree(): boolean {
    return this.spec.tree;
  }

  get isCommand(): boolean {
    return this.spec.select.by === 'command';
  }

  /** A pid or a command that is gone stays gone; anything else may come back under another pid. */
  get canReturn(): boolean {
    return this.spec.select.by !== 'pid' && this.spec.select.by !== 'command';
  }

  /** Whether its selector may lead to another process, or have done so since it was resolved, although a root lives on. */
  mayHaveMoved(procfs: Procfs): boolean {
    if (this.roots.size === 0) return false;
    const signature = selectorSignature(procfs, this.spec.select);
    return signature !== null && signature !== this.#signature;
  }

  /** Pids of the roots. Throws the user's error when there are none. */
  resolve(scene: Scene): readonly number[] {
    // What changes while it is resolved is a change.
    const signature = selectorSignature(scene.procfs, this.spec.select);
    const { pids, cgroup } = selectRoots(scene, this.spec.select, this.command);
    this.cgroup = cgroup;
    this.#signature = signature;
    return pids;
  }

  /** The same; empty when it is unclear. */
  resolveAgain(scene: Scene): readonly number[] {
    try {
      return this.resolve(scene);
    } catch (error) {
      if (!(error instanceof IdleproofError)) throw error;
      this.absence = error.message;
      return [];
    }
  }

  /** What has to be said at each look while the target is not there. */
  disturbance(): DisturbanceNotice | null {
    if (this.roots.size > 0 || this.command?.isStopping() === true) return null;
    return { target: this.name, kind: 'absent', detail: this.absence };
  }

  noteOrphans(orphans: readonly Orphan[]): void {
    for (const orphan of orphans) {
      if (this.#orphans.size < MAX_ORPHANS || this.#orphans.has(orphan.pid))
        this.#orphans.set(orphan.pid, orphan);
    }
  }

  noteStartedElsewhere({ pid, executedTicks }: StartElsewhere, stranger: Orphan): void {
    // Others may have had its number.
    const key = `${pid}:${executedTicks}`;
    if (this.#startedElsewhere.has(key)) return;
    if (this.#startedElsewhere.size < MAX_STARTED_ELSEWHERE)
      this.#startedElsewhere.set(key, { stranger, executedTicks });
    else this.#moreElsewhere += 1;
  }

  /** Not every program that was started on this host was seen. */
  noteMissedStarts(): void {
    this.#missedStarts = true;
  }

  /** What was told once is told again only of those that are still there. */
  forgetOrphans(isAlive: (pid: number) => boolean): void {
    for (const pid of this.#orphans.keys()) if (!isAlive(pid)) this.#orphans.delete(pid);
    for (const [key, { stranger }] of this.#startedElsewhere)
      if (!isAlive(stranger.pid)) this.#startedElsewhere.delete(key);
    this.#moreElsewhere = 0;
    this.#missedStarts = false;
  }

  /** It is watched after all. */
  forgetOrphan({ pid, startTicks }: Pick<ProcStat, 'pid' | 'startTicks'>): void {
    this.#orphans.delete(pid);
    for (const [key, { stranger, executedTicks }] of this.#startedElsewhere)
      if (stranger.pid === pid && executedTicks >= startTicks) this.#startedElsewhere.delete(key);
  }

  /**
   * @param notes said of every target
   * @param known `isTraced`: whether the kernel told of every process that was created; `isCounted`: whether nobody can run unnoticed in
   *   the control group that it is
   */
  report(notes: readonly string[], known: { isTraced: boolean; isCounted: boolean }): TargetReport {
    const { name, select, events, files, logs, derived } = this.spec;
    const network = this.command?.ownNetwork;
    return {
      name,
      // The evidence goes where the proof goes, and neither tells a secret.
      selector: select.by === 'command' ? { ...select, argv: redactArguments(select.argv) } : select,
      events,
      ...(files === undefined ? {} : { files }),
      ...(logs === undefined ? {} : { logs }),
      ...(derived === undefined ? {} : { derived }),
      ...(network == null ? {} : { ownNetwork: network.namespace.scope }),
      orphans: [
        ...this.#orphans.values(),
        ...[...this.#startedElsewhere.values()]
          .map(({ stranger }) => stranger)
          .filter(({ pid }) => !this.#orphans.has(pid)),
      ],
      notes: [
        ...notes,
        ...(network == null ? [] : [OFFLINE]),
        ...this.#notes(known),
        ...this.#notesOnStarts(),
      ],
    };
  }

  #notesOnStarts(): string[] {
    const more = this.#moreElsewhere;
    return [
      ...(more > 0 ? [`its program was started outside of its tree ${more} more times`] : []),
      ...(this.#missedStarts ? ['programs that others start were not all seen'] : []),
    ];
  }

  #notes({ isTraced, isCounted }: { isTraced: boolean; isCounted: boolean }): string[] {
    if (!this.tree) return ['its child processes were not watched (tree: false)'];
    if (this.command?.isSubreaper === false) {
      return ['daemons that the command leaves behind were not followed: koffi could not be loaded'];
    }
    if (this.cgroup !== null && !isCounted && !isTraced && this.roots.size > 0) {
      return [
        'processes that others start in its control group and that end within one tick are not seen: ' +
          'the CPU time of the group is not counted here, or the watchdog runs in it',
      ];
    }
    if (this.isCommand || this.cgroup !== null || isTraced) return [];
    return [
      `a child of ${describeSelector(this.spec.select)} that daemonizes within one tick is not followed; ` +
        'start the program with -- command, or select its unit or cgroup, to follow those too',
    ];
  }
}
