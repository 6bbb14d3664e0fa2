import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Problems } from '../../../../src/daemon/problems.ts';
import { scheduledMeasurements } from '../../../../src/daemon/scheduled/scheduled-measurements.ts';
import { documentRow } from '../../../../src/evidence/rows.ts';
import { EvidenceStore } from '../../../../src/evidence/store.ts';
import type { TakenMeasurement } from '../../../../src/model/taken-measurement.ts';
import { quietLog } from '../../../support/quiet-log.ts';
import { takenOf } from '../../../unit/support/taken.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-scheduled-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('what holds no more is kept and logged, also where no alert of it can be', () => {
  const storePath = join(folder, 'evidence.db');
  const { store } = EvidenceStore.open(storePath);
  store.append(2, [documentRow('taken', takenOf('old', 2, { p50: 1 }))]);
  store.close();
  const kept: TakenMeasurement[] = [];
  const { log, said } = quietLog();
  const full = (): never => {
    throw new Error('the disk is full');
  };
  const problems = new Problems();
  const schedule = scheduledMeasurements({
    storePath,
    statePath: folder,
    plan: () => ({
      targets: [],
      reports: { dir: folder, formats: [], cron: null },
      compareWith: 'pinned',
    }),
    started: () => new Map(),
    post: { take: full, recall: full },
    problems,
    log,
    keep: (taken) => kept.push(taken),
    onChange: () => {},
    toolVersion: '0.0.0',
    command: 'idleproof watch',
  });
  schedule.use([]);
  expect(kept).toMatchObject([{ measurementId: 'old', isWithdrawn: true }]);
  expect(said).toEqual(['info a measurement holds no more', 'error an alert of a measurement was lost']);
  expect(problems.all).toMatchObject([{ kind: 'measurement', subject: 'old' }]);
});
