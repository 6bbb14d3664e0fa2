import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { finishCutOff } from '../../../../src/daemon/proofs/finish-cut-off.ts';
import type { DaemonPlan } from '../../../../src/daemon/plan.ts';
import { Problems } from '../../../../src/daemon/problems.ts';
import { UnjudgedWindows } from '../../../../src/daemon/proofs/unjudged-windows.ts';
import { EvidenceStore } from '../../../../src/evidence/store.ts';
import { looksRow, runRow, stretchRow, windowRow } from '../../../support/evidence-rows.ts';
import { quietLog } from '../../../support/quiet-log.ts';

let folder: string;
let store: EvidenceStore;
let problems: Problems;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-finish-'));
  ({ store } = EvidenceStore.open(join(folder, 'evidence.db')));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** As a daemon begins, which has no rules. */
function begin(of: Pick<EvidenceStore, 'path' | 'append' | 'lastMs'>): void {
  problems = new Problems();
  const { log } = quietLog();
  const unjudged = new UnjudgedWindows({ problems, log });
  const plan = { packs: [], reports: { dir: join(folder, 'reports'), formats: [], cron: null } };
  const proofs = { add: () => {}, flush: () => {} };
  finishCutOff({ store: of, proofs, unjudged, log }, plan as unknown as DaemonPlan);
}

it('tells of windows that the daemon before has left and nobody can judge, each time, and writes it down once', () => {
  store.append(0, [runRow(0, 'first'), looksRow(0, 60_000), stretchRow(0, 60_000)]);
  store.append(60_000, [windowRow(1_000, 60_000, 'w')]);
  store.append(70_000, [runRow(70_000, 'second')]);
  const text = expect.stringMatching(/^nobody can judge 1 window any more: w of 1970-01-01T/) as string;
  for (let start = 1; start <= 2; start += 1) {
    begin(store);
    expect(problems.all).toMatchObject([{ kind: 'window', text }]);
  }
  expect(readdirSync(join(folder, 'reports'))).toEqual([expect.stringMatching(/_w$/)]);
});

it('tells where what was left cannot even be read', () => {
  begin({ path: join(folder, 'gone.db'), append: () => {}, lastMs: 0 });
  const text = expect.stringContaining('could not be judged: ') as string;
  expect(problems.all).toMatchObject([{ kind: 'window', text }]);
});

it('tells of nothing where nothing was left', () => {
  store.append(0, [runRow(0, 'first')]);
  begin(store);
  expect(problems.all).toEqual([]);
});
