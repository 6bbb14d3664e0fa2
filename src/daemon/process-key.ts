import type { ProcessKey } from '../model/process.ts';

/** Whether a value that was read from a file names a process. */
export function isProcessKey(value: unknown): value is ProcessKey {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, startTicks } = value as Partial<ProcessKey>;
  return Number.isSafeInteger(pid) && Number.isSafeInteger(startTicks);
}
