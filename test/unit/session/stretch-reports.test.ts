import { describe, expect, it } from 'vitest';
import type { CollectorReport } from '../../../src/model/evidence.ts';
import { type EdgeFacts, StretchReports } from '../../../src/session/stretch-reports.ts';
import { stretchOf } from '../../support/evidence-rows.ts';

const trace = (lost: number, cpuSeconds: number): CollectorReport => ({
  name: 'trace',
  target: null,
  status: 'ok',
  tier: 'zero-miss',
  reason: null,
  lost,
  cpuSeconds,
});

function facts(...collectors: CollectorReport[]): EdgeFacts {
  const { fromMs: _, toMs: __, ...rest } = stretchOf(0, 0);
  return { ...rest, collectors };
}

describe('StretchReports', () => {
  it('gives each stretch what was lost in it, and no stretch what was lost before', () => {
    const reports = new StretchReports(1_000);
    expect(reports.cut(2_000, facts(trace(0, 1)))).toMatchObject({
      fromMs: 1_000,
      toMs: 2_000,
      collectors: [{ lost: 0, cpuSeconds: 1 }],
    });
    expect(reports.cut(3_000, facts(trace(7, 3)))).toMatchObject({
      fromMs: 2_000,
      toMs: 3_000,
      collectors: [{ lost: 7, cpuSeconds: 2 }],
    });
    expect(reports.cut(4_000, facts(trace(7, 3))).collectors).toEqual([trace(0, 0)]);
  });

  it('takes all of a collector that counts anew, and keeps targets apart', () => {
    const reports = new StretchReports(0);
    reports.cut(1, facts(trace(9, 9), { ...trace(4, 4), target: 'app' }));
    const { collectors } = reports.cut(2, facts(trace(2, 2), { ...trace(5, 4), target: 'app' }));
    expect(collectors).toEqual([trace(2, 2), { ...trace(1, 0), target: 'app' }]);
  });
});
