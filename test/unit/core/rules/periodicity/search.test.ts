import { describe, expect, it } from 'vitest';
import { type EventSeries, searchPeriods } from '../../../../../src/core/rules/periodicity/search.ts';
import { arrivals, random } from '../../periodicity/series.ts';

const WINDOW = { fromMs: 0, toMs: 600_000 };
const series = (timesMs: readonly number[]): EventSeries => ({
  timesMs,
  exposure: [WINDOW],
  resolutionMs: 1e-3,
});
const beats = (everyMs: number): number[] =>
  Array.from({ length: Math.floor(600_000 / everyMs) }, (_, index) => 1000 + index * everyMs);

describe('searchPeriods', () => {
  it('finds one beat among many series without any, by a quick look where they are very many', () => {
    for (const count of [40, 700]) {
      const draw = random(3);
      const all = Array.from({ length: count }, () => series(arrivals(draw, 8)));
      const { bySeries, together } = searchPeriods([...all, series(beats(30_000))], 0.01);
      expect([...bySeries.keys()]).toEqual([count]);
      expect(together).toEqual([]);
    }
  });

  it('raises a false alarm in no more windows than alpha says, however many series there are', () => {
    const draw = random(17);
    let alarms = 0;
    for (let run = 0; run < 200; run += 1) {
      const all = Array.from({ length: 20 }, () => series(arrivals(draw, 12)));
      const { bySeries, together } = searchPeriods(all, 0.01);
      if (bySeries.size + together.length > 0) alarms += 1;
    }
    expect(alarms).toBeLessThanOrEqual(8);
  });

  it('looks at series together that have too few events of their own, and leaves out those with a period', () => {
    const single = beats(20_000).map((atMs) => series([atMs]));
    expect(searchPeriods(single, 0.01).together.map(({ seconds }) => Math.round(seconds))).toEqual([20]);
    const { bySeries, together, merged } = searchPeriods(
      [series(beats(30_000)), series([5, 700, 90_000])],
      0.01,
    );
    expect([...bySeries.keys()]).toEqual([0]);
    expect(merged).toEqual([1]);
    expect(together).toEqual([]);
  });

  it('sees together only when all were seen', () => {
    const half = { fromMs: 0, toMs: 300_000 };
    const all = beats(20_000).map((atMs) => ({ ...series([atMs]), exposure: [half] }));
    expect(searchPeriods(all, 0.01).together[0]?.beats).toBe(15);
  });

  it('tells among what a further period may hide: in each series, and in all others together', () => {
    const draw = random(9);
    const heartbeat = series([...beats(10_000), ...arrivals(draw, 5)]);
    const chatty = series(arrivals(draw, 30));
    const { bySeries, backgrounds } = searchPeriods([heartbeat, chatty, series([7000])], 0.01);
    expect([...bySeries.keys()]).toEqual([0]);
    const [ofHeartbeat, ofChatty, together] = backgrounds;
    expect(ofHeartbeat).toMatchObject({ looks: 2 });
    expect(ofHeartbeat?.events).toBeGreaterThan(50);
    expect(ofChatty).toMatchObject({ looks: 1 });
    expect(together?.events).toBeGreaterThanOrEqual(ofChatty?.events ?? Infinity);
  });

  it('finds nothing in nothing', () => {
    expect(searchPeriods([], 0.01)).toEqual({
      bySeries: new Map(),
      together: [],
      merged: [],
      backgrounds: [],
      alphaOfOne: 0.01,
    });
  });
});
