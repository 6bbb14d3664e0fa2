/** Noise that is the same in each run of a test. */
export interface Noise {
  /** From 0 to 1. */
  uniform: () => number;
  /** Of mean 0 and standard deviation 1. */
  normal: () => number;
  /** A level of which each value keeps a share of the one before. */
  wandering: (count: number, kept: number) => number[];
}

/** Mulberry32, and Box and Muller's normal values from it. */
export function seeded(seed: number): Noise {
  let state = Math.trunc(seed * 7919 + 1);
  const uniform = (): number => {
    state = Math.trunc(state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const wandering = (count: number, kept: number): number[] => {
    let level = kept < 1 ? normal() / Math.sqrt(1 - kept * kept) : 0;
    return Array.from({ length: count }, () => {
      level = kept * level + normal();
      return level;
    });
  };
  return { uniform, normal, wandering };
}
