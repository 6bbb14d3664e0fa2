import { statisticsOf } from '../../../src/core/measure/statistics.ts';
import type { MeasuredRun } from '../../../src/model/measure-document.ts';
import type { Measurement } from '../../../src/model/measurement.ts';

/** A measurement of these values, or with other statistics. */
export const measurementOf = (values: readonly number[], some: Partial<Measurement> = {}): Measurement => ({
  name: 'startup',
  id: null,
  target: 'app',
  atMs: 0,
  problem: null,
  ...statisticsOf(values),
  ...some,
});

/** A run with these measurements. */
export const measuredRun = (
  measurements: readonly Measurement[],
  some: Partial<MeasuredRun> = {},
): MeasuredRun => ({
  kind: 'startup',
  timestamp: '2026-01-01T00:00:00.000Z',
  tool: { name: 'idleproof', version: '1.0.0', node: '20.0.0' },
  host: {
    name: 'host',
    os: 'Linux',
    kernel: '6.1',
    cpus: 2,
    memoryBytes: 8e9,
    utcOffsetMinutes: 0,
    privileged: false,
  },
  cpuModel: 'some CPU',
  command: 'idleproof measure startup',
  target: 'app',
  conditions: {},
  versions: {},
  measurements: [...measurements],
  ...some,
});

/** A seeded source of numbers in [0, 1); mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Standard normal numbers (Box and Muller). */
export const normalOf = (random: () => number) => (): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
