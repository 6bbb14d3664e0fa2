import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documentRow } from '../../../src/evidence/rows.ts';
import { EvidenceStore } from '../../../src/evidence/store.ts';
import type { Row } from '../../../src/evidence/tables.ts';
import { excludedBySoak, type VerdictDocument } from '../../../src/session/judged-soak.ts';
import { runRow, windowRow } from '../../support/evidence-rows.ts';

const EVERYTHING = { sinceMs: null, windowId: null };
const MINUTE = 60_000;

let folder: string;
let path: string;
let store: EvidenceStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-soak-'));
  path = join(folder, 'evidence.db');
  store = EvidenceStore.open(path).store;
  store.append(0, [runRow(0)]);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function verdictRow(fromMs: number, toMs: number, verdict: VerdictDocument['verdict'] = 'pass'): Row {
  const isQuiet = verdict === 'pass';
  return documentRow('verdict', {
    windowId: 'w',
    fromMs,
    toMs,
    verdict,
    headline: '',
    folder: null,
    coverageShare: 1,
    excludedPeriodSeconds: null,
    findings: {},
    soak: isQuiet ? { trigger: 'manual', anchorMs: null, exposure: [{ fromMs, toMs }] } : null,
  } satisfies VerdictDocument);
}

/** Closes a window and judges it. */
function judged(fromMs: number, toMs: number, verdict?: VerdictDocument['verdict']): void {
  store.append(toMs, [windowRow(fromMs, toMs, 'w'), verdictRow(fromMs, toMs, verdict)]);
}

const counted = (): number | null => excludedBySoak(path, EVERYTHING)?.windows ?? null;

describe('what the windows of a store exclude together', () => {
  it('is of those that passed', () => {
    judged(0, MINUTE);
    judged(MINUTE, 2 * MINUTE, 'fail');
    judged(2 * MINUTE, 3 * MINUTE);
    expect(counted()).toBe(2);
    expect(excludedBySoak(path, { ...EVERYTHING, sinceMs: MINUTE })?.windows).toBe(1);
    expect(excludedBySoak(path, { ...EVERYTHING, windowId: 'other' })).toBeNull();
  });

  it('is not of one that was judged again, and did not pass', () => {
    judged(0, MINUTE);
    judged(0, MINUTE, 'fail');
    expect(counted()).toBeNull();
  });

  it('is of what is left of one that became shorter, once that is judged', () => {
    judged(0, MINUTE);
    store.append(MINUTE, [windowRow(0, MINUTE / 2, 'w')]);
    expect(counted()).toBeNull();
    store.append(MINUTE, [verdictRow(0, MINUTE / 2)]);
    expect(excludedBySoak(path, EVERYTHING)?.seconds).toBeCloseTo(30 / 0.95, 1);
  });

  it('is not of one that was none, as was seen after its verdict', () => {
    judged(0, MINUTE);
    store.append(MINUTE, [windowRow(0, 0, 'w')]);
    expect(counted()).toBeNull();
  });
});
