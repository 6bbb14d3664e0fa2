import { describe, expect, it } from 'vitest';
import { chartsOf } from '../../../../src/core/charts/charts.ts';
import type { Charts, Plot, PlotId } from '../../../../src/model/charts.ts';
import { soakScene } from '../../../support/soak-scene.ts';
import { Scene } from '../../support/evidence.ts';

const draw = ({ evidence }: Scene): Charts => chartsOf(evidence, { findings: [] });

function plotOf(charts: Charts, id: PlotId): Plot {
  const plot = charts.targets[0]?.plots.find((one) => one.id === id);
  if (plot === undefined) throw new Error(`no plot ${id}`);
  return plot;
}

/** The value of a plot's first line at a second. */
function valueAt({ edges, lines }: Plot, second: number): number | null | undefined {
  const index = edges.findIndex((edge) => edge >= second) - 1;
  return lines[0]?.values[index];
}

describe('chartsOf', () => {
  it('shows the settling, the window and the stop on one axis', () => {
    const charts = draw(new Scene().stopped(61, 64));
    expect(charts).toMatchObject({ shown: { from: -5, to: 64 }, window: { from: 0, to: 60 } });
    expect(charts.shades.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['settle', -5, 0],
      ['stop', 60, 64],
      // The scene looks until a second after the window.
      ['gap', 61, 64],
    ]);
  });

  it('does not show settling that nobody looked at', () => {
    const scene = new Scene();
    scene.window.settleMs = 60_000;
    expect(draw(scene).shown.from).toBe(-5);
  });

  it('draws each look at which something was read, and quiet stretches as one', () => {
    const cpu = plotOf(draw(new Scene().sample(10, 1, { cpuNs: 1.5e9 })), 'cpu');
    expect(valueAt(cpu, 10)).toBe(50);
    expect(valueAt(cpu, 9)).toBe(0);
    expect(valueAt(cpu, 30)).toBe(0);
    expect(cpu.thinnedSeconds).toBeNull();
  });

  it('says that it does not know, and never 0', () => {
    const scene = new Scene().unread('cpuNs');
    const cpu = plotOf(draw(scene), 'cpu');
    expect(cpu.lines).toEqual([]);
    expect(cpu.doubt).toMatch(/^cpu\.percent is not known: /);
  });

  it('breaks levels and traffic where nobody looked, and keeps what a counter tells across', () => {
    const scene = new Scene()
      .gap(20, 30)
      .sample(30, 1, { cpuNs: 2e9, pssBytes: 50e6 })
      .gap(40, 45, 'memory', 'app')
      .sample(45, 1, { pssBytes: 60e6 });
    const charts = draw(scene);
    expect(valueAt(plotOf(charts, 'memory'), 25)).toBeNull();
    expect(valueAt(plotOf(charts, 'network'), 25)).toBeNull();
    expect(valueAt(plotOf(charts, 'cpu'), 25)).toBe(10);
    // A gap of the memory collector is none of the others.
    expect(valueAt(plotOf(charts, 'memory'), 43)).toBeNull();
    expect(valueAt(plotOf(charts, 'network'), 43)).toBe(0);
    expect(charts.coverage.find(({ collector }) => collector === 'loop')?.gaps).toEqual([
      { from: 20, to: 30 },
    ]);
    expect(charts.coverage.find(({ collector }) => collector === 'memory')?.gaps).toEqual([
      { from: 40, to: 45 },
    ]);
  });

  it('draws the resident size where the proportional one is not known', () => {
    const scene = new Scene().unread('pssBytes');
    expect(plotOf(draw(scene), 'memory')).toMatchObject({
      metrics: ['memory.rss'],
      lines: [{ label: 'RSS' }],
    });
  });

  it('does not say that nothing was sent where nobody looked', () => {
    const scene = new Scene().report('sockets', { status: 'unavailable', reason: 'no' });
    expect(plotOf(draw(scene), 'network')).toMatchObject({
      lines: [],
      doubt: expect.stringMatching(/nobody looked/) as string,
    });
    expect(plotOf(draw(new Scene()), 'network').doubt).toMatch(/may be missing/);
    const traced = new Scene().report('trace', { tier: 'zero-miss', target: 'app' });
    expect(plotOf(draw(traced), 'network').doubt).toBeNull();
  });

  it('makes rates of what was sent, so that looks of any length compare', () => {
    const network = plotOf(draw(new Scene().network(30, { bytesSent: 6000, bytesReceived: 0 })), 'network');
    const most = Math.max(...(network.lines[0]?.values ?? []).map((value) => value ?? 0));
    expect(most).toBeGreaterThan(0);
    expect(network.lines.map(({ label }) => label)).toEqual(['sent', 'received']);
  });

  it('has a lane for each kind of activity that somebody looks for', () => {
    const scene = new Scene().withEvents().network(3).network(6).row(5, 'tool_run').happened(7, 'spawn');
    const lanes = draw(scene).targets[0]?.lanes;
    expect(lanes?.map(({ kind, total, isWatched }) => [kind, total, isWatched])).toEqual([
      ['network', 2, true],
      ['process', 1, true],
      ['event', 1, true],
    ]);
    expect(lanes?.[0]).toMatchObject({
      marks: [
        { seconds: 3, count: 1, label: 0 },
        { seconds: 6, count: 1, label: 0 },
      ],
      labels: ['connect tcp 203.0.113.7:443'],
    });
  });

  it('tells an empty lane from one that nobody watched', () => {
    const blind = new Scene().report('sockets', { status: 'unavailable', reason: 'no' });
    expect(draw(new Scene()).targets[0]?.lanes[0]).toMatchObject({
      kind: 'network',
      isWatched: true,
      total: 0,
    });
    expect(draw(blind).targets[0]?.lanes[0]).toMatchObject({ kind: 'network', isWatched: false, total: 0 });
  });

  it('stays small however long it was, and loses no peak, no activity and no gap', () => {
    const { scene, peakAt } = soakScene(100_000);
    const charts = draw(scene);
    expect(JSON.stringify(charts).length).toBeLessThan(400_000);
    const cpu = plotOf(charts, 'cpu');
    expect(cpu.thinnedSeconds).toBeCloseTo(100_005 / 1500, 1);
    expect(valueAt(cpu, peakAt)).toBe(90);
    const [network, , events] = charts.targets[0]?.lanes ?? [];
    for (const lane of [network, events]) {
      expect(lane?.marks.length).toBeLessThanOrEqual(601);
      expect(lane?.marks.reduce((sum, { count }) => sum + count, 0)).toBe(lane?.total);
    }
    expect(network?.total).toBe(3333);
    expect(charts.shades.filter(({ kind }) => kind === 'gap')).toHaveLength(2);
  });

  it('stays small with many targets', () => {
    const { scene } = soakScene(4000);
    for (let nth = 1; nth <= 30; nth += 1) scene.target({ name: `t${nth}` });
    const charts = draw(scene);
    expect(charts.targets).toHaveLength(24);
    expect(plotOf(charts, 'cpu').edges.length).toBeLessThan(400);
  });

  it('draws a window without any length', () => {
    const scene = new Scene();
    scene.window.toMs = scene.window.fromMs;
    expect(() => draw(scene)).not.toThrow();
  });
});
