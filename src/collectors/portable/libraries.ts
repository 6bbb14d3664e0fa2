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
  /** Of its program. */
  name: string;
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

/** systeminformation answers with its last list again for 500 whole milliseconds of the wall clock. */
const REPEATS_WITHIN_MS = 501;
/** How often it is asked again where the wall clock was set back meanwhile. */
const TRIES = 3;

/** Loads pidusage and systeminformation; only now, since a native run needs neither. */
export async function loadLibraries(): Promise<Libraries> {
  const { processes, networkConnections } = await import('systeminformation');
  const { default: pidusage } = await import('pidusage');
  let answeredMs = Number.NEGATIVE_INFINITY;
  let lastList: object | null = null;
  return {
    processes: async () => {
      for (let tries = 0; tries < TRIES; tries += 1) {
        await sleepUntil(answeredMs + REPEATS_WITHIN_MS);
        const { list } = await processes();
        answeredMs = performance.now();
        if (list !== lastList) return (lastList = list);
      }
      throw new Error('systeminformation gave an old list of processes again');
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

/** A timer may fire early, by the part of a millisecond that it does not count. */
async function sleepUntil(atMs: number): Promise<void> {
  while (performance.now() < atMs) await sleep(Math.ceil(atMs - performance.now()));
}
