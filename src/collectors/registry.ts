import type { Collector } from '../model/collector.ts';
import type { CpuClock } from '../os/cpu-clock.ts';
import { sharesFiles } from '../os/kcmp.ts';
import { openSockDiag } from '../os/netlink.ts';
import type { Procfs } from '../os/procfs.ts';
import { socketProtocolName } from '../os/socket-protocol.ts';
import { CpuCollector } from './linux/cpu.ts';
import { IoCollector } from './linux/io.ts';
import { LookReader } from './linux/look-reader.ts';
import { MemoryCollector } from './linux/memory.ts';
import { ProcessesCollector } from './linux/processes.ts';
import { SocketsCollector } from './linux/sockets.ts';
import { WakeupsCollector } from './linux/wakeups.ts';

export interface LinuxCollectorOptions {
  procfs: Procfs;
  /** The kernel's CPU clock; null without koffi. */
  clock: CpuClock | null;
}

/** All collectors of Linux. The gate is the first of them; it is asked before each look which processes ran. */
export function createLinuxCollectors({ procfs, clock }: LinuxCollectorOptions): {
  gate: CpuCollector;
  collectors: Collector[];
} {
  const reader = new LookReader(procfs);
  const gate = new CpuCollector(procfs, clock, reader);
  const sources = {
    openNetlink: openSockDiag,
    protocolName: socketProtocolName(),
    sharesFiles: sharesFiles(),
  };
  const collectors: Collector[] = [
    gate,
    new MemoryCollector(reader),
    new WakeupsCollector(reader, clock),
    new IoCollector(reader),
    new ProcessesCollector(reader),
    new SocketsCollector(reader, sources),
  ];
  return { gate, collectors };
}
