import type { WatchedProcess } from '../../model/process.ts';

/**
 * A process as it was at a time: what it did before execve(2) is not what the program did that it runs now. Null where it
 * executed so many that nobody knows. The same object for the same program.
 */
export type ProgramAt = (process: WatchedProcess, atMs: number) => WatchedProcess | null;

/** Answers by what `executions` tell, and remembers what it has answered. */
export function programsAt(): ProgramAt {
  const known = new Map<object, WatchedProcess>();
  return (process, atMs) => {
    const execution = process.executions?.findLast((one) => one.atMs <= atMs);
    if (execution === undefined) return process;
    if (execution.program === null) return null;
    const before = known.get(execution);
    if (before !== undefined) return before;
    const then = { ...process, ...execution.program };
    known.set(execution, then);
    return then;
  };
}
