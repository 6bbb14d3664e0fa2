import { scaled } from '../derive/field-dimension.ts';
import type { Dimension, Quantity } from '../../model/dimension.ts';

/** Units of each quantity in its base unit. */
export const UNITS: Record<Quantity, Readonly<Record<string, number>>> = {
  percent: { '%': 1, percent: 1 },
  seconds: { ms: 1e-3, s: 1, m: 60, h: 3600, d: 86_400 },
  bytes: { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 },
  count: {},
  share: { '%': 0.01, percent: 0.01 },
};

const PER_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

const SHAPE = /^(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*([A-Za-z%]*)\s*(?:\/\s*([A-Za-z]+))?$/;

/** What is wrong with a text, with the words that would have been right. */
export interface TextProblem {
  problem: string;
  value?: string;
  candidates?: readonly string[];
}

/**
 * `50MB`, `0.5 %`, `10/s`, `1MB/h` → a number in the base unit of a dimension (percent, seconds, bytes, counts; per
 * second for a rate). A bare number is in the base unit.
 */
export function parseQuantity(text: string, dimension: Dimension): number | TextProblem {
  const [, amount, unit = '', per] = SHAPE.exec(text.trim()) ?? [];
  if (amount === undefined) return { problem: `«${text}» is not a number with a unit` };
  const units = UNITS[dimension.quantity];
  const scale = unit === '' ? 1 : ownValue(units, unit);
  if (scale === undefined) {
    const expected = Object.keys(units);
    const problem = `«${unit}» is not a unit of ${describe(dimension)}`;
    return expected.length === 0
      ? { problem: `${problem}, which has none` }
      : { problem, value: unit, candidates: expected };
  }
  if (!dimension.perSecond && per !== undefined) {
    return { problem: `«${text}» is a rate, and this is ${describe(dimension)}` };
  }
  if (dimension.perSecond && per === undefined && unit !== '') {
    return { problem: `«${text}» lacks the time: write ${text.trim()}/s or ${text.trim()}/h` };
  }
  const perSeconds = per === undefined ? 1 : ownValue(PER_SECONDS, per);
  if (perSeconds === undefined) {
    return { problem: `«${per}» is not a time`, value: per ?? '', candidates: Object.keys(PER_SECONDS) };
  }
  const value = scaled(Number(amount), scale) / perSeconds;
  return Number.isFinite(value) ? value : { problem: `«${text}» is too large` };
}

function describe({ quantity, perSecond }: Dimension): string {
  const words = { percent: 'a percentage', share: 'a ratio' };
  const what = quantity === 'percent' || quantity === 'share' ? words[quantity] : quantity;
  return `${what}${perSecond ? ' per second' : ''}`;
}

function ownValue(table: Readonly<Record<string, number>>, key: string): number | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
