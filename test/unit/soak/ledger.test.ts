import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Proof } from '../../../src/model/proof.ts';
import { proofOf } from '../../support/proofs.ts';

interface Planted {
  kind: string;
  fromMs: number;
  toMs: number;
}
interface Ledger {
  pairs: { target: string; rule: string; inside: number; edge: number; missed: number; surplus: number }[];
  windows: { isFalsePass: boolean; isFalseFail: boolean }[];
}
const LEDGER = '../../soak/ledger.mjs';
const PLAN = '../../soak/plan.mjs';
const { complaintsAbout, makeLedger } = (await import(LEDGER)) as {
  complaintsAbout: (ledger: Ledger, ended: { exitCode: number | null; ended: string | null }) => string[];
  makeLedger: (reports: string, planted: Planted[]) => Ledger;
};
const { makePlan } = (await import(PLAN)) as {
  makePlan: (asked: { seed: number; durationMs: number; windowMs: number }) => {
    atMs: number;
    kind: string;
  }[];
};

const OPENED_MS = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;
let reports: string;
beforeEach(() => {
  reports = mkdtempSync(join(tmpdir(), 'idleproof-ledger-'));
});
afterEach(() => rmSync(reports, { recursive: true, force: true }));

/** A proof of a minute that tells of so many rows. */
function write(name: string, rows: number, over: Partial<Proof> = {}): void {
  const proof = proofOf({ openedMs: OPENED_MS, minutes: 1 });
  const [finding] = proofOf({ openedMs: OPENED_MS, agent: true }).findings;
  const told = { ...finding!, target: 'demo', ruleId: 'background-tool-run', count: rows };
  const findings = rows === 0 ? [] : [told];
  mkdirSync(join(reports, name));
  const verdict = rows === 0 ? 'pass' : 'fail';
  writeFileSync(join(reports, name, 'proof.json'), JSON.stringify({ ...proof, verdict, findings, ...over }));
}

const row = (afterMs: number): Planted => ({
  kind: 'row',
  fromMs: OPENED_MS + afterMs,
  toMs: OPENED_MS + afterMs + 5,
});
const ofRows = ({ pairs }: Ledger) => pairs.find(({ rule }) => rule === 'background-tool-run');

describe('the ledger of a soak', () => {
  it('is even where each planted row was told', () => {
    write('a', 2);
    const ledger = makeLedger(reports, [row(10_000), row(20_000), row(2 * MINUTE_MS)]);
    expect(ofRows(ledger)).toMatchObject({ inside: 2, edge: 0, missed: 0, surplus: 0 });
    expect(ledger.windows).toMatchObject([{ isFalsePass: false, isFalseFail: false }]);
  });

  it('tells what was missed, and a pass with something planted in it', () => {
    write('a', 0);
    const ledger = makeLedger(reports, [row(10_000)]);
    expect(ofRows(ledger)).toMatchObject({ inside: 1, missed: 1 });
    expect(ledger.windows).toMatchObject([{ isFalsePass: true }]);
  });

  it('tells what was not planted, and a fail without cause', () => {
    write('a', 1);
    const ledger = makeLedger(reports, [row(2 * MINUTE_MS)]);
    expect(ofRows(ledger)).toMatchObject({ inside: 0, surplus: 1 });
    expect(ledger.windows).toMatchObject([{ isFalseFail: true }]);
  });

  it('takes either for right at the edge of a window', () => {
    write('a', 1);
    expect(ofRows(makeLedger(reports, [row(500)]))).toMatchObject({ edge: 1, missed: 0, surplus: 0 });
    rmSync(join(reports, 'a'), { recursive: true });
    write('a', 0);
    expect(ofRows(makeLedger(reports, [row(500)]))).toMatchObject({ edge: 1, missed: 0, surplus: 0 });
  });

  it('leaves out what was withdrawn or superseded', () => {
    write('a', 0, { evidence: { chainHead: '', rows: 1 } });
    write('b', 1, { evidence: { chainHead: '', rows: 2 } });
    write('c', 5, { evidence: { chainHead: '', rows: 3 } });
    writeFileSync(join(reports, 'c', 'withdrawn.txt'), '');
    expect(ofRows(makeLedger(reports, [row(10_000)]))).toMatchObject({ inside: 1, missed: 0, surplus: 0 });
  });
});

describe('what is not right about a soak', () => {
  const IN_ORDER = { exitCode: 0, ended: null };
  const complaints = (planted: Planted[], how = {}): string[] =>
    complaintsAbout(makeLedger(reports, planted), { ...IN_ORDER, ...how });

  it('is nothing where all that was planted was told', () => {
    write('a', 1);
    expect(complaints([row(10_000)])).toEqual([]);
  });

  it('is that nothing could be told of it', () => {
    expect(complaints([row(10_000)])).toEqual([
      'no window was judged that is not inconclusive',
      'nothing that was planted lay surely in a judged window',
    ]);
    write('a', 0);
    expect(complaints([])).toEqual(['nothing that was planted lay surely in a judged window']);
    rmSync(join(reports, 'a'), { recursive: true });
    write('a', 1, { verdict: 'inconclusive' });
    expect(complaints([row(10_000)])).toEqual(['no window was judged that is not inconclusive']);
  });

  it('is what was missed, what was not planted, and who ended', () => {
    write('a', 0);
    expect(complaints([row(10_000)])).toEqual(['1 missed', '1 passes with something planted']);
    rmSync(join(reports, 'a'), { recursive: true });
    write('a', 3);
    expect(complaints([row(10_000)], { exitCode: 4, ended: 'nginx' })).toEqual([
      'the daemon ended with exit code 4',
      'nginx ended by itself',
      '2 found and not planted',
    ]);
  });
});

describe('the plan of a soak', () => {
  const asked = { seed: 7, durationMs: 60 * MINUTE_MS, windowMs: 5 * MINUTE_MS };

  it('is the same for the same seed, in order, and never too close', () => {
    const plan = makePlan(asked);
    expect(makePlan(asked)).toEqual(plan);
    expect(makePlan({ ...asked, seed: 8 })).not.toEqual(plan);
    const gaps = plan.slice(1).map(({ atMs }, at) => atMs - (plan[at]?.atMs ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(4000);
    expect(plan.every(({ atMs }) => atMs < asked.durationMs)).toBe(true);
  });
});
