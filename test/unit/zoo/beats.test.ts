import { describe, expect, it } from 'vitest';
import { beatOf } from '../../zoo/beats.ts';

describe('beatOf', () => {
  it('takes what follows at once for the same beat', () => {
    const times = [0, 1, 2, 3, 4].flatMap((beat) => [2004 * beat, 2004 * beat + 3]);
    expect(beatOf(times, 2)).toMatchObject({ count: 5, clockJitterSeconds: expect.closeTo(0, 9) });
    expect(beatOf(times, 2)?.seconds).toBeCloseTo(2.004, 9);
  });

  it('counts over beats that are lacking, and takes no interval from them', () => {
    const beat = beatOf([0, 2000, 4000, 8000, 10_000], 2);
    expect(beat?.seconds).toBeCloseTo(2, 9);
    expect(beat?.intervalJitterSeconds).toBeCloseTo(0, 9);
  });

  it('follows a chain of sleeps that is slower than configured, however long', () => {
    const beat = beatOf(
      Array.from({ length: 50 }, (_, at) => 1150 * at),
      1,
    );
    expect(beat?.seconds).toBeCloseTo(1.15, 9);
  });

  it('says nothing of less than three beats', () => {
    expect(beatOf([0, 2000], 2)).toBeNull();
  });
});
