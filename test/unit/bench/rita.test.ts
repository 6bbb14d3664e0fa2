import { expect, it } from 'vitest';

const OTHERS = '../../../bench/periodicity-others.mjs';
const { ritaTimeScore, hTest } = (await import(OTHERS)) as {
  ritaTimeScore: (timesMs: number[]) => number;
  hTest: (timesMs: number[]) => number;
};

/** Times in milliseconds after intervals in seconds. */
function after(...intervals: number[]): number[] {
  let at = 1_517_338_924;
  return [at, ...intervals.map((interval) => (at += interval))].map((seconds) => seconds * 1000);
}

// The expectations of RITA v5's own unit tests (analysis/beacons_test.go).
it.each([
  ['ten beats, 60 s apart', after(60, 60, 60, 60, 60, 60, 60, 60, 60), 1],
  ['intervals of 98 to 102 s', after(98, 99, 99, 100, 100, 100, 101, 101, 102), 0.995],
  ['98 and 300 s in turn', after(98, 300, 98, 300, 98, 300, 98, 300, 98, 300), 0.746],
  ['random intervals', after(1, 299, 25, 4975, 90, 2, 42, 500, 1500), 0.083],
  ['equal stamps', after(0, 0, 0, 0, 0), 0],
])("RITA's time score of %s", (_, times, score) => {
  expect(ritaTimeScore(times)).toBeCloseTo(score, 3);
});

it('the H-test of a perfect clock is near its largest value, 2n a harmonic less the penalty', () => {
  const times = after(...Array.from({ length: 11 }, () => 60));
  expect(hTest(times)).toBeGreaterThan(0.9 * (2 * 12 * 20 - 4 * 19));
});
