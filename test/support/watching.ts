import { createLinuxCollectors } from '../../src/collectors/registry.ts';
import { parseProcStat } from '../../src/core/parse/proc-stat.ts';
import type { Activity } from '../../src/model/activity.ts';
import type { Collector, CollectorName, Look, Observations } from '../../src/model/collector.ts';
import type { WatchedProcess } from '../../src/model/process.ts';
import { type CpuClock, nativeCpuClock } from '../../src/os/cpu-clock.ts';
import { Procfs } from '../../src/os/procfs.ts';

let lastId = 0;

/** A live process as the session would hand it to the collectors. */
export function watched(
  pid: number,
  over: Partial<WatchedProcess> = {},
  procfs: Procfs = new Procfs(),
): WatchedProcess {
  const stat = parseProcStat(procfs.read(`${pid}/stat`) ?? '');
  const inode = /\d+/.exec(procfs.link(`${pid}/ns/net`) ?? '')?.[0];
  lastId += 1;
  return {
    id: lastId,
    pid,
    startTicks: stat.startTicks,
    parentPid: stat.parentPid,
    sessionId: stat.sessionId,
    name: stat.name,
    cmdline: stat.name,
    exe: null,
    startedAtMs: 0,
    target: 'app',
    parentId: null,
    membership: 'root',
    networkScope: inode === undefined ? null : `network:${inode}`,
    ...over,
  };
}

/** The session's loop in small: gate, then every collector, at the time that the test says. */
export class Watching {
  readonly gate: ReturnType<typeof createLinuxCollectors>['gate'];
  readonly collectors: Collector[];
  processes: WatchedProcess[];
  nowMs = 1_000_000;
  #previousMs: number | null = null;

  constructor(
    processes: WatchedProcess[],
    procfs: Procfs = new Procfs(),
    clock: CpuClock | null = nativeCpuClock(),
  ) {
    const { gate, collectors } = createLinuxCollectors({
      procfs,
      clock,
      trace: {
        toMs: (ns) => ns / 1e6,
        nowNs: () => 0,
        enlist: () => null,
        outside: { suspect: () => {}, missStarts: () => {}, noteEntered: () => [] },
      },
    });
    this.gate = gate;
    this.collectors = collectors;
    this.processes = processes;
  }

  /** One look, a second after the one before. */
  look(over: Partial<Look> = {}): Observations & { of: Map<CollectorName, Observations>; look: Look } {
    this.nowMs += 1000;
    const { moved, gone } = this.gate.gate(this.processes);
    const ended = this.processes
      .filter(({ id }) => gone.has(id))
      .map((process) => ({ process, exitCode: null }));
    this.processes = this.processes.filter(({ id }) => !gone.has(id));
    const first = this.#previousMs === null;
    const started = over.started ?? (first ? this.processes : []);
    this.processes = [...new Set([...this.processes, ...started])];
    const look: Look = {
      nowMs: this.nowMs,
      previousMs: this.#previousMs,
      full: first,
      processes: this.processes,
      moved: new Set([...moved, ...started.map(({ id }) => id)]),
      ended,
      ...over,
      started,
    };
    this.#previousMs = this.nowMs;
    const of = new Map(this.collectors.map((collector) => [collector.name, collector.sample(look)]));
    const all = [...of.values()];
    return {
      look,
      of,
      activities: all.flatMap(({ activities }) => activities ?? []),
      counters: all.flatMap(({ counters }) => counters ?? []),
      failures: all.flatMap(({ failures }) => failures ?? []),
      disturbances: all.flatMap(({ disturbances }) => disturbances ?? []),
    };
  }

  /** Stops all collectors; how each of them knew, by name. */
  stop(): Record<string, ReturnType<Collector['stop']>> {
    return Object.fromEntries(this.collectors.map((collector) => [collector.name, collector.stop()]));
  }
}

/** Network activities in short: `connect outbound tcp 127.0.0.1:80`. */
export function briefly(activities: readonly Activity[] = []): string[] {
  return activities.flatMap((one) =>
    one.kind === 'network'
      ? [
          [
            one.op,
            one.direction,
            one.protocol,
            one.remote === null ? `:${one.localPort}` : `${one.remote.ip}:${one.remote.port}`,
          ].join(' '),
        ]
      : [],
  );
}
