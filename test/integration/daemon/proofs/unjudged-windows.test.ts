import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { summarizeProofs } from '../../../../src/core/proof/summary.ts';
import { Problems } from '../../../../src/daemon/problems.ts';
import { UnjudgedWindows } from '../../../../src/daemon/proofs/unjudged-windows.ts';
import { readKeptProofs } from '../../../../src/session/proofs/kept-proofs.ts';
import { proofOf } from '../../../support/proofs.ts';
import { quietLog } from '../../../support/quiet-log.ts';

const START = Date.UTC(2026, 10, 20, 6);
const DROPPED = 'retention has dropped its evidence';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-unjudged-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const daemon = () => {
  const problems = new Problems();
  const { log, said } = quietLog();
  return { problems, said, unjudged: new UnjudgedWindows({ problems, log }) };
};
const summary = () =>
  summarizeProofs(readKeptProofs(folder), { sinceMs: null, untilMs: null, windowId: null });

it('is a problem of the status that stays, whatever becomes of other windows', () => {
  const { problems, unjudged, said } = daemon();
  for (let nth = 0; nth < 5; nth += 1)
    unjudged.add(folder, { id: 'nightly', fromMs: START + nth * 60_000 }, DROPPED);
  // As it is said of the same window when a later one of its id was judged.
  problems.set('window', 'nightly', null);
  expect(problems.all).toMatchObject([{ kind: 'window', subject: null }]);
  expect(problems.all[0]?.text).toBe(
    'nobody can judge 5 windows any more: ' +
      [4, 3, 2].map((minute) => `nightly of 2026-11-20T06:0${minute}:00.000Z (${DROPPED})`).join(', ') +
      ', and 2 before',
  );
  expect(unjudged.count).toBe(5);
  expect(said).toHaveLength(5);
});

it('keeps a summary from passing, beside proofs that pass', () => {
  mkdirSync(join(folder, 'one'));
  writeFileSync(join(folder, 'one', 'proof.json'), JSON.stringify(proofOf({ openedMs: START })));
  expect(summary().verdict).toBe('pass');
  daemon().unjudged.add(folder, { id: 'nightly', fromMs: START + 3_600_000 }, DROPPED);
  const { verdict, unproved, headline } = summary();
  expect(verdict).toBe('inconclusive');
  expect(unproved).toEqual([expect.stringMatching(/^2026-11-\d\d_\d{4}_nightly$/)]);
  expect(headline).toContain('1 run without a proof');
});

it('is written down once, by each daemon that finds it, and beside what is there', () => {
  const window = { id: 'nightly', fromMs: START };
  daemon().unjudged.add(folder, window, DROPPED);
  daemon().unjudged.add(folder, window, DROPPED);
  expect(readdirSync(folder)).toHaveLength(1);
  // Another one of the same minute.
  daemon().unjudged.add(folder, { ...window, fromMs: START + 1 }, DROPPED);
  expect(readdirSync(folder)).toHaveLength(2);
  expect(summary().unproved).toHaveLength(2);
});

it('is told where it cannot be written down', () => {
  const { unjudged, said, problems } = daemon();
  writeFileSync(join(folder, 'file'), '');
  unjudged.add(join(folder, 'file'), { id: 'nightly', fromMs: START }, DROPPED);
  expect(said.at(-1)).toContain('could not be written down');
  expect(problems.all).toHaveLength(1);
});
