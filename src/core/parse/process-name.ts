import { basename } from 'node:path';

/** So Node calls its first thread since version 24, with its own name before it since 26, and the kernel with it the process. */
export const FIRST_THREADS: ReadonlySet<string> = new Set(['MainThread', 'node-MainThread']);

/**
 * What a process is called: as the kernel keeps it (comm), or where that says nothing, as its program file.
 * @param exeOf path of its program; null where it is not known
 */
export function processName(comm: string, exeOf: () => string | null): string {
  if (!FIRST_THREADS.has(comm)) return comm;
  const exe = exeOf();
  return exe === null ? comm : basename(exe);
}
