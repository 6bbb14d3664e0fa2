import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../../src/os/sqlite.ts';
import { CHAIN_START, digestBatch, digestOpening } from '../../../src/evidence/chain.ts';
import { readEvidence } from '../../../src/evidence/read.ts';
import {
  activityRow,
  counterRow,
  documentRow,
  gapRow,
  lookRow,
  sampleRow,
} from '../../../src/evidence/rows.ts';
import { EvidenceStore } from '../../../src/evidence/store.ts';
import { wakeRow } from '../../../src/evidence/stored-wake.ts';
import type { WakeStretch } from '../../../src/model/wake.ts';
import type { Row } from '../../../src/evidence/tables.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-evidence-'));
  path = join(folder, 'evidence.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const writeAt = (atMs: number): Row =>
  activityRow({
    kind: 'file',
    atMs,
    target: 'app',
    collector: 'files',
    processId: null,
    thread: null,
    op: 'write',
    path: `/srv/${atMs}`,
  });

const finished = [documentRow('run', { id: 'r' }), documentRow('self', { cpuSeconds: 0 })];

describe('EvidenceStore', () => {
  it('gives back what was written, in order', () => {
    const store = EvidenceStore.create(path);
    const sample = { atMs: 1000.25, processId: 1, cpuNs: 5_000_000_000_123, pssBytes: 0 };
    const gap = { fromMs: 1, toMs: 2, collector: 'sockets', target: null, reason: 'denied' } as const;
    store.append(1, [...finished, lookRow({ fromMs: 0, toMs: 9, looks: 10, longestStepMs: 1 })]);
    store.append(2, [
      sampleRow(sample),
      gapRow(gap),
      counterRow({ atMs: 3, scope: 'forks', values: { tasks: 4 } }),
    ]);
    const head = store.head();
    store.close();
    const stored = readEvidence(path);
    expect(stored.head).toEqual(head);
    expect(stored.evidence.samples.times).toEqual(new Set([sample.atMs]));
    expect(stored.evidence.samples.readings(1, 'cpuNs').values).toEqual(Float64Array.of(sample.cpuNs));
    expect(stored.evidence.samples.readings(1, 'pssBytes').values).toEqual(Float64Array.of(0));
    expect(stored.evidence.samples.readings(1, 'wakeups').values).toEqual(new Float64Array());
    expect(stored.evidence.gaps).toEqual([gap]);
    expect(stored.evidence.counters).toEqual([{ atMs: 3, scope: 'forks', values: { tasks: 4 } }]);
    expect(stored.evidence.looks).toEqual([{ fromMs: 0, toMs: 9, looks: 10, longestStepMs: 1 }]);
  });

  it('gives back the columns of events tables; none where nobody recorded them', () => {
    const store = EvidenceStore.create(path);
    store.append(1, finished);
    expect(readEvidence(path).evidence.eventColumns).toEqual({});
    store.append(2, [documentRow('eventColumns', { app: ['id', 'model'] })]);
    store.close();
    expect(readEvidence(path).evidence.eventColumns).toEqual({ app: ['id', 'model'] });
  });

  it('gives back why threads woke; nothing from a file that was written before it was kept', () => {
    const wake: WakeStretch = {
      fromMs: 1000.5,
      toMs: 61_000.25,
      processId: 1,
      tid: 100,
      thread: 'redis-server',
      call: 'epoll_wait',
      timeoutMs: 100,
      timeoutIs: 'asked',
      wokenBy: 'timer',
      waker: null,
      count: 600,
      intervalMs: 100.3,
      timesMs: [1000.5, 1100.75, 1201],
      sampledShare: 1,
    };
    const rest: WakeStretch = {
      ...wake,
      tid: null,
      thread: null,
      call: null,
      timeoutMs: null,
      timeoutIs: null,
      wokenBy: 'mixed',
      waker: 'x',
      intervalMs: null,
      timesMs: [],
      sampledShare: 0.1,
    };
    const store = EvidenceStore.create(path);
    store.append(1, [...finished, wakeRow(wake), wakeRow(rest)]);
    store.close();
    const { wakes } = readEvidence(path).evidence;
    expect(wakes.map((one) => ({ ...one, timesMs: one.timesMs }))).toEqual([wake, rest]);
    const db = openSqlite(path);
    db.exec('DROP TABLE wake');
    db.pragma('user_version = 1');
    db.close();
    expect(readEvidence(path).evidence.wakes).toEqual([]);
  });

  it('is one file after it was closed', () => {
    const store = EvidenceStore.create(path);
    store.append(1, finished);
    expect(existsSync(`${path}-wal`)).toBe(true);
    store.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
    expect(existsSync(`${path}-shm`)).toBe(false);
  });

  it('chains its batches: a changed row no longer gives the stored digest', () => {
    const store = EvidenceStore.create(path);
    const rows: Row[] = [gapRow({ fromMs: 1, toMs: 2, collector: 'loop', target: null, reason: 'late' })];
    store.append(7, rows);
    store.append(8, [documentRow('note', 'n')]);
    store.close();
    const db = openSqlite(path);
    const [first, second] = db.prepare('SELECT sha256, previous FROM batch ORDER BY id').all() as {
      sha256: string;
      previous: string;
    }[];
    db.close();
    const start = digestOpening({ id: 1, fromMs: 7, firstBatch: 1, previous: CHAIN_START });
    const batch = { id: 1, atMs: 7, keyframe: 0 } as const;
    expect(first?.sha256).toBe(digestBatch(start, batch, rows));
    expect(second?.previous).toBe(first?.sha256);
    const changed = gapRow({ fromMs: 1, toMs: 2, collector: 'loop', target: null, reason: 'on time' });
    expect(digestBatch(start, batch, [changed])).not.toBe(first?.sha256);
  });

  it('refuses to take a name twice, and says when it cannot write', () => {
    EvidenceStore.create(path).close();
    expect(() => EvidenceStore.create(path)).toThrowError(
      expect.objectContaining({ code: 'EVIDENCE_WRITE' }),
    );
    expect(() => EvidenceStore.create(join(folder, 'no', 'such.db'))).toThrowError(
      expect.objectContaining({ code: 'EVIDENCE_WRITE', exitCode: 4 }),
    );
  });
});

describe('readEvidence', () => {
  it('gives back however many activities there are, in order', () => {
    const store = EvidenceStore.create(path);
    const times = Array.from({ length: 1000 }, (_, at) => at);
    store.append(1, [...finished, ...times.map(writeAt)]);
    store.close();
    expect(readEvidence(path).evidence.activities.map(({ atMs }) => atMs)).toEqual(times);
  });

  it.each([
    ['no body', 'NULL'],
    ['two bodies', "body || ',' || body"],
    ['half a body', 'substr(body, 1, length(body) / 2)'],
  ])('an activity of %s is an error', (_, body) => {
    const store = EvidenceStore.create(path);
    store.append(1, [...finished, ...[1, 2, 3].map(writeAt)]);
    store.close();
    openSqlite(path).exec(`UPDATE activity SET body = ${body} WHERE at_ms = 2`).close();
    expect(() => readEvidence(path)).toThrowError(expect.objectContaining({ code: 'EVIDENCE_READ' }));
  });

  it.each([
    ['a file that is not there', () => {}, 'EVIDENCE_READ'],
    [
      'a database of something else',
      () => openSqlite(path).exec('CREATE TABLE t (x)').close(),
      'EVIDENCE_READ',
    ],
    ['a run that never ended', () => EvidenceStore.create(path).close(), 'EVIDENCE_UNFINISHED'],
    [
      'a newer layout',
      () => {
        EvidenceStore.create(path).close();
        const db = openSqlite(path);
        db.pragma('user_version = 99');
        db.close();
      },
      'EVIDENCE_NEWER',
    ],
  ])('%s is an error', (_, prepare, code) => {
    prepare();
    expect(() => readEvidence(path)).toThrowError(expect.objectContaining({ code, exitCode: 3 }));
  });
});
