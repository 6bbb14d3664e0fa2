import type { WatchedProcess } from '../../model/process.ts';

/** What a reader is shown as the command of a process: its program where the command line is not known. */
export function commandOf({ cmdline, exe }: Pick<WatchedProcess, 'cmdline' | 'exe'>): string {
  return cmdline === '' ? (exe ?? '') : cmdline;
}
