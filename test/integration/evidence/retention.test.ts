import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSqlite } from '../../../src/os/sqlite.ts';
import { readEvidence } from '../../../src/evidence/read.ts';
import { CounterReader } from '../../../src/evidence/counter-deltas.ts';
import { counterRow, documentRow } from '../../../src/evidence/rows.ts';
import { EvidenceStore } from '../../../src/evidence/store.ts';
import type { Value } from '../../../src/evidence/tables.ts';
import { verifyEvidence } from '../../../src/evidence/verify/verify.ts';
import { connectRow, cpuRow, looksRow, runRow, startRow } from '../../support/evidence-rows.ts';
import { folderForEach } from '../../support/folder-for-each.ts';

let path: string;
folderForEach('idleproof-store-', (folder) => {
  path = join(folder, 'evidence.db');
});

const HOUR = 3_600_000;

describe('retention', () => {
  const span = (from: number, to: number): { fromMs: number; toMs: number } => ({
    fromMs: from * HOUR,
    toMs: to * HOUR,
  });

  function days(count: number): EvidenceStore {
    const { store } = EvidenceStore.open(path);
    store.append(0, [runRow(0), startRow(1)]);
    for (let day = 0; day < count; day += 1) {
      for (let nth = 0; nth < 400; nth += 1) {
        const atMs = day * 24 * HOUR + nth * 60_000;
        store.append(atMs, [
          cpuRow(1, atMs, day * 400 + nth),
          connectRow(atMs),
          looksRow(atMs, atMs),
          documentRow('note', `${nth}`),
        ]);
      }
      if (day < count - 1) store.rotate((day + 1) * 24 * HOUR - 1);
    }
    return store;
  }

  it('drops what is too old, says what, and the file shrinks and stays verifiable', () => {
    const store = days(5);
    store.append(5 * 24 * HOUR, [documentRow('note', 'folds')]);
    const before = store.head();
    const done = store.retain(5 * 24 * HOUR, {
      maxAgeMs: 48 * HOUR,
      maxBytes: null,
      cited: [span(25, 26)],
      dropsCited: false,
    });
    expect(done).toMatchObject({ dropped: [1, 3], thinned: [] });
    expect(done.bytesAfter).toBeLessThan(done.bytesBefore * 0.75);
    const free = store.shrink(8192);
    expect(free).toBeGreaterThan(0);
    expect(store.shrink(Number.POSITIVE_INFINITY)).toBe(0);
    expect(statSync(path).size).toBeLessThan(done.bytesBefore * 0.75);
    const verified = verifyEvidence(path, [before.chainHead]);
    expect(verified).toMatchObject({ problems: [], missingHeads: [] });
    expect(verified.segments.map(({ state }) => state)).toEqual([
      'dropped',
      'whole',
      'dropped',
      'whole',
      'open',
    ]);
    expect(store.head().rows).toBe(before.rows + 2);
    expect(() => readEvidence(path, { ...span(1, 2), lookBackMs: 0 })).toThrowError(
      expect.objectContaining({ code: 'EVIDENCE_DROPPED' }),
    );
    expect(
      store.retain(5 * 24 * HOUR, {
        maxAgeMs: 48 * HOUR,
        maxBytes: null,
        cited: [span(25, 26)],
        dropsCited: true,
      }).dropped,
    ).toEqual([2]);
    expect(verifyEvidence(path).problems).toEqual([]);
    store.close();
  });

  it('does not more at a time than it is told', () => {
    const store = days(5);
    const retention = { maxAgeMs: 1, maxBytes: 1, cited: [], dropsCited: false, atMost: 1 };
    const steps = Array.from({ length: 5 }, () => store.retain(9 * 24 * HOUR, retention).dropped);
    expect(steps).toEqual([[1], [2], [3], [4], []]);
    expect(verifyEvidence(path).problems).toEqual([]);
    store.close();
  });

  it.each(['whole', 'thinned'])(
    'that is cut off before a segment that was %s is gone leaves nothing amiss',
    (state) => {
      const store = days(3);
      const retention = {
        maxAgeMs: null,
        maxBytes: 1,
        cited: [],
        dropsCited: false,
        atMost: state === 'whole' ? 1 : 2,
      };
      if (state === 'thinned') store.retain(0, retention);
      const db = openSqlite(path);
      db.exec("CREATE TRIGGER cut BEFORE DELETE ON batch BEGIN SELECT RAISE(ABORT, 'power cut'); END");
      expect(() => store.retain(0, retention)).toThrowError('power cut');
      db.exec('DROP TRIGGER cut');
      db.close();
      const verified = verifyEvidence(path);
      expect(verified.problems).toEqual([]);
      expect(verified.segments[0]?.state).toBe(state);
      store.retain(0, retention);
      expect(verifyEvidence(path).problems).toEqual([]);
      store.close();
    },
  );

  it('finds a place for what it leaves of counters, whenever the host slept and whatever was read', () => {
    const step = 10 * 60_000;
    const batch = fc.array(
      fc.record({
        scope: fc.constantFrom('forks', 'network:1'),
        afterMs: fc.constantFrom(1000, 4000, step, 5 * step),
      }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(fc.array(fc.array(batch, { maxLength: 3 }), { minLength: 2, maxLength: 4 }), (segments) => {
        rmSync(path, { force: true });
        const { store } = EvidenceStore.open(path);
        store.append(0, [runRow(0), startRow(1)]);
        let [nowMs, value] = [0, 0];
        const last: Map<string, string>[] = [];
        for (const batches of segments) {
          // A segment begins with the last two readings of each scope.
          const kept = new Map(last.at(-1));
          for (const readings of batches) {
            const rows = readings.map(({ scope, afterMs }) => {
              nowMs += afterMs;
              value += 1;
              kept.set(`${Math.floor(nowMs / step)} ${scope}`, `${nowMs} ${value}`);
              return counterRow({ atMs: nowMs, scope, values: { value, same: 1 } });
            });
            store.append(nowMs, rows);
          }
          last.push(kept);
          store.rotate(nowMs);
        }
        const limits = { maxAgeMs: null, maxBytes: 1, cited: [], dropsCited: false };
        store.retain(nowMs, { ...limits, atMost: segments.length });
        const verified = verifyEvidence(path);
        expect(verified.problems).toEqual([]);
        expect(verified.segments.slice(0, segments.length).map(({ state }) => state)).toEqual(
          segments.map(() => 'thinned'),
        );
        expect(countersOf(1)).toEqual([...(last[0]?.values() ?? [])].toSorted());
        store.close();
      }),
      { numRuns: 60 },
    );
  });

  /** What is left of the readings of a segment: when and what. */
  function countersOf(segment: number): string[] {
    const db = openSqlite(path, { readonly: true });
    const rows = db
      .prepare<[number], Value[]>(
        'SELECT at_ms, scope, body FROM counter WHERE batch = (SELECT first_batch FROM segment WHERE id = ?)',
      )
      .raw()
      .all(segment);
    db.close();
    const reader = new CounterReader();
    const readings = rows.flatMap((row) => reader.read(row));
    return readings.map(({ atMs, values }) => `${atMs} ${values['value']}`).toSorted();
  }

  it.each(['{', '{"looks":[[0,1]],"cpuNs":[[0.5],[7]]}'])(
    'drops a segment that is damaged, and thins the others: %s',
    (body) => {
      const store = days(4);
      const db = openSqlite(path);
      db.prepare('INSERT INTO sample_block VALUES (5, 0, 1, 1, ?)').run(body);
      db.close();
      const limits = { maxAgeMs: null, cited: [], dropsCited: false };
      expect(store.retain(5 * 24 * HOUR, { ...limits, maxBytes: 1, atMost: 2 })).toMatchObject({
        thinned: [2, 3],
        dropped: [],
      });
      expect(store.retain(5 * 24 * HOUR, { ...limits, maxBytes: 1, atMost: 1 }).dropped).toEqual([1]);
      expect(verifyEvidence(path).problems).toEqual([]);
      store.close();
    },
  );

  it('says what was changed where that is what retention did, whatever is in its place', () => {
    const store = days(3);
    store.retain(9e9, { maxAgeMs: null, maxBytes: 1, cited: [], dropsCited: false, atMost: 1 });
    store.close();
    for (const body of ["'null'", "'{'", "'{}'", 'NULL']) {
      const db = openSqlite(path);
      db.exec(`UPDATE document SET body = ${body} WHERE kind = 'retention'`);
      db.close();
      expect(verifyEvidence(path).problems.map(({ problem }) => problem)).toContain(
        'what it holds was changed',
      );
    }
  });

  it('thins before it drops, never what a proof cites', () => {
    const store = days(4);
    const size = store.retain(0, {
      maxAgeMs: null,
      maxBytes: null,
      cited: [],
      dropsCited: false,
    }).bytesBefore;
    const done = store.retain(5 * 24 * HOUR, {
      maxAgeMs: null,
      maxBytes: size * 0.7,
      cited: [span(25, 26)],
      dropsCited: false,
    });
    expect(done).toMatchObject({ dropped: [], thinned: [1, 3] });
    const verified = verifyEvidence(path);
    expect(verified.problems).toEqual([]);
    expect(verified.segments.map(({ state }) => state)).toEqual(['thinned', 'whole', 'thinned', 'open']);
    const db = openSqlite(path);
    const { samples } = db
      .prepare('SELECT count(*) AS samples FROM sample WHERE batch = 1')

      .get() as { samples: number };
    expect(samples).toBe(40);
    db.exec('UPDATE sample SET cpu_ns = cpu_ns + 1 WHERE rowid = 3');
    expect(verifyEvidence(path).problems.length).toBeGreaterThan(0);
    db.exec('UPDATE sample SET cpu_ns = cpu_ns - 1 WHERE rowid = 3');
    db.close();
    const more = store.retain(5 * 24 * HOUR, {
      maxAgeMs: null,
      maxBytes: 1,
      cited: [span(25, 26)],
      dropsCited: false,
    });
    expect(more).toMatchObject({ dropped: [1, 3], thinned: [] });
    expect(verifyEvidence(path).problems).toEqual([]);
    store.append(9e9, [looksRow(9e9, 9e9)]);
    store.close();
    expect(EvidenceStore.open(path)).toMatchObject({ isContinued: true, setAside: null });
  });
});
