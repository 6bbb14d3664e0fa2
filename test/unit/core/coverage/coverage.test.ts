import { describe, expect, it } from 'vitest';
import { coverTicks } from '../../../../src/core/coverage/coverage.ts';
import { Scene, at } from '../../support/evidence.ts';

describe('coverTicks', () => {
  it('of a window that was looked at throughout', () => {
    const scene = new Scene();
    expect(coverTicks(scene.evidence, scene.window)).toEqual({
      ticks: { expected: 60, taken: 60, longestGapSeconds: 1 },
      share: 1,
    });
  });

  it('of looks that saw something, each a range of its own, between quiet ranges', () => {
    const scene = new Scene(10);
    scene.evidence.looks = [
      { fromMs: at(-5), toMs: at(3), looks: 9, longestStepMs: 1000 },
      { fromMs: at(4), toMs: at(4), looks: 1, longestStepMs: 1000 },
      { fromMs: at(5.4), toMs: at(5.4), looks: 1, longestStepMs: 1400 },
      { fromMs: at(6), toMs: at(11), looks: 6, longestStepMs: 1000 },
    ];
    expect(coverTicks(scene.evidence, scene.window)).toEqual({
      ticks: { expected: 10, taken: 10, longestGapSeconds: 1.4 },
      share: 1,
    });
  });

  it('with a gap', () => {
    const scene = new Scene().gap(10, 16);
    expect(coverTicks(scene.evidence, scene.window)).toMatchObject({
      ticks: { longestGapSeconds: 6 },
      share: 0.9,
    });
  });

  it('with a gap that is in the looks alone', () => {
    const scene = new Scene(20);
    scene.evidence.looks = [
      { fromMs: at(-5), toMs: at(4), looks: 10, longestStepMs: 1000 },
      { fromMs: at(12), toMs: at(21), looks: 10, longestStepMs: 8000 },
    ];
    expect(coverTicks(scene.evidence, scene.window)).toEqual({
      ticks: { expected: 20, taken: 13, longestGapSeconds: 8 },
      share: 0.6,
    });
  });

  it('of a window without looks', () => {
    const scene = new Scene();
    scene.evidence.looks = [];
    expect(coverTicks(scene.evidence, scene.window)).toEqual({
      ticks: { expected: 60, taken: 0, longestGapSeconds: 60 },
      share: 0,
    });
  });

  it('counts overlapping gaps once', () => {
    const scene = new Scene().gap(10, 16).gap(12, 16);
    expect(coverTicks(scene.evidence, scene.window).share).toBe(0.9);
  });
});
