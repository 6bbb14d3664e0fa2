import type { Sample } from '../../model/sample.ts';
import type { ToldExample } from './example.ts';
import { AT_REST, type ToldMetric, toldMetric } from './metrics.ts';
import type { ToldProcesses } from './processes.ts';
import { SETTLE_MS } from './times.ts';

/** When an example looks, in epoch milliseconds. */
export interface LookTimes {
  openingMs: number;
  durationMs: number;
  tickMs: number;
  endMs: number;
}

/** One sample a look of the first target's root; the other processes rest. */
export function samplesOf(example: ToldExample, processes: ToldProcesses, times: LookTimes): Sample[] {
  const { openingMs, durationMs, tickMs, endMs } = times;
  const told = Object.entries(example.metrics ?? {})
    .map(([name, value]) => toldMetric(name, value, durationMs))
    .filter((one): one is ToldMetric => 'at' in one);
  const root = processes.rootOf(example.targets[0] ?? '');
  const samples: Sample[] = [];
  for (const process of processes.all) {
    const isNew = process.startedAtMs >= openingMs - SETTLE_MS;
    const firstMs = isNew ? process.startedAtMs + tickMs : openingMs - SETTLE_MS;
    const rest = isNew
      ? { ...AT_REST, cpuNs: 0, wakeups: 0, pssBytes: 0, rssBytes: 0, peakRssBytes: 0 }
      : AT_REST;
    const lastMs = process === root && told.length > 0 ? endMs : firstMs;
    for (let atMs = firstMs; atMs <= lastMs; atMs += tickMs) {
      const sample: Sample = { atMs, processId: process.id, ...(atMs === firstMs ? rest : {}) };
      if (process === root) for (const one of told) tell(sample, one, atMs - openingMs);
      samples.push(sample);
    }
  }
  return samples.sort((a, b) => a.atMs - b.atMs);
}

function tell(sample: Sample, { field, at }: ToldMetric, ms: number): void {
  const value = at(ms);
  if (value === undefined) delete sample[field];
  else sample[field] = value;
}
