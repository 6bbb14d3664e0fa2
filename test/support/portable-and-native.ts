import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CpuCollector } from '../../src/collectors/linux/cpu.ts';
import { LookReader } from '../../src/collectors/linux/look-reader.ts';
import { MemoryCollector } from '../../src/collectors/linux/memory.ts';
import { ProcessesCollector } from '../../src/collectors/linux/processes.ts';
import { SocketsCollector } from '../../src/collectors/linux/sockets.ts';
import { WakeupsCollector } from '../../src/collectors/linux/wakeups.ts';
import { createPortableCollectors } from '../../src/collectors/portable/set.ts';
import { readEvidence } from '../../src/evidence/read.ts';
import { EvidenceStore } from '../../src/evidence/store.ts';
import type { Collector, CollectorSet } from '../../src/model/collector.ts';
import type { CollectorReport, Evidence, Window } from '../../src/model/evidence.ts';
import type { TargetSpec } from '../../src/model/target.ts';
import { systemClock } from '../../src/os/clock.ts';
import { nativeCpuClock } from '../../src/os/cpu-clock.ts';
import { sharesFiles } from '../../src/os/kcmp.ts';
import { openSockDiag } from '../../src/os/netlink.ts';
import { Procfs } from '../../src/os/procfs.ts';
import { socketProtocolName } from '../../src/os/socket-protocol.ts';
import { describeHost } from '../../src/session/host.ts';
import { lookUntil } from '../../src/session/looking.ts';
import { Recorder } from '../../src/session/recorder.ts';
import { type Gate, type Readings, Watcher } from '../../src/session/watcher.ts';
import { resolveTargets } from '../../src/targets/target-set.ts';

/** Long enough for readings of the portable set on a busy host. */
const TICK_MS = 2_000;
const clock = systemClock();
const procfs = new Procfs();

interface Set {
  gate: Gate;
  collectors: Collector[];
  readings: Readings | null;
  /** Whether the last look had all that it wanted to read. */
  isWhole: () => boolean;
  reports: CollectorReport[];
}

/** Those of the native ones that there is a portable one for, and wakeups, which there is none for. */
function nativeSet(): Set {
  const reader = new LookReader(procfs);
  const gate = new CpuCollector(procfs, nativeCpuClock(), reader);
  const protocolName = socketProtocolName();
  const sources = { openNetlink: openSockDiag, protocolName, sharesFiles: sharesFiles() };
  const collectors = [
    gate,
    new MemoryCollector(reader),
    new WakeupsCollector(reader, nativeCpuClock()),
    new ProcessesCollector(reader),
    new SocketsCollector(reader, sources),
  ];
  return { gate, collectors, readings: null, isWhole: () => true, reports: [] };
}

/** Longest window: whoever should have closed it has not. */
const LONGEST_MS = 150_000;

export interface WatchWithOptions {
  selfPid: number;
  /** Called after each look in the window that had all that it wanted to read. */
  onLook: () => void;
  /** Closes the window, with one more look. */
  closing: AbortSignal;
}

/** Watches targets with one set of collectors through one window, as a run does; the evidence is read back from its file. */
export async function watchWith(
  set: CollectorSet,
  specs: readonly TargetSpec[],
  { selfPid, onLook, closing }: WatchWithOptions,
): Promise<Evidence> {
  const folder = mkdtempSync(join(tmpdir(), 'idleproof-contract-'));
  const store = EvidenceStore.create(join(folder, 'evidence.db'));
  try {
    const trees = resolveTargets(specs, { procfs, nowMs: () => clock.nowMs(), selfPid });
    const { gate, collectors, readings, isWhole, reports } =
      set === 'native' ? nativeSet() : await portableSet(trees.processes);
    const recorder = new Recorder(store);
    const posts = collectors.map((collector) => ({ collector, target: null }));
    const threadCpuNs = (): number => 0;
    const watcher = new Watcher({
      clock,
      gate,
      trees,
      posts,
      recorder,
      readings,
      tickMs: TICK_MS,
      threadCpuNs,
    });
    const at = new Date(clock.nowMs());
    recorder.document('run', {
      id: set,
      toolVersion: '0',
      nodeVersion: process.versions.node,
      host: describeHost(at),
      command: '',
      startedAtMs: at.getTime(),
      tickMs: TICK_MS,
      collectors: set,
    });
    for (const { collector } of posts) collector.probe(trees.processes);
    await watcher.prepare();
    watcher.look(true);
    const { signal } = new AbortController();
    const options = { clock, watcher, tickMs: TICK_MS, signal, onLook: () => {}, isOver: () => false };
    await lookUntil(clock.nowMs() + TICK_MS, options);
    const fromMs = clock.nowMs();
    const onAnyLook = (): void => {
      if (isWhole()) onLook();
    };
    await lookUntil(fromMs + LONGEST_MS, { ...options, onLook: onAnyLook, signal: closing });
    const toMs = readings === null ? clock.nowMs() : watcher.lookedUntilMs;
    const window: Window = {
      id: 'idle',
      kind: 'idle',
      trigger: 'check',
      fromMs,
      toMs,
      requestedMs: toMs - fromMs,
      settleMs: 0,
      closedBy: 'duration',
    };
    recorder.document('window', window);
    for (const report of trees.reports()) recorder.document('target', report);
    for (const report of [...reports, ...watcher.stop()]) recorder.document('collector', report);
    recorder.document('self', { cpuSeconds: 0, wakeups: null, rssBytes: 0, connectionsOpened: 0 });
    recorder.finish(clock.nowMs());
    return readEvidence(store.path).evidence;
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function portableSet(processes: Parameters<typeof createPortableCollectors>[1]): Promise<Set> {
  const options = { procfs, clock, tickMs: TICK_MS, platform: process.platform };
  const { reader, ...rest } = await createPortableCollectors(options, processes);
  const isWhole = (): boolean => {
    const { usage, processes: list, connections } = reader.reading;
    return [usage, list, connections].every((answer) => !('problem' in answer));
  };
  return { ...rest, readings: reader, isWhole };
}
