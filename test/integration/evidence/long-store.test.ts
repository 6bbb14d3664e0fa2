import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../../src/os/sqlite.ts';
import { EvidenceReader, readEvidence } from '../../../src/evidence/read.ts';
import { CounterReader } from '../../../src/evidence/counter-deltas.ts';
import { counterRow, documentRow, gapRow, sampleRow } from '../../../src/evidence/rows.ts';
import { EvidenceStore } from '../../../src/evidence/store.ts';
import type { Value } from '../../../src/evidence/tables.ts';
import { verifyEvidence } from '../../../src/evidence/verify.ts';
import {
  connectRow,
  countersRow,
  cpuRow,
  exitRow,
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
  folder = mkdtempSync(join(tmpdir(), 'idleproof-store-'));
  path = join(folder, 'evidence.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const HOUR = 3_600_000;

describe('EvidenceStore.open', () => {
  it('begins a store, and goes on with it', () => {
    const first = EvidenceStore.open(path);
    expect(first).toMatchObject({ isContinued: false, setAside: null });
    first.store.append(1_000, [runRow(1_000), startRow(1)]);
    const { chainHead } = first.store.head();
    first.store.close();
    const second = EvidenceStore.open(path);
    expect(second).toMatchObject({ isContinued: true, setAside: null });
    expect(second.store.head()).toEqual({ chainHead, rows: 2 });
    second.store.append(2_000, [runRow(2_000)]);
    second.store.rotate(3_000);
    second.store.append(4_000, [looksRow(3_000, 4_000)]);
    expect(EvidenceStore.open(path).store.segmentFromMs).toBe(3_000);
    second.store.close();
    const verified = verifyEvidence(path, [chainHead]);
    expect(verified).toMatchObject({ problems: [], missingHeads: [] });
    expect(verified.segments.map(({ state }) => state)).toEqual(['whole', 'whole', 'whole']);
    expect(EvidenceStore.open(path).store.segmentFromMs).toBeNull();
  });

  it.each([
    ['a file that is no database', () => writeFileSync(path, 'not a database '.repeat(1000))],
    ['a database of something else', () => openSqlite(path).exec('CREATE TABLE t (x)').close()],
    [
      'a torn file',
      () => {
        const { store } = EvidenceStore.open(path);
        for (let id = 1; id < 300; id += 1) store.append(id, [startRow(id)]);
        store.close();
        const { size } = statSync(path);
        const db = openSqlite(path);
        db.close();
        writeFileSync(path, Buffer.alloc(size / 2, 7), { flag: 'r+' });
      },
    ],
    [
      'a changed last batch',
      () => {
        const { store } = EvidenceStore.open(path);
        store.append(1, [cpuRow(1, 1, 1)]);
        store.close();
        openSqlite(path).exec('UPDATE sample SET cpu_ns = 2').close();
      },
    ],
  ])('sets %s aside and says so', (_, prepare) => {
    prepare();
    const { size } = statSync(path);
    const { store, isContinued, setAside } = EvidenceStore.open(path);
    expect(isContinued).toBe(false);
    expect(setAside?.path).toMatch(/evidence\.db\.\d{8}T\d{6}Z$/);
    expect(setAside?.reason).not.toBe('');
    expect(statSync(setAside?.path ?? '').size).toBe(size);
    store.append(1, [runRow(1)]);
    store.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
    expect(verifyEvidence(path).problems).toEqual([]);
  });

  it('takes an empty file for a new one', () => {
    writeFileSync(path, '');
    expect(EvidenceStore.open(path)).toMatchObject({ isContinued: false, setAside: null });
  });

  it('refuses a newer layout, and leaves it where it is', () => {
    EvidenceStore.open(path).store.close();
    const db = openSqlite(path);
    db.pragma('user_version = 99');
    db.close();
    expect(() => EvidenceStore.open(path)).toThrowError(expect.objectContaining({ code: 'EVIDENCE_NEWER' }));
    expect(readdirSync(folder)).toEqual(['evidence.db']);
  });

  it('says when it cannot be opened', () => {
    expect(() => EvidenceStore.open(join(folder, 'none', 'evidence.db'))).toThrowError(
      expect.objectContaining({ code: 'EVIDENCE_WRITE', exitCode: 4 }),
    );
  });
});

/** Four hours of a process that works in each of them, in segments of two hours, one window each. */
function fourHours(): EvidenceStore {
  const { store } = EvidenceStore.open(path);
  store.append(0, [
    runRow(0),
    startRow(1),
    startRow(2),
    sampleRow({ atMs: 0, processId: 1, cpuNs: 1, pssBytes: 7 }),
  ]);
  for (let hour = 0; hour < 4; hour += 1) {
    const fromMs = hour * HOUR;
    for (let minute = 1; minute <= 60; minute += 1) {
      const atMs = fromMs + minute * 60_000;
      store.append(atMs, [
        cpuRow(1, atMs - 500, hour * 60 + minute),
        countersRow(atMs - 500, hour * 60 + minute),
        looksRow(atMs - 60_000, atMs),
        connectRow(atMs - 700),
      ]);
    }
    const toMs = fromMs + HOUR;
    store.append(toMs, [stretchRow(fromMs, toMs), windowRow(fromMs + 1, toMs)]);
    if (hour === 1) store.rotate(toMs + 1);
  }
  return store;
}

describe('readEvidence with a span', () => {
  it('reads one window from a store that is being written', () => {
    const store = fourHours();
    const span = { id: 'after-chat', fromMs: HOUR + 1, toMs: 2 * HOUR, lookBackMs: 60_000 };
    const { evidence, head } = readEvidence(path, span);
    expect(head).toEqual(store.head());
    expect(evidence.windows).toEqual([expect.objectContaining({ fromMs: HOUR + 1, toMs: 2 * HOUR })]);
    const inside = evidence.activities.filter(({ atMs }) => atMs > HOUR && atMs <= 2 * HOUR);
    expect(inside).toHaveLength(60);
    expect(new Set(evidence.activities.map(({ atMs }) => atMs)).size).toBe(evidence.activities.length);
    expect(evidence.activities.every(({ atMs }) => atMs <= 2 * HOUR + 7 * 60_000)).toBe(true);
    expect(evidence.collectors).toEqual([
      expect.objectContaining({ name: 'cpu', status: 'ok', cpuSeconds: 0.5 }),
    ]);
    store.close();
  });

  it('begins a segment with what was known: no row of the segment before is needed', () => {
    const store = fourHours();
    const span = { id: 'after-chat', fromMs: 2 * HOUR + 1, toMs: 3 * HOUR, lookBackMs: 0 };
    store.retain(5 * HOUR, { maxAgeMs: 2 * HOUR, maxBytes: null, cited: [], dropsCited: false });
    const { evidence } = readEvidence(path, span);
    expect(evidence.processes.map(({ id }) => id)).toEqual([1, 2]);
    const before = samplesIn(evidence).filter(({ atMs }) => atMs <= span.fromMs);
    expect(before.at(-1)).toMatchObject({ processId: 1, cpuNs: 120, pssBytes: 7 });
    expect(
      evidence.counters.filter(({ atMs }) => atMs <= span.fromMs).map(({ values }) => values['tasks']),
    ).toEqual([119, 120]);
    store.close();
  });

  it('takes nothing twice across keyframes', () => {
    const store = fourHours();
    const { evidence } = readEvidence(path, { fromMs: HOUR + 1, toMs: 3 * HOUR, lookBackMs: 0 });
    expect(evidence.windows).toHaveLength(2);
    const times = samplesIn(evidence).map(({ atMs }) => atMs);
    expect(new Set(times).size).toBe(times.length);
    expect(evidence.processes).toHaveLength(2);
    store.close();
  });

  it.each(['dropped', 'thinned'])(
    'refuses what looks back to what was %s, but not beyond the beginning of its run',
    (state) => {
      fourHours().close();
      const again = EvidenceStore.open(path).store;
      const limits = { cited: [], dropsCited: false, atMost: 1 };
      // The first segment ends with the second hour.
      const byAge = { ...limits, maxAgeMs: 1, maxBytes: null };
      again.retain(9 * HOUR, state === 'dropped' ? byAge : { ...limits, maxAgeMs: null, maxBytes: 1 });
      expect(verifyEvidence(path).segments[0]?.state).toBe(state);
      const read = (fromMs: number, toMs: number, lookBackMs: number): number =>
        readEvidence(path, { id: 'after-chat', fromMs, toMs, lookBackMs }).evidence.activities.length;
      const refused = expect.objectContaining({
        code: 'EVIDENCE_DROPPED',
        message: expect.stringContaining(state),
      });
      expect(read(3 * HOUR + 1, 4 * HOUR, HOUR - 1000)).toBeGreaterThan(0);
      expect(() => read(3 * HOUR + 1, 4 * HOUR, HOUR + 1000)).toThrowError(refused);
      const nextMs = 4 * HOUR + 60_000;
      again.append(nextMs, [runRow(nextMs, 'next'), startRow(1)]);
      again.append(nextMs + HOUR, [
        connectRow(nextMs + 1000),
        looksRow(nextMs, nextMs + HOUR),
        stretchRow(nextMs, nextMs + HOUR),
        windowRow(nextMs + 1, nextMs + HOUR),
      ]);
      expect(read(nextMs + 1, nextMs + HOUR, 9 * HOUR)).toBe(1);
      again.close();
    },
  );

  it('brings causes from before the window, their actors, and what was told late', () => {
    const { store } = EvidenceStore.open(path);
    store.append(0, [runRow(0), startRow(1), startRow(9, 'gone'), connectRow(1_000, 9), exitRow(9, 2_000)]);
    for (let nth = 1; nth <= 3_000; nth += 1) store.append(2_000 + nth, [cpuRow(1, 2_000 + nth, nth)]);
    store.append(10_000, [looksRow(0, 10_000)]);
    store.append(20_000, [looksRow(10_000, 20_000), stretchRow(0, 20_000), windowRow(10_000, 20_000)]);
    store.append(2 * HOUR, [
      connectRow(15_000),
      gapRow({ fromMs: 12_000, toMs: 2 * HOUR, collector: 'sockets', target: null, reason: 'denied' }),
    ]);
    const read = (lookBackMs: number): ReturnType<typeof readEvidence>['evidence'] =>
      readEvidence(path, { id: 'after-chat', fromMs: 10_000, toMs: 20_000, lookBackMs }).evidence;
    expect(read(0).activities.map(({ atMs }) => atMs)).toEqual([15_000]);
    expect(read(9_500).activities.map(({ atMs }) => atMs)).toEqual([1_000, 2_000, 15_000]);
    expect(read(9_500).processes.map(({ name }) => name)).toContain('gone');
    expect(read(0).processes.map(({ name }) => name)).toEqual(['p1']);
    expect(read(0).gaps).toHaveLength(1);
    store.close();
  });

  it('keeps two runs apart, also where the clock was set back between them', () => {
    const { store } = EvidenceStore.open(path);
    store.append(100_000, [runRow(100_000, 'first'), startRow(1, 'old'), cpuRow(1, 100_000, 5)]);
    store.append(120_000, [
      looksRow(100_000, 120_000),
      stretchRow(100_000, 120_000),
      windowRow(100_000, 120_000),
    ]);
    store.append(90_000, [runRow(90_000, 'second'), startRow(1, 'new'), cpuRow(1, 90_000, 1)]);
    store.append(121_000, [
      looksRow(90_000, 121_000),
      stretchRow(90_000, 121_000),
      windowRow(101_000, 121_000),
    ]);
    const first = readEvidence(path, {
      id: 'after-chat',
      fromMs: 100_000,
      toMs: 120_000,
      lookBackMs: 0,
    }).evidence;
    expect([first.run.id, first.processes[0]?.name, samplesIn(first)]).toEqual([
      'first',
      'old',
      [{ atMs: 100_000, processId: 1, cpuNs: 5 }],
    ]);
    const second = readEvidence(path, {
      id: 'after-chat',
      fromMs: 101_000,
      toMs: 121_000,
      lookBackMs: 0,
    }).evidence;
    expect([second.run.id, second.processes[0]?.name]).toEqual(['second', 'new']);
    expect(second.windows).toHaveLength(1);
    store.close();
  });

  it('says when there is no such window, or nobody reported on it', () => {
    const { store } = EvidenceStore.open(path);
    const reader = new EvidenceReader(path);
    const span = { id: 'x', fromMs: 0, toMs: 10, lookBackMs: 0 };
    expect(() => reader.window(span)).toThrowError(expect.objectContaining({ code: 'EVIDENCE_NO_WINDOW' }));
    store.append(0, [runRow(0), windowRow(0, 10, 'x')]);
    expect(() => reader.window(span)).toThrowError(expect.objectContaining({ code: 'EVIDENCE_UNFINISHED' }));
    store.append(20, [stretchRow(0, 20)]);
    expect(reader.window(span).evidence.windows).toHaveLength(1);
    reader.close();
    store.close();
  });
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
