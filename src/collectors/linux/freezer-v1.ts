import { type FSWatcher, statSync, watch } from 'node:fs';
import { parseCgroupMounts } from '../../core/parse/mountinfo.ts';
import { countV1Cgroups } from '../../core/parse/proc-cgroups.ts';
import { KeptFile } from '../../os/kept-file.ts';
import type { Procfs } from '../../os/procfs.ts';

/** The cgroup namespace that the host starts with: PROC_CGROUP_INIT_INO of the kernel's proc_ns.h. */
const HOST_NAMESPACE = 'cgroup:[4026531835]';

/** Links of a folder without subfolders: its name, and itself. */
const EMPTY_LINKS = 2;

/**
 * Whether anything could be frozen unnoticed. The freezer of version 1 freezes a sleeping task as it sleeps, so that its CPU clock does not tell. (Freezing by version 2,
 * SIGSTOP and ptrace make a task run.) Its root cannot be frozen: as long as there is no other cgroup, nothing can.
 */
export class FreezerV1 {
  /** The root of the hierarchy, where all of it is visible: its links tell whether it holds anything. */
  readonly #root: string | null;
  /** Says when cgroups are made, so that nothing need be asked at each look; null where it cannot. */
  #watcher: FSWatcher | null = null;
  #isStale = true;
  /** Elsewhere the number of all cgroups, which takes the kernel longer to write. */
  readonly #counts: KeptFile | null;
  #hasCgroups = false;

  constructor(procfs: Procfs) {
    const isPresent = countV1Cgroups(procfs.read('cgroups') ?? '', 'freezer') > 0;
    this.#root = isPresent ? visibleRoot(procfs) : null;
    this.#counts = isPresent && this.#root === null ? new KeptFile(`${procfs.root}/cgroups`) : null;
    if (this.#root !== null) this.#watch(this.#root);
  }

  /** Whether processes can be frozen without running a last time. */
  canFreezeUnnoticed(): boolean {
    if (this.#root !== null && (this.#isStale || this.#watcher === null)) {
      this.#isStale = false;
      const links = statSync(this.#root, { throwIfNoEntry: false })?.nlink ?? Infinity;
      this.#hasCgroups = links > EMPTY_LINKS;
    }
    const text = this.#counts?.readIfChanged() ?? null;
    if (text !== null) this.#hasCgroups = countV1Cgroups(text, 'freezer') > 1;
    return this.#hasCgroups;
  }

  close(): void {
    this.#counts?.close();
    this.#watcher?.close();
  }

  #watch(root: string): void {
    try {
      this.#watcher = watch(root, { persistent: false }, () => {
        this.#isStale = true;
      });
      this.#watcher.on('error', () => {
        this.#watcher = null;
      });
    } catch {
      // No inotify watch to be had: stat(2) is asked at each look.
    }
  }
}

function visibleRoot(procfs: Procfs): string | null {
  if (procfs.link('self/ns/cgroup') !== HOST_NAMESPACE) return null;
  const mounts = parseCgroupMounts(procfs.read('self/mountinfo') ?? '');
  const whole = mounts.find(({ controllers, root }) => root === '/' && controllers.includes('freezer'));
  return whole?.mountPoint ?? null;
}
