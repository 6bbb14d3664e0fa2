import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { METRICS, type Metric } from '../../../../src/core/derive/metrics.ts';
import type { Series } from '../../../../src/core/derive/metric-series.ts';
import { deriveSeries } from '../../../../src/core/derive/series.ts';
import { Scene, at } from '../../support/evidence.ts';

function series(scene: Scene, name: string): Series {
  return deriveSeries(scene.evidence, 'app', METRICS.get(name) as Metric, scene.window);
}

const values = (scene: Scene, name: string): [number, number, number][] =>
  series(scene, name).points.map(({ fromMs, toMs, value }) => [
    (fromMs - at(0)) / 1000,
    (toMs - at(0)) / 1000,
    Math.round(value * 1e6) / 1e6,
  ]);

const cpuSeconds = (scene: Scene): number =>
  Math.round(series(scene, 'cpu.seconds').points.reduce((sum, { value }) => sum + value, 0) * 1e6) / 1e6;

describe('CPU', () => {
  it('is 0 in a quiet stretch, which is one point with the weight of its looks', () => {
    expect(series(new Scene(), 'cpu.percent').points).toEqual([
      { fromMs: at(0), toMs: at(60), looks: 60, value: 0 },
    ]);
  });

  it('belongs to the look at which it was found', () => {
    const scene = new Scene(10).sample(5, 1, { cpuNs: 1e9 + 5e8 }).sample(6, 1, { cpuNs: 1e9 + 6e8 });
    expect(values(scene, 'cpu.percent')).toEqual([
      [0, 4, 0],
      [4, 5, 50],
      [5, 6, 10],
      [6, 10, 0],
    ]);
  });

  it('counts what was used since the last look before the window as of the window', () => {
    const scene = new Scene(10).sample(-2, 1, { cpuNs: 2e9 }).sample(1, 1, { cpuNs: 2.5e9 });
    expect(cpuSeconds(scene)).toBe(0.5);
  });

  it('of a process that started in the window counts from 0, of one that was there before from its first look', () => {
    expect(cpuSeconds(new Scene().process({ id: 2, pid: 101 }, 10, { cpuNs: 3e8 }))).toBe(0.3);
    expect(cpuSeconds(new Scene().process({ id: 2, pid: 101 }, -5, { cpuNs: 3e8 }))).toBe(0);
    const joined = new Scene().process({ id: 2, pid: 101, startedAtMs: at(-100) }, 10, { cpuNs: 3e8 });
    expect(cpuSeconds(joined)).toBe(0);
    expect(series(joined, 'cpu.seconds')).toMatchObject({ lowerBound: true });
  });

  it('of a process that ended is kept', () => {
    const scene = new Scene()
      .process({ id: 2, pid: 101, parentId: 1 }, 10, { cpuNs: 3e8 })
      .sample(12, 2, { cpuNs: 4e8 })
      .happened(20, 'exit');
    expect(cpuSeconds(scene)).toBe(0.4);
  });

  it('of children that nobody saw comes from their parent', () => {
    const scene = new Scene().sample(-5, 1, { reapedCpuNs: 1e9 }).sample(30, 1, { reapedCpuNs: 1.25e9 });
    expect(cpuSeconds(scene)).toBe(0.25);
  });

  it('of children that were seen is not counted again when they are waited for', () => {
    const scene = new Scene()
      .sample(-5, 1, { reapedCpuNs: 0 })
      .process({ id: 2, pid: 101, parentId: 1 }, 10, { cpuNs: 3e8 })
      .happened(20, 'exit')
      .sample(20, 1, { reapedCpuNs: 3e8 });
    expect(cpuSeconds(scene)).toBe(0.3);
  });

  it('that a seen child used after its last look is counted when it is waited for', () => {
    const scene = new Scene()
      .sample(-5, 1, { reapedCpuNs: 0 })
      .process({ id: 2, pid: 101, parentId: 1 }, 10, { cpuNs: 3e8 })
      .happened(20, 'exit')
      .sample(20, 1, { reapedCpuNs: 9e8 });
    expect(cpuSeconds(scene)).toBe(0.9);
    expect(series(scene, 'cpu.seconds').lowerBound).toBe(false);
  });

  it('of an unseen child is not taken for that of a larger one which is not waited for yet', () => {
    const scene = new Scene()
      .sample(-5, 1, { reapedCpuNs: 0 })
      .process({ id: 2, pid: 101, parentId: 1 }, -5, { cpuNs: 50e9 })
      .happened(20, 'exit')
      .sample(21, 1, { reapedCpuNs: 1e9 })
      .sample(25, 1, { reapedCpuNs: 51e9 });
    expect(cpuSeconds(scene)).toBe(1);
  });

  it('that was never read is missing, not 0', () => {
    const scene = new Scene().process({ id: 2, pid: 101, name: 'hidden' }, 10, null);
    expect(series(scene, 'cpu.percent').missing).toBe('CPU time of hidden (pid 101) was never read');
  });

  it('of another target is not ours', () => {
    const scene = new Scene().process({ id: 2, pid: 101, target: 'other' }, 10, { cpuNs: 3e9 });
    expect(cpuSeconds(scene)).toBe(0);
  });

  it('across a gap is one point of its whole length', () => {
    const scene = new Scene(20).sample(10, 1, { cpuNs: 2e9 }).gap(5, 10);
    expect(values(scene, 'cpu.percent')).toContainEqual([5, 10, 20]);
  });

  it('of a look a moment after the opening is no rate of its own', () => {
    const scene = new Scene(10).sample(0.002, 1, { cpuNs: 1e9 + 1e7 });
    expect(Math.max(...series(scene, 'cpu.percent').points.map(({ value }) => value))).toBeLessThan(1.1);
  });

  it('is the same in all, however it is spread over looks', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: -4, max: 60 }), fc.integer({ min: 0, max: 1e9 })), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(steps, (list) => {
        const scene = new Scene();
        const bySecond = new Map(list);
        let cpuNs = 1e9;
        let inWindow = 0;
        for (const second of [...bySecond.keys()].sort((a, b) => a - b)) {
          const grown = bySecond.get(second) ?? 0;
          cpuNs += grown;
          if (second > 0) inWindow += grown;
          scene.sample(second, 1, { cpuNs });
        }
        const { points } = series(scene, 'cpu.seconds');
        expect(points.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(inWindow / 1e9, 6);
        expect(points.reduce((sum, { looks }) => sum + looks, 0)).toBe(60);
        expect(points[0]?.fromMs).toBe(at(0));
        expect(points.at(-1)?.toMs).toBe(at(60));
        for (const [index, point] of points.entries()) {
          expect(point.fromMs).toBe(points[index - 1]?.toMs ?? at(0));
          expect(point.value).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});

describe('bytes', () => {
  const written = (scene: Scene): number =>
    series(scene, 'io.writtenBytes').points.reduce((sum, { value }) => sum + value, 0);
  /** A child that was read with 30 bytes, and ended. */
  const withChild = (): Scene =>
    new Scene()
      .sample(-5, 1, { writtenBytes: 100 })
      .process({ id: 2, pid: 101, parentId: 1 }, 10, { writtenBytes: 30 })
      .happened(20, 'exit');

  it('of a child are not counted again when its parent waits for it', () => {
    expect(written(withChild().sample(20, 1, { writtenBytes: 130 }))).toBe(30);
  });

  it('that a child wrote after its last look, or the parent itself, are counted', () => {
    expect(written(withChild().sample(20, 1, { writtenBytes: 190 }))).toBe(90);
  });

  it('of a child that is not waited for yet are its own alone', () => {
    const scene = withChild().sample(21, 1, { writtenBytes: 110 });
    expect(written(scene)).toBe(40);
    expect(written(scene.sample(25, 1, { writtenBytes: 140 }))).toBe(40);
  });

  it('of a grandchild go up one by one, and are counted once', () => {
    const scene = withChild()
      .process({ id: 3, pid: 102, parentId: 2 }, 11, { writtenBytes: 7 })
      .happened(12, 'exit', { processId: 3 })
      .sample(12, 2, { writtenBytes: 37 })
      .sample(20, 1, { writtenBytes: 137 });
    expect(written(scene)).toBe(37);
  });

  it('of what a child wrote before it was looked at are nobody’s in the window', () => {
    const scene = new Scene()
      .sample(-5, 1, { writtenBytes: 100 })
      .process({ id: 2, pid: 101, parentId: 1 }, -5, { writtenBytes: 5000 })
      .sample(15, 2, { writtenBytes: 5030 })
      .happened(20, 'exit')
      .sample(20, 1, { writtenBytes: 5130 });
    expect(written(scene)).toBe(30);
  });
});

describe('levels', () => {
  it('hold until they are read again, and add up over the live processes', () => {
    const scene = new Scene(20)
      .process({ id: 2, pid: 101, parentId: 1 }, 5, { pssBytes: 1e6 })
      .sample(10, 1, { pssBytes: 12e6 })
      .happened(15, 'exit');
    expect(values(scene, 'memory.pss')).toEqual([
      [0, 4, 10e6],
      [4, 5, 11e6],
      [5, 9, 11e6],
      [9, 10, 13e6],
      [10, 14, 13e6],
      [14, 15, 12e6],
      [15, 20, 12e6],
    ]);
    expect(values(scene, 'processes').map(([, , count]) => count)).toEqual([1, 2, 2, 2, 2, 1, 1]);
  });

  it('are missing while a live process was not read', () => {
    const scene = new Scene().process({ id: 2, pid: 101, name: 'late' }, 5);
    scene.unread('rssBytes', 2);
    scene.sample(8, 2, { rssBytes: 5 });
    expect(series(scene, 'memory.rss').missing).toBe('memory.rss of late (pid 101) was not read');
    expect(series(scene, 'gpu.memory').missing).toContain('gpu.memory of app');
  });

  it('are a lower bound when a process was gone before it could be read', () => {
    const scene = new Scene()
      .process({ id: 2, pid: 101, startedAtMs: at(9.5) }, 9.5, null)
      .happened(10, 'exit');
    expect(series(scene, 'memory.rss')).toMatchObject({ missing: null, lowerBound: true });
    const long = new Scene().process({ id: 2, pid: 101, startedAtMs: at(2) }, 2, null).happened(10, 'exit');
    expect(series(long, 'memory.rss').missing).not.toBeNull();
  });
});

describe('network amounts', () => {
  it('come from what was seen', () => {
    const scene = new Scene(10)
      .network(3)
      .network(3, { op: 'send', bytesSent: 100 })
      .network(5, { op: 'accept', direction: 'inbound' })
      .network(5, { op: 'receive', bytesReceived: 7 });
    const sum = (name: string): number =>
      series(scene, name).points.reduce((all, { value }) => all + value, 0);
    expect([sum('network.connections'), sum('network.bytesSent'), sum('network.bytesReceived')]).toEqual([
      2, 100, 7,
    ]);
  });

  it('are a lower bound where a size is not known', () => {
    expect(series(new Scene().network(3, { op: 'send' }), 'network.bytesSent').lowerBound).toBe(true);
  });
});
