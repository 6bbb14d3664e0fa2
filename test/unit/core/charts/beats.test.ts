import { describe, expect, it } from 'vitest';
import { beatsOf } from '../../../../src/core/charts/beats.ts';
import { proofTime } from '../../../../src/core/derive/proof-time.ts';
import type { Finding } from '../../../../src/model/proof.ts';

const ORIGIN = 1_700_000_000_000;

function finding(first: number, last: number, intervalsSeconds: number[], beats: number): Finding {
  const at = (seconds: number) => proofTime(ORIGIN + seconds * 1000, 60);
  return {
    id: 'rule/app/1',
    ruleId: 'rule',
    target: 'app',
    kind: 'periodicity',
    subject: {},
    count: beats,
    firstAt: at(first),
    lastAt: at(last),
    period: {
      seconds: 10,
      secondsInterval: { from: 9.9, to: 10.1 },
      jitterSeconds: 0.1,
      beats,
      missed: 0,
      phaseSeconds: 3,
      model: 'clock',
      falseAlarmProbability: 1e-6,
      intervalsSeconds,
      phases: [],
    },
    actors: [],
    cause: null,
    examples: [],
    text: '',
  };
}

describe('beatsOf', () => {
  it('lays the intervals end to end', () => {
    expect(beatsOf(finding(3, 33.1, [10, 10.1, 10], 4), ORIGIN, [])).toEqual([3, 13, 23.1, 33.1]);
  });

  it('goes back from the last one behind a gap', () => {
    const found = finding(3, 63, [10, 10, 10], 5);
    expect(beatsOf(found, ORIGIN, [{ from: 25, to: 50 }])).toEqual([3, 13, 23, 53, 63]);
  });

  it('leaves out what lies between two gaps', () => {
    const found = finding(3, 93, [10, 10, 10], 6);
    const gaps = [
      { from: 15, to: 30 },
      { from: 55, to: 80 },
    ];
    expect(beatsOf(found, ORIGIN, gaps)).toEqual([3, 13, 83, 93]);
  });

  it('does not take the last of very many for the last that is kept', () => {
    const intervals = Array.from({ length: 999 }, () => 10);
    const beats = beatsOf(finding(0, 20_000, intervals, 2001), ORIGIN, []);
    expect(beats).toHaveLength(1000);
    expect(beats.at(-1)).toBe(9990);
  });

  it('has none without a period', () => {
    expect(beatsOf({ ...finding(0, 1, [], 0), period: null }, ORIGIN, [])).toEqual([]);
  });
});
