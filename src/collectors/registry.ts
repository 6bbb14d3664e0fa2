import type { Collector } from '../model/collector.ts';
import type { CpuClock } from '../os/cpu-clock.ts';
import { sharesFiles } from '../os/kcmp.ts';
import { openSockDiag } from '../os/netlink.ts';
import { hasKernelPids } from '../os/pid-namespace.ts';
import { removeStaleInstances } from '../os/stale-instances.ts';
import { openTraceInstance, type TraceInstance } from '../os/trace-instance.ts';
import { findTracefs } from '../os/tracefs.ts';
import type { OwnNetwork } from '../os/own-network.ts';
import type { Procfs } from '../os/procfs.ts';
import { socketProtocolName } from '../os/socket-protocol.ts';
import { CpuCollector } from './linux/cpu.ts';
import { IoCollector } from './linux/io.ts';
import { LookReader } from './linux/look-reader.ts';
import { MemoryCollector } from './linux/memory.ts';
import { OwnNetworkSockets } from './linux/own-network/collector.ts';
import { ProcessesCollector } from './linux/processes.ts';
import { SocketsCollector } from './linux/sockets.ts';
import { TraceCollector, type TraceOptions } from './linux/trace/collector.ts';
import { WakeupsCollector } from './linux/wakeups.ts';

export interface LinuxCollectorOptions {
  procfs: Procfs;
  /** The kernel's CPU clock; null without koffi. */
  clock: CpuClock | null;
  /** By target, the networks that were made for targets. */
  ownNetworks?: ReadonlyMap<string, OwnNetwork>;
  /** What the kernel's trace needs of the run. */
  trace: Pick<TraceOptions, 'toMs' | 'nowNs' | 'enlist' | 'outside'>;
}

/** All collectors of Linux. The gate is the first of them; it is asked before each look which processes ran. */
export function createLinuxCollectors({
  procfs,
  clock,
  trace: needs,
  ownNetworks = new Map(),
}: LinuxCollectorOptions): {
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
  const sockets = new SocketsCollector(reader, sources);
  const io = new IoCollector(reader, sources.sharesFiles);
  const trace = new TraceCollector({
    ...needs,
    enlist: (glimpse) => {
      const enlisted = needs.enlist(glimpse);
      if (enlisted?.isWatched === false) for (const counter of [gate, io]) counter.owe(enlisted.process);
      return enlisted;
    },
    reader,
    sockets,
    openInstance: openTrace,
    selfPid: process.pid,
  });
  const collectors: Collector[] = [
    gate,
    new MemoryCollector(reader),
    new WakeupsCollector(reader, clock),
    io,
    ownNetworks.size === 0 ? sockets : new OwnNetworkSockets(sockets, ownNetworks, trace),
    // After the sockets: it joins what both have seen.
    trace,
    // After the trace, which tells each program that it has seen starting.
    new ProcessesCollector(reader, (process) => trace.tellsStartOf(process)),
  ];
  return { gate, collectors };
}

/** For each CPU; a target that does more between two looks loses records, and its claims rest on other evidence. */
const TRACE_BUFFER_KB = 512;

function openTrace(options: { followForks: boolean; bufferKb?: number }): TraceInstance {
  const tracefs = findTracefs();
  if (!hasKernelPids()) {
    throw new Error("the kernel's trace: processes have other numbers in it than in this pid namespace");
  }
  removeStaleInstances(tracefs);
  return openTraceInstance({ bufferKb: TRACE_BUFFER_KB, ...options, tracefs });
}
