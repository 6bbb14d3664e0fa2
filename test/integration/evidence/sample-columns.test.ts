import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SampleTable } from '../../../src/core/derive/sample-table.ts';
import { readEvidence } from '../../../src/evidence/read.ts';
import { documentRow, sampleRow } from '../../../src/evidence/rows.ts';
import { EvidenceStore } from '../../../src/evidence/store.ts';
import type { ProcessMetric, Sample } from '../../../src/model/sample.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'idleproof-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** More than are read at a time. */
const ROWS = 40_000;

/** Read at every so many-th look, from one on: at each, at most, at some, at few, and only late. */
const READ: Partial<Record<ProcessMetric, { every: number; from: number }>> = {
  cpuNs: { every: 1, from: 0 },
  wakeups: { every: 2, from: 0 },
  rssBytes: { every: 3, from: 1 },
  pssBytes: { every: 97, from: 0 },
  gpuBytes: { every: 5, from: ROWS - 100 },
  readBytes: { every: ROWS, from: 20_001 },
};

function sampleAt(row: number): Sample {
  const sample: Sample = { atMs: 1e12 + Math.floor(row / 3) + 0.4521, processId: 1 + (row % 3) };
  for (const [metric, { every, from }] of Object.entries(READ)) {
    if (row >= from && (row - from) % every === 0) sample[metric as ProcessMetric] = row * 1e9 + 7;
  }
  return sample;
}

/** So many samples in a batch: those of a small one are rows, those of a large one a block. */
const SIZES = { rows: [10], blocks: [ROWS + 1], both: [10, 3000, 15, 16] };

it.each(Object.entries(SIZES))(
  'samples are what was written, in %s, however often each metric was read',
  (_, sizes) => {
    const path = join(folder, 'evidence.db');
    const samples = Array.from({ length: ROWS }, (__, row) => sampleAt(row));
    samples.push({ atMs: 2e12, processId: 1, cpuNs: 0, writtenBytes: 2 ** 52 + 1 });
    const store = EvidenceStore.create(path);
    store.append(1, [documentRow('run', { id: 'r' }), documentRow('self', { cpuSeconds: 0 })]);
    for (let [from, nth] = [0, 0]; from < samples.length; nth += 1) {
      const to = from + (sizes[nth % sizes.length] as number);
      store.append(2 + nth, samples.slice(from, to).map(sampleRow));
      from = to;
    }
    store.close();
    const { evidence } = readEvidence(path);
    const written = SampleTable.of(samples);
    expect(evidence.samples.times).toEqual(written.times);
    for (const id of [1, 2, 3]) {
      expect(evidence.samples.looksAt(id)).toEqual(written.looksAt(id));
      for (const metric of [...Object.keys(READ), 'writtenBytes', 'threads'] as ProcessMetric[]) {
        expect([id, metric, evidence.samples.readings(id, metric)]).toEqual([
          id,
          metric,
          written.readings(id, metric),
        ]);
      }
    }
  },
);
