import { parseProcStat } from '../core/parse/proc-stat.ts';
import { Procfs } from './procfs.ts';

const PREFIX = 'idleproof';
let count = 0;

/** Whose instance it is: `idleproof-<pid>-<start time>-<number>`, since a pid alone is given again. */
export function newInstanceName(): string {
  count += 1;
  return `${PREFIX}-${process.pid}-${startTicksOf(new Procfs(), process.pid) ?? 0}-${count}`;
}

/** Whether an instance of this name is ours and its process is no longer alive. */
export function isStale(name: string, procfs: Procfs): boolean {
  const [, pid, startTicks] = new RegExp(`^${PREFIX}-(\\d+)-(\\d+)-\\d+$`).exec(name) ?? [];
  if (pid === undefined) return false;
  return startTicksOf(procfs, Number(pid)) !== Number(startTicks);
}

/** Null where there is no such process. */
function startTicksOf(procfs: Procfs, pid: number): number | null {
  const text = procfs.read(`${pid}/stat`);
  return text === null ? null : parseProcStat(text).startTicks;
}
