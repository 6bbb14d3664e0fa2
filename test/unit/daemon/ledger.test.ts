import { describe, expect, it } from 'vitest';
import { Ledger } from '../../../src/daemon/ledger.ts';
import type { WindowVerdict } from '../../../src/model/daemon-status.ts';
import type { Verdict } from '../../../src/model/verdict.ts';

const judged = (fromMs: number, verdict: Verdict): WindowVerdict => ({
  windowId: 'w',
  fromMs,
  toMs: fromMs + 1,
  verdict,
  headline: '',
  folder: `reports/${fromMs}`,
  coverageShare: 1,
  excludedPeriodSeconds: null,
  findings: {},
});
const ALL = { windowId: null, limit: 10 };

describe('the verdicts of a daemon', () => {
  it('hold until another one of the same window takes their place', () => {
    const ledger = new Ledger();
    for (const one of [judged(1, 'pass'), judged(2, 'pass'), judged(1, 'fail')]) ledger.add(one);
    expect(ledger.countsOf('w')).toEqual({ pass: 1, fail: 1, inconclusive: 0 });
    expect(ledger.verdicts(ALL).map(({ fromMs }) => fromMs)).toEqual([1, 2]);
  });

  it('go where it was no window after all', () => {
    const ledger = new Ledger();
    for (const one of [judged(1, 'pass'), judged(2, 'pass')]) ledger.add(one);
    expect(ledger.remove('w', 1)).toMatchObject({ verdict: 'pass', folder: 'reports/1' });
    expect(ledger.remove('w', 1)).toBeNull();
    expect(ledger.remove('v', 2)).toBeNull();
    expect(ledger.countsOf('w')).toEqual({ pass: 1, fail: 0, inconclusive: 0 });
    expect(ledger.verdicts(ALL).map(({ fromMs }) => fromMs)).toEqual([2]);
  });
});
