import { PLANTED_PROGRAM } from '../model/control.ts';
import { loadNative } from './native.ts';
import { reap } from './subreaper.ts';

/** Starts a child that ends at once, and collects it. */
export interface ChildBeats {
  /** Returns its pid. */
  start(): number;
  /** Collects those that have ended since. */
  collect(): void;
}

/**
 * By posix_spawn(3), which does not copy our page tables as Node's own fork(2) does: that would cost more than a hundred
 * idle looks. Null without koffi.
 */
export function openChildBeats(): ChildBeats | null {
  const native = loadNative();
  if (native === null) return null;
  const { koffi, libc } = native;
  const spawn = libc.func('posix_spawnp', 'int', ['void *', 'str', 'void *', 'void *', 'char **', 'char **']);
  const running = new Set<number>();
  return {
    start: () => {
      const pid = new Int32Array(1);
      const error = spawn(pid, PLANTED_PROGRAM, null, null, [PLANTED_PROGRAM, null], [null]) as number;
      if (error !== 0)
        throw new Error(`posix_spawn: error ${error}${koffi.errno() === 0 ? '' : ` (${koffi.errno()})`}`);
      running.add(pid[0] ?? 0);
      return pid[0] ?? 0;
    },
    collect: () => {
      for (const pid of running) if (reap(pid) !== null) running.delete(pid);
    },
  };
}
