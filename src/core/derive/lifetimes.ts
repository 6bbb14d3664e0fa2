import type { Evidence } from '../../model/evidence.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { ProcessMetric, Readings } from '../../model/sample.ts';
import { activitiesOf } from './activities-of.ts';
import { once } from './once.ts';

/** One process of a target as the evidence knows it. */
export interface Lifetime {
  process: WatchedProcess;
  /** Looks at which something of it was read, in order of time. */
  looksAtMs: Float64Array;
  /** What was read of one of its metrics. */
  readings: (metric: ProcessMetric) => Readings;
  /** First seen: its first sample, or its start where it was gone before it could be read. */
  fromMs: number;
  /** When it was found to have ended; null while it lives. */
  exitMs: number | null;
}

/** The processes of a target, in the order in which they were first watched. */
export function lifetimes(evidence: Evidence, target: string): readonly Lifetime[] {
  return once(evidence, lifetimes, target, () => lifetimesOf(evidence, target));
}

function lifetimesOf(evidence: Evidence, target: string): Lifetime[] {
  const byId = new Map<number, Lifetime>();
  for (const process of evidence.processes) {
    if (process.target !== target) continue;
    const looksAtMs = evidence.samples.looksAt(process.id);
    byId.set(process.id, {
      process,
      looksAtMs,
      readings: (metric) => evidence.samples.readings(process.id, metric),
      fromMs: looksAtMs[0] ?? process.startedAtMs,
      exitMs: null,
    });
  }
  for (const activity of activitiesOf(evidence, 'process')) {
    if (activity.op !== 'exit' || activity.processId === null) continue;
    const life = byId.get(activity.processId);
    if (life !== undefined) life.exitMs = activity.atMs;
  }
  return [...byId.values()];
}

/** Whether a process was alive at any time of a span. */
export function livedIn(life: Lifetime, span: { fromMs: number; toMs: number }): boolean {
  return life.fromMs <= span.toMs && (life.exitMs === null || life.exitMs > span.fromMs);
}
