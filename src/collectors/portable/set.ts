import type { Collector } from '../../model/collector.ts';
import type { CollectorReport } from '../../model/evidence.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { Clock } from '../../model/time.ts';
import { networkScopeOf } from '../../os/network-scope.ts';
import type { Procfs } from '../../os/procfs.ts';
import { CgroupStates } from '../linux/cgroup-states.ts';
import { PortableCpuCollector } from './cpu.ts';
import { loadLibraries } from './libraries.ts';
import { PortableMemoryCollector } from './memory.ts';
import { openOwnPort } from './own-port.ts';
import { PortableProcessesCollector } from './processes.ts';
import { PortableReader } from './reader.ts';
import { PortableSocketsCollector } from './sockets.ts';

export interface PortableCollectorOptions {
  /** Where there is one: for the limits of the libraries, and for what freezes and holds back on Linux, which they do not tell. */
  procfs: Procfs | null;
  clock: Pick<Clock, 'nowMs'>;
  tickMs: number;
  platform: NodeJS.Platform;
}

export interface PortableCollectors {
  gate: PortableCpuCollector;
  collectors: Collector[];
  /** Takes the reading that the next look hands over. */
  reader: PortableReader;
  /** Of what the libraries do not tell at all. */
  reports: CollectorReport[];
}

/**
 * All collectors that rest on pidusage and systeminformation, the same on Linux, macOS and Windows; with one reading taken, so
 * that they can be asked what they see.
 */
export async function createPortableCollectors(
  { procfs, clock, tickMs, platform }: PortableCollectorOptions,
  processes: readonly WatchedProcess[],
): Promise<PortableCollectors> {
  const reader = new PortableReader({
    libraries: await loadLibraries(),
    clock,
    ownPort: await openOwnPort(),
    tickMs,
    countProcesses: () => procfs?.pids().length ?? null,
  });
  await reader.take(processes);
  const ownScope = procfs === null ? null : networkScopeOf(procfs, 'self');
  const gate = new PortableCpuCollector(reader);
  return {
    gate,
    reader,
    collectors: [
      gate,
      new PortableMemoryCollector(reader),
      new PortableProcessesCollector(reader, platform, procfs === null ? null : new CgroupStates(procfs)),
      new PortableSocketsCollector(reader, ownScope),
    ],
    reports: (['wakeups', 'io', 'trace'] as const).map((name) => ({
      name,
      target: null,
      status: 'unavailable',
      tier: 'sampled',
      reason: 'the portable collectors do not see it',
      lost: 0,
      cpuSeconds: 0,
    })),
  };
}
