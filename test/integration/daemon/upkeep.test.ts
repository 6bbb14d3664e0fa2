import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { evidenceInUse } from '../../../src/daemon/unproven.ts';
import { Upkeep } from '../../../src/daemon/upkeep.ts';
import { documentRow } from '../../../src/evidence/rows.ts';
import type { SegmentState } from '../../../src/evidence/segments.ts';
import { verifyEvidence } from '../../../src/evidence/verify/verify.ts';
import { EvidenceStore } from '../../../src/evidence/store.ts';
import type { TimeSpan } from '../../../src/model/time.ts';
import { quietLog } from '../../support/quiet-log.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 5);

let folder: string;
let path: string;
let store: EvidenceStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-upkeep-'));
  path = join(folder, 'evidence.db');
  store = EvidenceStore.open(path).store;
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Segments of a day, each with so many megabytes. */
function days(count: number, megabytes: number): void {
  const note = documentRow('note', 'x'.repeat(1_000));
  for (let day = 0; day < count; day += 1) {
    const fromMs = START + day * DAY;
    store.append(fromMs, [documentRow('run', {}), ...Array.from({ length: megabytes * 1_000 }, () => note)]);
    store.rotate(fromMs + DAY);
  }
}

const keep = (
  upkeep: Upkeep,
  nowMs: number,
  retention: { maxAgeMs: number | null; maxBytes: number | null },
  inUse: TimeSpan[] = [],
): void =>
  upkeep.keep(
    nowMs,
    { retention },
    { isDisturbing: false, commit: () => true, onRotated: () => {}, inUse: () => inUse },
  );

describe('old evidence', () => {
  it('goes one segment at a look, and its space goes back to the disk', () => {
    days(4, 12);
    const { log, said } = quietLog();
    const upkeep = new Upkeep(store, log);
    const nowMs = START + 4 * DAY + HOUR;
    const before = statSync(path).size;
    const drops: number[] = [];
    let atMs = nowMs;
    do {
      keep(upkeep, (atMs += 1_000), { maxAgeMs: 2 * DAY, maxBytes: null });
      drops.push(said.length);
    } while (upkeep.dueAtMs(false) <= atMs + 1_000);
    expect(drops.slice(0, 3)).toEqual([1, 2, 2]);
    expect(statSync(path).size).toBeLessThan(before * 0.75);
    expect(upkeep.dueAtMs(false)).toBe(atMs + HOUR);
    expect(upkeep.dueAtMs(true)).toBe(atMs + 2 * HOUR);
  });

  it.each([
    ['too old', { maxAgeMs: DAY, maxBytes: null }],
    ['too large', { maxAgeMs: null, maxBytes: 1 }],
  ])('stays as long as a window rests on it that is not judged, be it %s', (_, retention) => {
    days(4, 1);
    const upkeep = new Upkeep(store, quietLog().log);
    let nowMs = START + 9 * DAY;
    const all = (inUse: TimeSpan[]): (SegmentState | undefined)[] => {
      // Something is done at each look until nothing is left to do.
      for (let step = 1; step <= 12; step += 1) keep(upkeep, (nowMs += HOUR), retention, inUse);
      return verifyEvidence(path).segments.map(({ state }) => state);
    };
    const open = evidenceInUse([{ fromMs: START + 2.5 * DAY }], HOUR, START + 9 * DAY);
    expect(all(open).slice(0, 4)).toEqual(['dropped', 'dropped', 'whole', 'whole']);
    // What a window would look back to that opens now.
    expect(all(evidenceInUse([], DAY, START + 3.5 * DAY)).slice(0, 4)).toEqual([
      'dropped',
      'dropped',
      'whole',
      'whole',
    ]);
    expect(all([]).slice(0, 4)).toEqual(['dropped', 'dropped', 'dropped', 'dropped']);
    expect(verifyEvidence(path).problems).toEqual([]);
  });

  it('is kept where nothing is said of it; a new segment begins each day', () => {
    days(1, 1);
    store.append(START + DAY, [documentRow('note', 'next')]);
    const upkeep = new Upkeep(store, quietLog().log);
    const none = { maxAgeMs: null, maxBytes: null };
    keep(upkeep, START + DAY + HOUR, none);
    expect(store.segments).toBe(2);
    keep(upkeep, START + 2 * DAY + HOUR, none);
    expect(store.segmentFromMs).not.toBe(START + DAY);
    expect(store.segments).toBe(3);
  });
});
