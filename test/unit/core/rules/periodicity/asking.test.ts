import { expect, it } from 'vitest';
import { askingOnce } from '../../../../../src/core/rules/periodicity/asking.ts';
import { type EventSeries, findAnew } from '../../../../../src/core/rules/periodicity/search.ts';

const ALPHA = 0.01;
const beats = (everyMs: number): EventSeries => ({
  timesMs: Array.from({ length: 20 }, (_, index) => 1000 + index * everyMs),
  exposure: [{ fromMs: 0, toMs: 600_000 }],
  resolutionMs: 1e-3,
});

it('a series that several rules come to is searched once', () => {
  const searched: number[] = [];
  const ask = askingOnce((series, alpha) => {
    searched.push(series.timesMs[1] ?? 0);
    return findAnew(series, alpha);
  });
  const found = [beats(20_000), beats(30_000), beats(20_000)].map((series) =>
    ask(series, ALPHA).findings.map(({ seconds }) => Math.round(seconds)),
  );
  expect(found).toEqual([[20], [30], [20]]);
  expect(searched).toEqual([21_000, 31_000]);
});

it('series that differ in anything that a search goes by are others', () => {
  const series = beats(20_000);
  const others: EventSeries[] = [
    { ...series, resolutionMs: 1000 },
    { ...series, exposure: [{ fromMs: 0, toMs: 600_001 }] },
    { ...series, exposure: [{ fromMs: 0, toMs: 9000 }, ...series.exposure] },
    { ...series, timesMs: [...series.timesMs.slice(0, -1), 500_000] },
    { ...series, timesMs: series.timesMs.map((atMs, index) => (index === 7 ? atMs + 1 : atMs)) },
    { ...series, timesMs: series.timesMs.slice(1) },
  ];
  let asked = 0;
  const ask = askingOnce(() => {
    asked += 1;
    return { findings: [], looks: 1 };
  });
  for (const one of [series, ...others]) ask(one, ALPHA);
  ask(series, 2 * ALPHA);
  expect(asked).toBe(2 + others.length);
});
