import { describe, expect, it } from 'vitest';
import { standingMeasurements } from '../../../../src/core/measure/standing-measurements.ts';
import { takenOf } from '../../support/taken.ts';

const S = 1_000;
const WINDOW = { fromMs: 1_000 * S, toMs: 1_600 * S };

const valuesIn = (...taken: Parameters<typeof standingMeasurements>[0][number][]): unknown[] =>
  standingMeasurements(taken, WINDOW).measurements.map(({ id, statistics, problem }) => [
    id,
    statistics.p50?.value ?? null,
    problem,
  ]);

describe('what was measured on schedule holds in a window', () => {
  it('by the last word of each before its end', () => {
    const taken = [
      takenOf('a', 100 * S, { p50: 1 }),
      takenOf('b', 200 * S, { p50: 5 }),
      takenOf('a', 300 * S, { p50: 2 }),
      takenOf('a', 1_700 * S, { p50: 9 }),
    ];
    expect(valuesIn(...taken)).toEqual([
      ['a', 2, null],
      ['b', 5, null],
    ]);
  });

  it('unless the last word is that nothing was measured', () => {
    const problem = 'nobody answered';
    expect(valuesIn(takenOf('a', 100 * S, { p50: 1 }), takenOf('a', 300 * S, {}, { problem }))).toEqual([
      ['a', null, problem],
    ]);
  });

  it('and not if it was due again before the window opened, and was not taken', () => {
    const next = (atS: number) => takenOf('a', 100 * S, { p50: 1 }, { nextDueMs: atS * S });
    expect(valuesIn(next(900))[0]).toEqual([
      'a',
      1,
      expect.stringMatching(/^a was to be measured again at 1970/),
    ]);
    // It waits for the window that was open then, or its time comes later.
    expect(valuesIn(next(999))).toEqual([['a', 1, null]]);
    expect(valuesIn(next(1_300))).toEqual([['a', 1, null]]);
  });
});
