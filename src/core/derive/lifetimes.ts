import type { Evidence } from '../../model/evidence.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { Sample } from '../../model/sample.ts';
import { once } from './once.ts';

/** One process of a target as the evidence knows it. */
export interface Lifetime {
  process: WatchedProcess;
  /** Its samples in order of time; only looks at which something was read. */
  samples: readonly Sample[];
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
  const byId = new Map<number, Lifetime & { samples: Sample[] }>();
  for (const process of evidence.processes) {
    if (process.target !== target) continue;
    byId.set(process.id, { process, samples: [], fromMs: process.startedAtMs, exitMs: null });
  }
  for (const sample of evidence.samples) byId.get(sample.processId)?.samples.push(sample);
  for (const activity of evidence.activities) {
    if (activity.kind !== 'process' || activity.op !== 'exit' || activity.processId === null) continue;
    const life = byId.get(activity.processId);
    if (life !== undefined) life.exitMs = activity.atMs;
  }
  for (const life of byId.values()) {
    life.samples.sort((a, b) => a.atMs - b.atMs);
    life.fromMs = life.samples[0]?.atMs ?? life.fromMs;
  }
  return [...byId.values()];
}

/** Whether a process was alive at any time of a span. */
export function livedIn(life: Lifetime, span: { fromMs: number; toMs: number }): boolean {
  return life.fromMs <= span.toMs && (life.exitMs === null || life.exitMs > span.fromMs);
}
