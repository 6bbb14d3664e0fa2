import { readFileSync, statSync } from 'node:fs';
import { parseKeyValues } from '../../core/parse/key-values.ts';
import type { DisturbanceKind, Look } from '../../model/collector.ts';
import type { Procfs } from '../../os/procfs.ts';
import { CgroupPaths } from './cgroup-paths.ts';

export interface CgroupState {
  kind: Extract<DisturbanceKind, 'frozen' | 'throttled'>;
  detail: string;
}

/** Held back this long between two reads, a process can have put off what it would have done in the window. */
const THROTTLED_HARD_MS = 100;

/** Whether a process's cgroup is frozen, or its CPU quota holds it back; see cgroups(7). */
export class CgroupStates {
  readonly #paths: CgroupPaths;
  readonly #throttledMs: Map<string, number> = new Map();
  #look: Look | null = null;
  /** Folders that were throttled hard at this look; true or false once read. */
  readonly #throttledNow: Map<string, boolean> = new Map();

  constructor(procfs: Procfs) {
    this.#paths = new CgroupPaths(procfs);
  }

  /**
   * Whether processes can be frozen without running a last time. They can by the freezer of version 1: a sleeping task is
   * frozen as it sleeps, so its CPU clock does not tell, and processes must be looked at that did not move. (Freezing by
   * version 2, SIGSTOP and ptrace make it run.) The folder's link count tells whether it has any cgroup but the root,
   * which cannot be frozen.
   */
  canFreezeUnnoticed(): boolean {
    const mount = this.#paths.freezerMount;
    return mount !== null && (statSync(mount, { throwIfNoEntry: false })?.nlink ?? 0) !== 2;
  }

  /** A cgroup of the process that is not visible here; null when all are. */
  hidden(pid: number): string | null {
    return this.#paths.of(pid)?.hidden ?? null;
  }

  of(look: Look, pid: number): CgroupState[] {
    const folders = this.#paths.of(pid);
    if (folders === null) return [];
    const states: CgroupState[] = [];
    const frozen = [folders.unified, folders.freezer].find((folder) => folder !== null && isFrozen(folder));
    if (frozen !== undefined) states.push({ kind: 'frozen', detail: `the cgroup ${frozen} is frozen` });
    const throttled = folders.quotas.filter((folder) => this.#isThrottled(look, folder));
    if (throttled[0] !== undefined) {
      states.push({ kind: 'throttled', detail: `the CPU quota of the cgroup ${throttled[0]} held it back` });
    }
    return states;
  }

  /** Remembers how long each cgroup was held back so far, so every one counts once a look for all its processes. */
  #isThrottled(look: Look, folder: string): boolean {
    if (this.#look !== look) this.#throttledNow.clear();
    this.#look = look;
    const known = this.#throttledNow.get(folder);
    if (known !== undefined) return known;
    const totalMs = readThrottledMs(folder);
    const before = this.#throttledMs.get(folder);
    if (totalMs !== null) this.#throttledMs.set(folder, totalMs);
    const isThrottled = totalMs !== null && before !== undefined && totalMs - before >= THROTTLED_HARD_MS;
    this.#throttledNow.set(folder, isThrottled);
    return isThrottled;
  }
}

/** `frozen` of cgroup.events is set by an enclosing cgroup, too; so is freezer.state of version 1. */
function isFrozen(folder: string): boolean {
  const events = readOrNull(`${folder}/cgroup.events`);
  if (events !== null && parseKeyValues(events).get('frozen') === 1) return true;
  return /^(FROZEN|FREEZING)/.test(readOrNull(`${folder}/freezer.state`) ?? '');
}

/** Version 2 counts in microseconds, version 1 in nanoseconds. Null without a quota controller. */
function readThrottledMs(folder: string): number | null {
  const values = parseKeyValues(readOrNull(`${folder}/cpu.stat`) ?? '');
  const micro = values.get('throttled_usec');
  if (micro !== undefined) return micro / 1e3;
  const nano = values.get('throttled_time');
  return nano === undefined ? null : nano / 1e6;
}

/** Not every cgroup has every file: roots have no freezer, groups without the controller no quota. */
function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
