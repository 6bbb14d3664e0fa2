import tables from './null-tables.json' with { type: 'json' };
import { upperTail } from './tail.ts';

/** Chance of a chain evidence F as large in a series of `count` events without a period. */
export function chainTail(logRatio: number, count: number): number {
  return upperTail(logRatio, tables.levels, quantilesAt(tables.chain, count));
}

/** Likewise of a phase evidence C. */
export function phaseTail(logRatio: number, count: number): number {
  return upperTail(logRatio, tables.levels, quantilesAt(tables.phase, count));
}

/** The smaller of both tails; smaller is more periodic. Its own distribution is in the third table. */
export function combineTails(chain: number, phase: number): number {
  return Math.min(chain, phase);
}

/** The false alarm probability of a combined tail: far out it is proportional to it. */
export function combinedFalseAlarm(combined: number, count: number): number {
  // Quantiles of −log, so that both kinds of table ascend; as they do for the others, its tail has slope 1.
  return upperTail(-Math.log(combined), tables.levels, quantilesAt(tables.combined, count));
}

/** Interpolated over the logarithm of the count; the ends hold beyond. */
function quantilesAt(table: readonly (readonly number[])[], count: number): number[] {
  const { counts } = tables;
  const above = counts.findIndex((one) => one >= count);
  if (above === 0) return [...(table[0] ?? [])];
  if (above === -1) return [...(table.at(-1) ?? [])];
  const low = counts[above - 1] as number;
  const high = counts[above] as number;
  const share = Math.log(count / low) / Math.log(high / low);
  const lower = table[above - 1] ?? [];
  const upper = table[above] ?? [];
  return lower.map((value, index) => value + share * ((upper[index] as number) - value));
}
