import type { Look } from '../../../../src/model/collector.ts';
import type { WatchedProcess } from '../../../../src/model/process.ts';

/** A look at which everything moved, unless the test says otherwise. */
export function lookAt(processes: readonly WatchedProcess[], over: Partial<Look> = {}): Look {
  return {
    nowMs: 2000,
    previousMs: 1000,
    full: false,
    processes,
    moved: new Set(processes.map(({ id }) => id)),
    started: [],
    ended: [],
    ...over,
  };
}
