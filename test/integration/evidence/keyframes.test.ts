import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EvidenceReader } from '../../../src/evidence/read.ts';
import { EvidenceStore } from '../../../src/evidence/store.ts';
import { openSqlite } from '../../../src/os/sqlite.ts';
import {
  connectRow,
  countersRow,
  cpuRow,
  looksRow,
  runRow,
  startRow,
  stretchRow,
  windowRow,
} from '../../support/evidence-rows.ts';
import { samplesIn } from '../../support/samples.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-keyframes-'));
  path = join(folder, 'evidence.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const BATCH_MS = 5_000;
const WINDOW_MS = 60_000;

/** One window a minute; each second all processes run, and one of them connects. */
function busy(processes: number, minutes: number): void {
  const { store } = EvidenceStore.open(path);
  const ids = Array.from({ length: processes }, (_, nth) => nth + 1);
  store.append(0, [runRow(0), ...ids.map((id) => startRow(id))]);
  for (let atMs = BATCH_MS; atMs <= minutes * WINDOW_MS; atMs += BATCH_MS) {
    const looks = [4, 3, 2, 1, 0].map((nth) => atMs - nth * 1000);
    store.append(
      atMs,
      looks.flatMap((lookMs) => [
        ...ids.map((id) => cpuRow(id, lookMs, lookMs * 1000 + id)),
        countersRow(lookMs, lookMs),
        connectRow(lookMs),
        looksRow(lookMs, lookMs),
      ]),
    );
    if (atMs % WINDOW_MS > 0) continue;
    store.append(atMs, [stretchRow(atMs - WINDOW_MS, atMs), windowRow(atMs - WINDOW_MS, atMs)]);
  }
  store.close();
}

const bytesOf = (batches: string): number => {
  const db = openSqlite(path, { readonly: true });
  try {
    const parts = ['document', 'process', 'sample_block', 'activity', 'counter'].map(
      (table) => `SELECT sum(length(body)) AS bytes FROM ${table} WHERE batch IN (${batches})`,
    );
    return (
      db
        .prepare<[], number>(`SELECT sum(bytes) FROM (${parts.join(' UNION ALL ')})`)
        .pluck()
        .get() ?? 0
    );
  } finally {
    db.close();
  }
};

/** Of some windows, how many samples from before it are read, the last one of each process left out. */
function samplesBefore(processes: number, most: number): number[] {
  const reader = new EvidenceReader(path);
  try {
    const windows = reader.windows();
    const some = windows.filter(
      (_, nth) => (windows.length - 1 - nth) % Math.ceil(windows.length / most) === 0,
    );
    return some.map(({ id, fromMs, toMs }) => {
      const { evidence } = reader.window({ id, fromMs, toMs, lookBackMs: 0 });
      return Math.max(0, samplesIn(evidence).filter(({ atMs }) => atMs < fromMs).length - processes);
    });
  } finally {
    reader.close();
  }
}

describe('how far back a window is read', () => {
  it.each([1, 4, 20])('is 2,000 samples and one batch at most, where %d processes run', (processes) => {
    const minutes = Math.ceil(10_000 / (60 * processes));
    busy(processes, minutes);
    const before = samplesBefore(processes, 20);
    expect(Math.max(...before)).toBeLessThanOrEqual(2_000 + (BATCH_MS / 1000) * processes);
    // One sample of each process and a few rows a second: there is much more than one keyframe could bound.
    expect(processes * 60 * minutes).toBeGreaterThanOrEqual(10_000);
  });

  it('is eight times what is known at most, where that is more: of many processes', () => {
    const processes = 300;
    busy(processes, 14);
    const keyframes = 'SELECT id FROM batch WHERE keyframe = 1';
    const count = bytesOf(keyframes) / bytesOf('SELECT max(id) FROM batch WHERE keyframe = 1');
    const others = bytesOf('SELECT id FROM batch WHERE keyframe = 0');
    expect(count).toBeGreaterThanOrEqual(3);
    expect(bytesOf(keyframes)).toBeLessThanOrEqual(others / 8);
    const samples = processes * 14 * 60;
    const ofKeyframe = (samples * bytesOf(keyframes)) / count / others;
    expect(Math.max(...samplesBefore(processes, 4))).toBeLessThanOrEqual(9 * ofKeyframe);
  });
});
