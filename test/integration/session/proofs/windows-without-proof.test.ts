import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { documentRow } from '../../../../src/evidence/rows.ts';
import { EvidenceStore } from '../../../../src/evidence/store.ts';
import { noteUnjudged } from '../../../../src/session/proofs/unjudged.ts';
import { windowsWithoutProof } from '../../../../src/session/proofs/windows-without-proof.ts';
import { looksRow, runRow, stretchRow, windowOf, windowRow } from '../../../support/evidence-rows.ts';

let folder: string;
let store: EvidenceStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-without-'));
  ({ store } = EvidenceStore.open(join(folder, 'evidence.db')));
  store.append(0, [runRow(0, 'first'), looksRow(0, 60_000), stretchRow(0, 60_000)]);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const judged = (fromMs: number, verdict: string, into: string | null) =>
  documentRow('verdict', { windowId: 'w', fromMs, toMs: fromMs + 9_000, verdict, folder: into });
const named = (...waiting: Parameters<typeof windowsWithoutProof>[2] & {}) =>
  windowsWithoutProof(store.path, folder, waiting).map(({ path, verdict }) => ({ path, verdict }));

it('names those that are not judged, and those whose proof could not be written, with the verdict', () => {
  const froms = [10_000, 20_000, 30_000];
  store.append(
    60_000,
    froms.map((fromMs) => windowRow(fromMs, fromMs + 9_000, 'w')),
  );
  store.append(60_000, [judged(10_000, 'pass', 'w'), judged(20_000, 'fail', null)]);
  const failed = {
    path: 'w of 1970-01-01T00:00:20.000Z (fail, but its proof could not be written)',
    verdict: 'fail',
  };
  const open = { path: 'w of 1970-01-01T00:00:30.000Z (not judged yet)', verdict: null };
  expect(named()).toEqual([failed, open]);

  // A full disk keeps windows in memory, too.
  const kept = { path: 'w of 1970-01-01T00:00:40.000Z (not judged yet)', verdict: null };
  expect(named(windowOf(40_000, 49_000, 'w'), windowOf(20_000, 29_000, 'w'))).toEqual([kept, failed, open]);

  // Of this one the folder tells already.
  noteUnjudged(folder, { id: 'w', fromMs: 30_000 }, 'retention has dropped its evidence');
  expect(named()).toEqual([failed]);
  store.append(60_000, [judged(20_000, 'fail', 'w-2')]);
  expect(named()).toEqual([]);
});
