import { describe, expect, it } from 'vitest';
import { exposedIntervals } from '../../../../src/core/coverage/exposed-intervals.ts';
import { keepalivesCounted } from '../../../../src/core/coverage/keepalives.ts';
import { lifetimes } from '../../../../src/core/derive/lifetimes.ts';
import { STILL } from '../../../../src/core/examples/counters.ts';
import { at, Scene } from '../../support/evidence.ts';

const seconds = ({ evidence, window }: Scene): [number, number][] | null =>
  exposedIntervals(evidence, 'app', lifetimes(evidence, 'app'), window)?.map(({ fromMs, toMs }) => [
    (fromMs - at(0)) / 1000,
    (toMs - at(0)) / 1000,
  ]) ?? null;

describe('when a target could have done something', () => {
  it('is never where its clock stood still', () => {
    expect(seconds(new Scene().sample(20, 1, { cpuNs: 1e9 }))).toEqual([]);
  });

  it('is up to the look that found its clock moved', () => {
    expect(seconds(new Scene().sample(20, 1, { cpuNs: 1e9 + 1 }))?.[0]?.[1]).toBe(20);
  });

  it('is when a process came and went between two looks', () => {
    const scene = new Scene()
      .process({ id: 2, pid: 200, parentId: 1 }, 30, null)
      .happened(29.6, 'spawn')
      .happened(30, 'exit');
    expect(seconds(scene)?.some(([from, to]) => from <= 29.6 && to >= 30)).toBe(true);
  });

  it('is not known where the clock of one was never read: nobody can say that it did not run', () => {
    const unread = new Scene().unread('cpuNs');
    expect(seconds(unread)).toBeNull();
    // Nor where it ended: that is only its last moment.
    unread.happened(50, 'exit', { processId: 1 });
    expect(seconds(unread)).toBeNull();
  });

  it('is not known by a portable clock, without the clock’s collector, or where that failed', () => {
    const portable = new Scene();
    portable.evidence.run.collectors = 'portable';
    expect(seconds(portable)).toBeNull();
    expect(seconds(new Scene().without('cpu'))).toBeNull();
    expect(seconds(new Scene().report('cpu', { status: 'partial' }))).toBeNull();
    expect(seconds(new Scene().gap(30, 31, 'cpu'))).toBeNull();
    expect(seconds(new Scene().gap(30, 31, 'cpu', 'other'))).toEqual([]);
  });
});

describe('keepalives', () => {
  const NAMESPACE = 'network:4026531840';
  const counted = (...counts: (number | null)[]): number | null => {
    const scene = new Scene();
    for (const [index, tcpKeepAlives] of counts.entries()) {
      const values = tcpKeepAlives === null ? STILL : { ...STILL, tcpKeepAlives };
      scene.counters([-5, 0, 60, 61][index]!, NAMESPACE, values);
    }
    return keepalivesCounted(scene.evidence, 'app', scene.window);
  };

  it('are what the namespace counted in the window, and none only where it was read at both edges', () => {
    expect(counted(5, 5, 8, 9)).toBe(3);
    expect(counted(5, 7, 7, 9)).toBe(0);
    expect(counted(null, null, 7, 9)).toBeNull();
    expect(counted(5, 5, null, null)).toBeNull();
  });

  it('are not known where the counter ran backwards', () => {
    expect(counted(5, 9, 2, 2)).toBeNull();
  });

  it('are not known of a process whose namespace is not', () => {
    const scene = new Scene().process({ id: 2, pid: 101, networkScope: null });
    expect(keepalivesCounted(scene.evidence, 'app', scene.window)).toBeNull();
    expect(keepalivesCounted(scene.evidence, 'nobody', scene.window)).toBeNull();
  });
});
