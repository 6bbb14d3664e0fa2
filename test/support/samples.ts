import type { Evidence } from '../../src/model/evidence.ts';
import type { ProcessMetric, Sample } from '../../src/model/sample.ts';

const METRICS: readonly ProcessMetric[] = [
  'cpuNs',
  'reapedCpuNs',
  'wakeups',
  'rssBytes',
  'pssBytes',
  'peakRssBytes',
  'readBytes',
  'writtenBytes',
  'openFiles',
  'threads',
  'gpuBytes',
];

/** The samples of all watched processes row by row, in order of time; every look of a process once. */
export function samplesIn({ samples, processes }: Evidence): Sample[] {
  const rows = processes.flatMap(({ id }) =>
    [...samples.looksAt(id)].map((atMs): Sample => ({ atMs, processId: id, ...readAt(samples, id, atMs) })),
  );
  return rows.sort((a, b) => a.atMs - b.atMs);
}

function readAt(samples: Evidence['samples'], processId: number, lookMs: number): Partial<Sample> {
  return Object.fromEntries(
    METRICS.flatMap((metric) => {
      const { atMs, values } = samples.readings(processId, metric);
      const index = atMs.indexOf(lookMs);
      return index === -1 ? [] : [[metric, values[index]]];
    }),
  );
}
