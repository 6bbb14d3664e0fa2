import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EvidenceReader, readEvidence } from '../../../src/evidence/read.ts';
import { gapRow, sampleRow } from '../../../src/evidence/rows.ts';
import { EvidenceStore } from '../../../src/evidence/store.ts';
import { verifyEvidence } from '../../../src/evidence/verify/verify.ts';
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
import { folderForEach } from '../../support/folder-for-each.ts';

let path: string;
folderForEach('idleproof-store-', (folder) => {
  path = join(folder, 'evidence.db');
});

const HOUR = 3_600_000;

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
