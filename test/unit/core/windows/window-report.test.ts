import { describe, expect, it } from 'vitest';
import { reportOf } from '../../../../src/core/windows/window-report.ts';
import type { CollectorReport, StretchReport } from '../../../../src/model/evidence.ts';
import { stretchOf } from '../../../support/evidence-rows.ts';

const WINDOW = { fromMs: 1_000, toMs: 2_000 };

const cpu = (more: Partial<CollectorReport> = {}): CollectorReport => ({
  name: 'cpu',
  target: null,
  status: 'ok',
  tier: 'counter',
  reason: null,
  lost: 0,
  cpuSeconds: 1,
  ...more,
});

const collectorsOf = (...reports: StretchReport[]): CollectorReport[] | undefined =>
  reportOf(reports, WINDOW, 100)?.collectors;

describe('reportOf', () => {
  it('is nothing where no stretch touches the window', () => {
    expect(reportOf([], WINDOW, 100)).toBeNull();
    expect(reportOf([stretchOf(0, 1_000), stretchOf(2_000, 3_000)], WINDOW, 100)).toBeNull();
  });

  it('leaves out what was lost before and after', () => {
    const lossy = { collectors: [cpu({ lost: 5, status: 'partial' })] };
    const clean = { collectors: [cpu()] };
    expect(
      collectorsOf(
        stretchOf(0, 1_000, lossy),
        stretchOf(1_000, 2_000, clean),
        stretchOf(2_000, 9_000, lossy),
      ),
    ).toEqual([cpu()]);
  });

  it('takes the worst of all stretches that touch it, and adds up what was lost', () => {
    const joined = collectorsOf(
      stretchOf(0, 1_500, { collectors: [cpu({ lost: 2, tier: 'sampled', reason: 'a' })] }),
      stretchOf(1_500, 2_500, {
        collectors: [cpu({ lost: 3, status: 'unavailable', tier: 'zero-miss', reason: 'b' })],
      }),
    );
    expect(joined).toEqual([
      cpu({ lost: 5, status: 'unavailable', tier: 'sampled', reason: 'a; b', cpuSeconds: 2 }),
    ]);
  });

  it('trusts no collector in a window that was not reported on to its end', () => {
    const report = { collectors: [cpu()] };
    expect(collectorsOf(stretchOf(0, 1_700, report))).toEqual([
      cpu({ status: 'partial', reason: 'nobody reported on 0.3 s of the window' }),
    ]);
    expect(collectorsOf(stretchOf(0, 1_950, report))).toEqual([cpu()]);
    expect(collectorsOf(stretchOf(0, 1_200, report), stretchOf(1_500, 2_000, report))?.[0]?.status).toBe(
      'partial',
    );
  });

  it('does not trust a collector that some stretch does not know', () => {
    const events = cpu({ name: 'events', target: 'app' });
    const joined = collectorsOf(
      stretchOf(1_000, 1_500, { collectors: [cpu()] }),
      stretchOf(1_500, 2_000, { collectors: [cpu(), events] }),
    );
    expect(joined).toEqual([
      cpu({ cpuSeconds: 2 }),
      { ...events, status: 'partial', reason: 'it was not at work for the whole window' },
    ]);
  });

  it('keeps everybody who was noticed beside a target, and every note once', () => {
    const orphan = (pid: number) => ({ pid, name: 'o', cmdline: 'o', reason: 'session', appeared: true });
    const target = (orphans: ReturnType<typeof orphan>[], notes: string[]): Partial<StretchReport> => ({
      targets: [{ name: 'app', selector: { by: 'pid', pid: 1 }, events: null, orphans, notes }],
      notes,
    });
    const report = reportOf(
      [
        stretchOf(1_000, 1_500, target([orphan(1)], ['n'])),
        stretchOf(1_500, 2_000, target([orphan(2)], ['n'])),
      ],
      WINDOW,
      100,
    );
    expect(report?.targets[0]?.orphans.map(({ pid }) => pid)).toEqual([1, 2]);
    expect([report?.targets[0]?.notes, report?.notes]).toEqual([['n'], ['n']]);
  });

  it('adds up what the watchdog used; what was not measured once is not known', () => {
    const noise = { cpuBusyPercent: 10, cpuStolenPercent: 0, tasksCreated: 3 };
    const busier = { ...noise, cpuBusyPercent: 40 };
    const self = { cpuSeconds: 1, wakeups: 2, rssBytes: 9, connectionsOpened: 1, readBytes: 5 };
    const report = reportOf(
      [
        stretchOf(1_000, 1_250, { noise: busier, self }),
        stretchOf(1_250, 2_000, { noise, self: { ...self, rssBytes: 7 } }),
      ],
      WINDOW,
      100,
    );
    expect(report?.self).toEqual({
      cpuSeconds: 2,
      wakeups: 4,
      rssBytes: 9,
      connectionsOpened: 2,
      readBytes: 10,
    });
    expect(report?.noise).toEqual({ cpuBusyPercent: 17.5, cpuStolenPercent: 0, tasksCreated: 6 });
    const unknown = reportOf(
      [
        stretchOf(1_000, 1_500, { noise, self }),
        stretchOf(1_500, 2_000, { self: { ...self, wakeups: null } }),
      ],
      WINDOW,
      100,
    );
    expect([unknown?.noise, unknown?.self.wakeups]).toEqual([null, null]);
  });
});
