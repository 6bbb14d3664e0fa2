import type { Dimension, Quantity } from '../../model/dimension.ts';

/** What a field of the app's own measures, and how many of the base unit one of its unit is. */
export interface FieldDimension {
  dimension: Dimension;
  scale: number;
}

/** What names end with, as `duration_ms`, `durationMs` or `duration.ms`. */
const UNITS: readonly [quantity: Quantity, scale: number, endings: readonly string[]][] = [
  ['seconds', 1e-9, ['ns', 'nanos', 'nanoseconds']],
  ['seconds', 1e-6, ['us', 'micros', 'microseconds']],
  ['seconds', 1e-3, ['ms', 'millis', 'milliseconds', 'msec']],
  ['seconds', 1, ['s', 'sec', 'secs', 'seconds']],
  ['seconds', 60, ['minutes']],
  ['bytes', 1, ['bytes']],
  ['bytes', 1e3, ['kb', 'kilobytes']],
  ['bytes', 1e6, ['mb', 'megabytes']],
  ['bytes', 1e9, ['gb', 'gigabytes']],
  ['bytes', 1024, ['kib']],
  ['bytes', 1024 ** 2, ['mib']],
  ['bytes', 1024 ** 3, ['gib']],
  ['percent', 1, ['percent', 'pct']],
];

const BY_ENDING: ReadonlyMap<string, FieldDimension> = new Map(
  UNITS.flatMap(([quantity, scale, endings]) =>
    endings.map((ending) => [ending, { dimension: { quantity, perSecond: false }, scale }]),
  ),
);

const COUNT: FieldDimension = { dimension: { quantity: 'count', perSecond: false }, scale: 1 };

const PER_SECOND: ReadonlySet<string> = new Set(['sec', 'second', 's']);

/** So many of a unit in the base unit, rounded once: 95 % are 0.95, which 95 × 0.01 is not. */
export function scaled(amount: number, scale: number): number {
  return scale < 1 ? amount / Math.round(1 / scale) : amount * scale;
}

/** The unit that the name of a field tells: `duration_ms` is seconds, `tokens_per_sec` counts per second; without one a count. */
export function fieldDimension(name: string): FieldDimension {
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/gu, '$1_$2')
    .toLowerCase()
    .split(/[^a-z\d]+/u);
  const [unit = '', per, of = ''] = words.toReversed();
  if (per === 'per' && PER_SECOND.has(unit)) {
    const { dimension, scale } = BY_ENDING.get(of) ?? COUNT;
    return { dimension: { ...dimension, perSecond: true }, scale };
  }
  // The unit alone is a name like any other.
  return words.length > 1 ? (BY_ENDING.get(unit) ?? COUNT) : COUNT;
}
