import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readEvidence } from '../../../src/evidence/read.ts';
import { counterRow, sampleRow } from '../../../src/evidence/rows.ts';
import { Standing } from '../../../src/evidence/standing.ts';
import { EvidenceStore } from '../../../src/evidence/store.ts';
import type { Row } from '../../../src/evidence/tables.ts';
import { verifyEvidence } from '../../../src/evidence/verify/verify.ts';
import type { Evidence } from '../../../src/model/evidence.ts';
import type { ProcessMetric, ProcessMetrics } from '../../../src/model/sample.ts';
import { openSqlite } from '../../../src/os/sqlite.ts';
import { writeAsLayout3 } from '../../support/layout-3.ts';
import {
  cpuRow,
  exitRow,
  looksRow,
  runRow,
  startRow,
  stretchRow,
  windowRow,
} from '../../support/evidence-rows.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-blocks-'));
  path = join(folder, 'evidence.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ids = Array.from({ length: 20 }, (_, at) => at + 1);

function inFile<T>(sql: string): T[] {
  const db = openSqlite(path);
  try {
    const statement = db.prepare(sql);
    return statement.reader ? (statement.all() as T[]) : (statement.run(), []);
  } finally {
    db.close();
  }
}

describe('a store that is gone on with', () => {
  it('knows the last sample of each process, whether it was in a block or a row of its own', () => {
    const { store } = EvidenceStore.open(path);
    store.append(0, [runRow(0), ...ids.map((id) => startRow(id))]);
    store.append(
      1000,
      ids.map((id) => cpuRow(id, 1000, id)),
    );
    store.append(2000, [cpuRow(1, 2000, 500), sampleRow({ atMs: 2000, processId: 2, rssBytes: 7 })]);
    store.append(
      3000,
      ids.slice(3).map((id) => cpuRow(id, 3000, 1000 + id)),
    );
    const again = EvidenceStore.open(path);
    expect(again).toMatchObject({ isContinued: true, setAside: null });
    again.store.rotate(4000);
    for (const one of [store, again.store]) one.close();
    const [keyframe] = inFile<{ body: string }>(
      'SELECT body FROM sample_block WHERE batch = (SELECT max(batch) FROM sample_block)',
    );
    const { looks, cpuNs, rssBytes } = JSON.parse(keyframe?.body ?? '') as Record<string, number[][]>;
    expect(looks?.slice(0, 3)).toEqual([
      [2000, 1, 2],
      [1000, 3],
      [3000, ...ids.slice(3)],
    ]);
    expect(cpuNs).toEqual([500, 2, 3, ...ids.slice(3).map((id) => 1000 + id)]);
    expect(rssBytes).toEqual([[1], [7]]);
  });

  const changes = [`replace(body, '":', '";')`, "'null'", "'[1]'", "'[[1],2,null]'", "''", 'NULL'];
  it.each(
    ['sample_block', 'counter', 'activity'].flatMap((table) => changes.map((change) => ({ table, change }))),
  )(
    'is set aside where what it would have to read of it is damaged: $change in $table',
    ({ table, change }) => {
      const { store } = EvidenceStore.open(path);
      store.append(0, [runRow(0), ...ids.map((id) => startRow(id))]);
      store.append(1000, [
        ...ids.map((id) => cpuRow(id, 1000, id)),
        counterRow({ atMs: 1000, scope: 'forks', values: { tasks: 1 } }),
        exitRow(3, 1000),
      ]);
      store.append(2000, [looksRow(0, 2000)]);
      store.close();
      inFile(`UPDATE ${table} SET body = ${change}`);
      const again = EvidenceStore.open(path);
      again.store.close();
      expect(again.isContinued).toBe(false);
      expect(again.setAside?.reason).toMatch(/^it is damaged: an? .* is (no JSON|not what was written)/);
    },
  );

  it('is left where it is by a fault of our own, which is told', () => {
    const { store } = EvidenceStore.open(path);
    store.append(0, [runRow(0), startRow(1)]);
    store.close();
    const take = vi.spyOn(Standing.prototype, 'take').mockImplementation(() => {
      throw new TypeError('a fault');
    });
    try {
      expect(() => EvidenceStore.open(path)).toThrowError('a fault');
    } finally {
      take.mockRestore();
    }
    expect(readdirSync(folder)).toEqual(['evidence.db']);
    const again = EvidenceStore.open(path);
    again.store.close();
    expect(again).toMatchObject({ isContinued: true, setAside: null });
  });

  it('counts each sample of a segment, since it has to be thinned whole', () => {
    const { store } = EvidenceStore.open(path);
    store.append(0, [runRow(0), ...ids.map((id) => startRow(id))]);
    const looks = Array.from({ length: 50 }, (_, look) => (look + 1) * 1000);
    store.append(
      50_000,
      looks.flatMap((atMs) => ids.map((id) => cpuRow(id, atMs, atMs + id))),
    );
    expect(store.unpackedSegmentRows).toBe(1 + 20 + 1000);
    const again = EvidenceStore.open(path).store;
    expect(again.unpackedSegmentRows).toBe(1 + 20 + 1000);
    again.rotate(51_000);
    // The run, and of each process what it is and its last sample.
    expect(again.unpackedSegmentRows).toBe(1 + 20 + 20);
    for (const one of [store, again]) one.close();
  });
});

const METRICS: readonly ProcessMetric[] = ['cpuNs', 'wakeups', 'rssBytes', 'gpuBytes'];

/** Of one look: what was read of each process that is in it; a value that is too large, or smaller than before, too. */
const look = fc.record({
  afterMs: fc.constantFrom(0.25, 999.75, 1000, 1003.5, 4000),
  readings: fc.dictionary(
    fc.integer({ min: 1, max: 24 }).map(String),
    fc.record(
      Object.fromEntries(
        METRICS.map((metric) => [
          metric,
          fc.oneof(fc.nat(3), fc.nat(), fc.constant(Number.MAX_SAFE_INTEGER)),
        ]),
      ) as Record<'cpuNs' | 'wakeups' | 'rssBytes' | 'gpuBytes', fc.Arbitrary<number>>,
      { requiredKeys: [] },
    ),
    { minKeys: 0, maxKeys: 24, size: 'max' },
  ),
  counters: fc.dictionary(
    fc.constantFrom('forks', 'network:1'),
    fc.record({ a: fc.nat(2), b: fc.nat(2) }, { requiredKeys: [] }),
  ),
  /** What ends with it. */
  ends: fc.constantFrom('nothing', 'nothing', 'nothing', 'a batch', 'a batch', 'a segment'),
});
type Looked = typeof look extends fc.Arbitrary<infer T> ? T : never;

/** Looks at 24 processes, which of them as one window; `edges` are places of looks, or between two. */
function written(
  looks: readonly Looked[],
  edges: readonly [number, number],
): { fromMs: number; toMs: number } {
  const { store } = EvidenceStore.open(path);
  store.append(0, [runRow(0), ...Array.from({ length: 24 }, (_, at) => startRow(at + 1))]);
  const times = [0];
  let rows: Row[] = [];
  for (const { afterMs, readings, counters, ends } of looks) {
    const atMs = (times.at(-1) ?? 0) + afterMs;
    times.push(atMs);
    for (const [id, metrics] of Object.entries(readings))
      if (Object.keys(metrics).length > 0)
        rows.push(sampleRow({ atMs, processId: Number(id), ...(metrics as ProcessMetrics) }));
    for (const [scope, values] of Object.entries(counters)) rows.push(counterRow({ atMs, scope, values }));
    rows.push(looksRow(atMs, atMs));
    if (ends === 'nothing') continue;
    store.append(atMs, rows);
    rows = [];
    if (ends === 'a segment') store.rotate(atMs);
  }
  const lastMs = times.at(-1) ?? 0;
  const [fromMs = 0, toMs = 0] = edges
    .map((edge) => (times[Math.floor(edge * times.length)] ?? 0) + (edge > 0.5 ? 0.5 : 0))
    .toSorted((a, b) => a - b);
  const window = { fromMs, toMs: Math.max(toMs, fromMs + 0.25) };
  store.append(lastMs + 1, [...rows, stretchRow(0, lastMs + 1), windowRow(window.fromMs, window.toMs)]);
  store.close();
  return window;
}

const told = ({ samples, counters, looks, processes }: Evidence): unknown => ({
  times: [...samples.times].toSorted((a, b) => a - b),
  looksAt: processes.map(({ id }) => samples.looksAt(id)),
  readings: processes.map(({ id }) => METRICS.map((metric) => samples.readings(id, metric))),
  counters: ['forks', 'network:1'].map((scope) => counters.filter((one) => one.scope === scope)),
  looks,
});

describe('evidence with blocks', () => {
  it('says the same as with a row for each sample and reading, whatever window is read', () => {
    let blocks = 0;
    const edge = fc.double({ min: 0, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(fc.array(look, { minLength: 1, maxLength: 25 }), fc.tuple(edge, edge), (looks, edges) => {
        const earlierPath = join(folder, 'earlier.db');
        for (const file of [path, earlierPath]) rmSync(file, { force: true });
        const span = { id: 'after-chat', ...written(looks, edges), lookBackMs: 0 };
        writeAsLayout3(path, earlierPath);
        blocks += inFile('SELECT rowid FROM sample_block').length;
        for (const file of [path, earlierPath]) expect(verifyEvidence(file).problems).toEqual([]);
        const now = readEvidence(path, span).evidence;
        const then = readEvidence(earlierPath, span).evidence;
        expect(told(now)).toEqual(told(then));
      }),
      { numRuns: 60 },
    );
    expect(blocks).toBeGreaterThan(30);
  });
});
