import type { TargetStatus } from '../../model/daemon-status.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { ProcessMetric, ProcessMetrics } from '../../model/sample.ts';

export type MeterReading = Pick<TargetStatus, 'cpuPercent' | 'pssBytes' | 'rssBytes' | 'wakeupsPerSecond'>;

interface Reading {
  atMs: number;
  cpuNs: number | null;
  wakeups: number | null;
}

/** What targets use, between two times that somebody asks. Unknown is null, never 0. */
export class Meter {
  readonly #before: Map<string, Reading> = new Map();

  /** @param processes all of one target */
  read(
    processes: readonly WatchedProcess[],
    metricsOf: (processId: number) => Readonly<ProcessMetrics>,
    nowMs: number,
  ): MeterReading {
    const [first] = processes;
    const all = processes.map(({ id }) => metricsOf(id));
    const now = { atMs: nowMs, cpuNs: sum(all, 'cpuNs'), wakeups: sum(all, 'wakeups') };
    const before = first === undefined ? undefined : this.#before.get(first.target);
    if (first !== undefined) this.#before.set(first.target, now);
    const perSecond = (name: 'cpuNs' | 'wakeups'): number | null => {
      const [from, to] = [before?.[name] ?? null, now[name]];
      const seconds = (nowMs - (before?.atMs ?? nowMs)) / 1000;
      // Of processes that ended meanwhile, nothing is in the sum any more.
      return from === null || to === null || seconds <= 0 || to < from ? null : (to - from) / seconds;
    };
    const cpu = perSecond('cpuNs');
    return {
      cpuPercent: cpu === null ? null : cpu / 1e7,
      pssBytes: sum(all, 'pssBytes'),
      rssBytes: sum(all, 'rssBytes'),
      wakeupsPerSecond: perSecond('wakeups'),
    };
  }
}

function sum(all: readonly Readonly<ProcessMetrics>[], name: ProcessMetric): number | null {
  if (all.length === 0 || all.some((one) => one[name] === undefined)) return null;
  return all.reduce((total, one) => total + (one[name] ?? 0), 0);
}
