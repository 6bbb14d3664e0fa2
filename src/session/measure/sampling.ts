import { CpuCollector } from '../../collectors/linux/cpu.ts';
import { IoCollector } from '../../collectors/linux/io.ts';
import { LookReader } from '../../collectors/linux/look-reader.ts';
import { MemoryCollector } from '../../collectors/linux/memory.ts';
import type { CollectorReport } from '../../model/evidence.ts';
import type { TargetUsage } from '../../model/measure-document.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { ProcessMetrics } from '../../model/sample.ts';
import type { TargetReport, TargetSpec } from '../../model/target.ts';
import type { Clock } from '../../model/time.ts';
import { threadCpuClock } from '../../os/clock.ts';
import { nativeCpuClock } from '../../os/cpu-clock.ts';
import { sharesFiles } from '../../os/kcmp.ts';
import { Procfs } from '../../os/procfs.ts';
import { resolveTargets } from '../../targets/target-set.ts';
import type { Recorder } from '../recorder.ts';
import { Watcher } from '../watcher.ts';

export const SAMPLE_TICK_MS = 1_000;

/** Looks at a target that is being used: only what costs it next to nothing. */
export interface Sampling {
  processes: readonly WatchedProcess[];
  /** A full one reads what takes longer, too: the proportional memory. */
  look: (full: boolean) => void;
  usage: () => TargetUsage;
  stop: () => { collectors: CollectorReport[]; targets: TargetReport[] };
}

/** Finds the target; throws the user's error where it is not there. */
export function startSampling(
  spec: TargetSpec,
  { clock, recorder }: { clock: Clock; recorder: Recorder },
): Sampling {
  const procfs = new Procfs();
  const trees = resolveTargets([spec], { procfs, nowMs: () => clock.nowMs() });
  const { processes } = trees;
  const reader = new LookReader(procfs);
  const gate = new CpuCollector(procfs, nativeCpuClock(), reader);
  const collectors = [gate, new MemoryCollector(reader), new IoCollector(reader, sharesFiles())];
  for (const collector of collectors) collector.probe(trees.processes);
  const posts = collectors.map((collector) => ({ collector, target: null }));
  const parts = { clock, gate, trees, posts, recorder, tickMs: SAMPLE_TICK_MS, readings: null };
  const watcher = new Watcher({ ...parts, threadCpuNs: threadCpuClock() });
  let [fromMs, toMs] = [0, 0];
  let before: Totals | null = null;
  let last: Totals | null = null;
  let rssBytesMax: number | null = null;
  // The highest may have been what was not read.
  let isRssKnown = true;
  const look = (full: boolean): void => {
    watcher.look(full);
    last = totalsOf(trees.processes, recorder);
    toMs = clock.nowMs();
    if (before === null) [before, fromMs] = [last, toMs];
    if (last.rssBytes === null) isRssKnown = false;
    else rssBytesMax = Math.max(rssBytesMax ?? 0, last.rssBytes);
  };
  const usage = (): TargetUsage => {
    const seconds = (toMs - fromMs) / 1000;
    const [fromNs, toNs] = [before?.cpuNs ?? null, last?.cpuNs ?? null];
    // Of processes that came to an end it is not known any more: it is no amount then.
    const cpuSeconds = fromNs === null || toNs === null || toNs < fromNs ? null : (toNs - fromNs) / 1e9;
    return {
      cpuSeconds,
      cpuPercent: cpuSeconds === null || seconds <= 0 ? null : (cpuSeconds / seconds) * 100,
      rssBytesMax: isRssKnown ? rssBytesMax : null,
      pssBytesBefore: before?.pssBytes ?? null,
      pssBytesAfter: last?.pssBytes ?? null,
      processes: trees.everSeen.length,
    };
  };
  const stop = (): ReturnType<Sampling['stop']> => ({ collectors: watcher.stop(), targets: trees.reports() });
  return { processes, look, usage, stop };
}

/** null: of one of the processes, or of all, it is not known. */
interface Totals {
  cpuNs: number | null;
  rssBytes: number | null;
  pssBytes: number | null;
}

/** CPU time of all that live, with the children that they waited for; memory of all that live. */
function totalsOf(alive: readonly { id: number }[], recorder: Pick<Recorder, 'metricsOf'>): Totals {
  const metrics = alive.map(({ id }) => recorder.metricsOf(id));
  const sum = (name: keyof ProcessMetrics): number | null => {
    if (metrics.length === 0 || metrics.some((values) => values[name] === undefined)) return null;
    return metrics.reduce((total, values) => total + (values[name] ?? 0), 0);
  };
  const [own, reaped] = [sum('cpuNs'), sum('reapedCpuNs')];
  return {
    cpuNs: own === null || reaped === null ? null : own + reaped,
    rssBytes: sum('rssBytes'),
    pssBytes: sum('pssBytes'),
  };
}
