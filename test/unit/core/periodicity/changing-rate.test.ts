import { describe, expect, it } from 'vitest';
import { arrivals, exposure, find, random, renewal } from './series.ts';

const windowMs = exposure[0]?.toMs ?? 0;

/** How much of the highest rate there is at a share of the window. */
const RATES: Record<string, (share: number) => number> = {
  'more and more': (share) => share,
  'less and less': (share) => Math.exp(-4 * share),
  'up and down': (share) => 0.5 + 0.5 * Math.sin(9 * share),
  'all at once': (share) => (share > 0.7 ? 1 : 0.2),
};

/** Random arrivals whose rate changes. */
function changing(seed: number, rateOf: (share: number) => number, most: number): number[] {
  const draw = random(seed);
  return arrivals(draw, most).filter((atMs) => draw() < rateOf(atMs / windowMs));
}

describe('thousands of events at a rate that changes', () => {
  it.each(Object.entries(RATES))('have no period: %s', (_, rateOf) => {
    const found = [1, 2, 3, 4].flatMap((seed) => find(changing(seed, rateOf, 16_000)));
    // One false alarm in a hundred series is what a search allows itself.
    expect(found.length).toBeLessThanOrEqual(1);
  });

  it.each(Object.entries(RATES))('have that of a timer among them: %s', (_, rateOf) => {
    for (const seed of [1, 2, 3]) {
      const timer = renewal(random(seed), { periodMs: 400, jitter: 0.1 });
      const [first] = find([...changing(seed + 10, rateOf, 6000), ...timer]);
      expect(first?.seconds).toBeGreaterThan(0.38);
      expect(first?.seconds).toBeLessThan(0.42);
    }
  });
});
