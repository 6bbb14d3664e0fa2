import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSqlite } from '../../../src/os/sqlite.ts';
import { readEvidence } from '../../../src/evidence/read.ts';
import { EvidenceStore } from '../../../src/evidence/store.ts';
import { verifyEvidence } from '../../../src/evidence/verify/verify.ts';
import { cpuRow, looksRow, runRow, startRow, stretchRow, windowRow } from '../../support/evidence-rows.ts';
import { folderForEach } from '../../support/folder-for-each.ts';

let path: string;
folderForEach('idleproof-store-', (folder) => {
  path = join(folder, 'evidence.db');
});

describe('many samples at once', () => {
  const PROCESSES = 20;
  const ids = Array.from({ length: PROCESSES }, (_, at) => at + 1);

  /** Two days: each minute one process runs, in every tenth all of them. */
  function busy(): EvidenceStore {
    const { store } = EvidenceStore.open(path);
    store.append(0, [runRow(0), ...ids.map((id) => startRow(id))]);
    for (let nth = 1; nth <= 2000; nth += 1) {
      const atMs = nth * 60_000;
      const running = nth % 10 === 0 ? ids : [1 + (nth % PROCESSES)];
      store.append(atMs, [...running.map((id) => cpuRow(id, atMs, nth * 1000 + id)), looksRow(atMs, atMs)]);
      if (nth === 1000) store.rotate(atMs + 1);
    }
    store.append(2001 * 60_000, [stretchRow(0, 2001 * 60_000), windowRow(1001 * 60_000, 2000 * 60_000)]);
    return store;
  }

  const count = (table: string, column = 'count(*)'): number => {
    const db = openSqlite(path, { readonly: true });
    try {
      return db.prepare<[], number>(`SELECT ${column} FROM ${table}`).pluck().get() ?? 0;
    } finally {
      db.close();
    }
  };

  it('are one row, and what is read of a window is what was written', () => {
    const store = busy();
    expect(count('sample_block', 'sum(samples)')).toBeGreaterThanOrEqual(200 * PROCESSES);
    expect(count('sample_block')).toBeLessThan(210);
    const span = { id: 'after-chat', fromMs: 1001 * 60_000, toMs: 2000 * 60_000, lookBackMs: 0 };
    const { samples } = readEvidence(path, span).evidence;
    for (const id of ids) {
      const wanted = Array.from({ length: 1000 }, (_, nth) => nth + 1001).filter(
        (nth) => nth % 10 === 0 || 1 + (nth % PROCESSES) === id,
      );
      const { atMs, values } = samples.readings(id, 'cpuNs');
      const inside = [...atMs.keys()].filter((at) => (atMs[at] as number) >= span.fromMs);
      expect(inside.map((at) => (atMs[at] as number) / 60_000)).toEqual(wanted);
      expect(inside.map((at) => values[at])).toEqual(wanted.map((nth) => nth * 1000 + id));
    }
    store.close();
    expect(verifyEvidence(path).problems).toEqual([]);
    const again = EvidenceStore.open(path);
    expect(again).toMatchObject({ isContinued: true, setAside: null });
    again.store.rotate(2002 * 60_000);
    again.store.close();
    expect(verifyEvidence(path).problems).toEqual([]);
  });

  it('are thinned with the others to one of each process in ten minutes, and a changed one shows', () => {
    const store = busy();
    const done = store.retain(9e9, { maxAgeMs: null, maxBytes: 1, cited: [], dropsCited: false, atMost: 1 });
    expect(done).toMatchObject({ thinned: [1] });
    expect(verifyEvidence(path).problems).toEqual([]);
    // Every tenth minute is the first of a step: all of them ran in each but the first, in which nine did.
    expect(count('sample_block WHERE batch = 1', 'sum(samples)')).toBe(100 * PROCESSES + 9);
    expect(count('sample WHERE batch = 1')).toBe(0);
    const db = openSqlite(path);
    db.exec("UPDATE sample_block SET body = replace(body, '1', '2') WHERE batch = 1");
    db.close();
    expect(verifyEvidence(path).problems).not.toEqual([]);
    store.close();
  });
});
