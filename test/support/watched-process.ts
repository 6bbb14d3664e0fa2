import type { WatchedProcess } from '../../src/model/process.ts';

/** A real process as a target's root. */
export function watchedProcess(pid: number): WatchedProcess {
  return {
    id: pid,
    pid,
    startTicks: 1,
    parentPid: 1,
    sessionId: 1,
    name: 'python3',
    cmdline: 'python3',
    exe: null,
    startedAtMs: 0,
    target: 'app',
    parentId: null,
    membership: 'root',
    networkScope: null,
  };
}
