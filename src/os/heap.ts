import { setFlagsFromString } from 'node:v8';

/**
 * Tells V8 that this program is small and stays so. To be called before everything else is loaded.
 * - The space for young objects is not doubled while the program loads; it would never be given back (9 MB).
 * - Garbage is collected when memory is asked for, never in a task of its own: some seconds after a program has calmed down
 *   V8 would do so only to use less memory, 30 ms of CPU that would stand in our own bill for watching. In a task there is
 *   no JavaScript context either, which the destructors of native addons need since Node 24 (node_object_wrap.h): with
 *   better-sqlite3 the process would be aborted.
 */
export function keepHeapCalm(): void {
  for (const flag of [
    '--semi-space-growth-factor=1',
    '--no-incremental-marking',
    '--no-memory-reducer',
    '--no-minor-gc-task',
  ]) {
    setFlagsFromString(flag);
  }
}
