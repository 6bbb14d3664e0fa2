import { readFileSync } from 'node:fs';
import { parseKeyValues } from '../../core/parse/key-values.ts';
import type { Look } from '../../model/collector.ts';
import type { Procfs } from '../../os/procfs.ts';
import { CgroupPaths } from './cgroup-paths.ts';

export interface CgroupState {
  /** The folder of a frozen cgroup that the process, or one of its threads, is in. */
  frozen: string | null;
  /** The folder of a cgroup whose quota held it back since the look before at which it was read. */
  throttled: string | null;
  /** A cgroup of the process that is not visible here; null when all are. */
  hidden: string | null;
}

/** Held back this long between two reads, a process can have put off what it would have done in the window. */
const THROTTLED_HARD_MS = 100;

/** Whether a process's cgroup is frozen, or its CPU quota holds it back; see cgroups(7). */
export class CgroupStates {
  readonly #procfs: Procfs;
  readonly #paths: CgroupPaths;
  readonly #throttledMs: Map<string, number> = new Map();
  #look: Look | null = null;
  /** What was read of each folder at this look: most processes share theirs. */
  readonly #frozen: Map<string, boolean> = new Map();
  readonly #throttled: Map<string, boolean> = new Map();

  constructor(procfs: Procfs) {
    this.#procfs = procfs;
    this.#paths = new CgroupPaths(procfs);
  }

  /**
   * Null when the process is gone. Threads can be in cgroups of their own (version 1, and threaded ones of version 2): these are asked at full
   * looks.
   */
  of(look: Look, pid: number): CgroupState | null {
    if (this.#look !== look) {
      this.#look = look;
      this.#frozen.clear();
      this.#throttled.clear();
    }
    const own = this.#stateAt(`${pid}`);
    if (own === null || !look.full) return own;
    const threads = (this.#procfs.list(`${pid}/task`) ?? []).filter((tid) => tid !== `${pid}`);
    return threads.reduce((state, tid) => joined(state, this.#stateAt(`${pid}/task/${tid}`)), own);
  }

  #stateAt(place: string): CgroupState | null {
    const folders = this.#paths.of(place);
    if (folders === null) return null;
    const { unified, freezer, quotas, hidden } = folders;
    const isFrozenHere = (folder: string | null): folder is string =>
      folder !== null && once(this.#frozen, folder, isFrozen);
    const throttled = quotas.filter((folder) =>
      once(this.#throttled, folder, () => this.#isThrottled(folder)),
    );
    return {
      frozen: [unified, freezer].find(isFrozenHere) ?? null,
      throttled: throttled.at(0) ?? null,
      hidden,
    };
  }

  #isThrottled(folder: string): boolean {
    const totalMs = readThrottledMs(folder);
    const before = this.#throttledMs.get(folder);
    if (totalMs !== null) this.#throttledMs.set(folder, totalMs);
    return totalMs !== null && before !== undefined && totalMs - before >= THROTTLED_HARD_MS;
  }
}

function joined(one: CgroupState, other: CgroupState | null): CgroupState {
  return {
    frozen: one.frozen ?? other?.frozen ?? null,
    throttled: one.throttled ?? other?.throttled ?? null,
    hidden: one.hidden ?? other?.hidden ?? null,
  };
}

function once(known: Map<string, boolean>, key: string, read: (key: string) => boolean): boolean {
  const value = known.get(key) ?? read(key);
  known.set(key, value);
  return value;
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
