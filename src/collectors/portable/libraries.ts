import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionRow } from '../../core/parse/portable-connection.ts';

/** What pidusage tells of a process. */
export interface Usage {
  /** Since its start, user and system. */
  cpuMs: number;
  rssBytes: number;
  /** How long ago it started. */
  ageMs: number;
}

/** What systeminformation tells of a process. */
export interface ListedProcess {
  pid: number;
  /** `running`, `sleeping`, `blocked`, `stopped`, …; `unknown` for any other. */
  state: string;
}

/** The two libraries, asked for what the portable collectors need. Each rejects with what went wrong. */
export interface Libraries {
  processes(): Promise<ListedProcess[]>;
  connections(): Promise<ConnectionRow[]>;
  /** By pid; processes that are gone are left out. */
  usage(pids: readonly number[]): Promise<Map<number, Usage>>;
}

/** systeminformation answers with its last list again when it is asked sooner than this after the answer before. */
const REPEATS_WITHIN_MS = 500;

/** Loads pidusage and systeminformation; only now, since a native run needs neither. */
export async function loadLibraries(): Promise<Libraries> {
  const { processes, networkConnections } = await import('systeminformation');
  const { default: pidusage } = await import('pidusage');
  let answeredMs = Number.NEGATIVE_INFINITY;
  let lastList: object | null = null;
  return {
    processes: async () => {
      const sinceMs = performance.now() - answeredMs;
      if (sinceMs < REPEATS_WITHIN_MS) await sleep(REPEATS_WITHIN_MS - sinceMs);
      // One more millisecond: the library counts in whole ones, by the wall clock.
      await sleep(1);
      const { list } = await processes();
      answeredMs = performance.now();
      if (list === lastList) throw new Error('systeminformation gave an old list of processes again');
      lastList = list;
      return list;
    },
    connections: networkConnections,
    usage: async (pids) => {
      const usage = new Map<number, Usage>();
      for (const [pid, stats] of Object.entries(await pidusage([...pids]))) {
        if (stats === null || stats === undefined) continue;
        usage.set(Number(pid), { cpuMs: stats.ctime, rssBytes: stats.memory, ageMs: stats.elapsed });
      }
      return usage;
    },
  };
}
