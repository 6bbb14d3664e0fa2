import type { PeriodFinding } from '../../../../src/core/periodicity/finding.ts';
import type { TimeSpan } from '../../../../src/model/time.ts';
import { findPeriods } from '../../../../src/core/periodicity/periods.ts';

/** Series of events for tests, from seeds; times in milliseconds. */

/** Ten minutes that were wholly seen. */
export const exposure: readonly TimeSpan[] = [{ fromMs: 0, toMs: 600_000 }];

/** The periods of events in these ten minutes. */
export const find = (timesMs: readonly number[]): PeriodFinding[] => findPeriods({ timesMs, exposure });

export const regular = (count: number, periodMs: number, fromMs = 0): number[] =>
  Array.from({ length: count }, (_, index) => fromMs + index * periodMs);

/** mulberry32: numbers in [0, 1). */
export function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Beats {
  periodMs: number;
  /** Largest displacement, in periods. */
  jitter?: number;
  lost?: number;
  windowMs?: number;
}

export function clock(
  draw: () => number,
  { periodMs, jitter = 0, lost = 0, windowMs = 600_000 }: Beats,
): number[] {
  const times: number[] = [];
  for (let beat = draw() * periodMs; beat < windowMs; beat += periodMs) {
    const atMs = beat + (2 * draw() - 1) * jitter * periodMs;
    if (draw() >= lost && atMs >= 0 && atMs <= windowMs) times.push(atMs);
  }
  return times;
}

export function renewal(
  draw: () => number,
  { periodMs, jitter = 0, lost = 0, windowMs = 600_000 }: Beats,
): number[] {
  const times: number[] = [];
  for (let atMs = draw() * periodMs; atMs < windowMs; atMs += periodMs * (1 + (2 * draw() - 1) * jitter)) {
    if (draw() >= lost) times.push(atMs);
  }
  return times;
}

export function arrivals(draw: () => number, count: number, windowMs = 600_000): number[] {
  return Array.from({ length: count }, () => draw() * windowMs);
}
