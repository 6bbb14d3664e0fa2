import { describe, expect, it } from 'vitest';
import { Calm } from '../../../src/session/calm.ts';

/** Seconds until an app is calm that uses this much CPU in each of them; null: never. */
function calmAfter(cpuNsOf: (second: number) => number, seconds = 120): number | null {
  const calm = new Calm();
  let cpuNs = 1e9;
  for (let second = 0; second <= seconds; second += 1) {
    cpuNs += second === 0 ? 0 : cpuNsOf(second);
    if (calm.look(1_000_000 + second * 1000, cpuNs)) return second;
  }
  return null;
}

describe('Calm', () => {
  it('an app that does nothing is calm after five seconds', () => {
    expect(calmAfter(() => 0)).toBe(5);
  });

  it('an app that did something until now is not', () => {
    expect(calmAfter((second) => (second <= 7 ? 5e6 : 0))).toBe(12);
  });

  it('one that keeps its level is, once that has shown', () => {
    expect(calmAfter(() => 1e6)).toBe(20);
  });

  it('one that dies down to a level is calm a while after that', () => {
    const after = calmAfter((second) => (second < 20 ? 4e8 / second : 1e6));
    expect(after).toBeGreaterThanOrEqual(36);
    expect(after).toBeLessThan(70);
  });

  it('one that keeps falling never is', () => {
    expect(calmAfter((second) => 1e9 * Math.exp(-second / 30))).toBeNull();
  });

  it('a process that ended takes nothing away', () => {
    expect(calmAfter((second) => (second === 3 ? -9e8 : 0))).toBe(8);
  });
});
