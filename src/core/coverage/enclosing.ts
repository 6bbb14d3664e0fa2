import type { CounterReading } from '../../model/sample.ts';
import type { TimeSpan } from '../../model/time.ts';

/** Two readings of the same counters, and what they grew by in between. */
export interface Enclosure extends TimeSpan {
  deltas: Record<string, number>;
}

/**
 * The readings that enclose each exposed interval, joined where they overlap. Counters are read a moment after the
 * clocks of the same look, so what happens in that moment is in the reading before although the clock tells of it at the
 * look after: an interval inside the window therefore begins one reading earlier.
 * null: an interval is not enclosed, or a counter ran backwards or vanished: nothing can be said.
 */
export function enclose(
  readings: readonly CounterReading[],
  intervals: readonly TimeSpan[],
  window: TimeSpan,
): Enclosure[] | null {
  const pairs: [number, number][] = [];
  let next = 0;
  for (const interval of intervals) {
    while (next < readings.length && timeOf(readings, next) <= interval.fromMs) next += 1;
    const before = next - 1;
    const nearMs = (interval.toMs - interval.fromMs) / 2;
    const sameLook = interval.fromMs > window.fromMs && interval.fromMs - timeOf(readings, before) < nearMs;
    const from = sameLook && before > 0 ? before - 1 : before;
    let to = Math.max(next, 0);
    while (to < readings.length && timeOf(readings, to) < interval.toMs) to += 1;
    if (from < 0 || to >= readings.length) return null;
    const last = pairs.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else pairs.push([from, to]);
  }
  const enclosures: Enclosure[] = [];
  for (const [from, to] of pairs) {
    const [first, last] = [readings[from], readings[to]];
    const deltas = first && last ? growth(first, last) : null;
    if (!first || !last || deltas === null) return null;
    enclosures.push({ fromMs: first.atMs, toMs: last.atMs, deltas });
  }
  return enclosures;
}

function timeOf(readings: readonly CounterReading[], index: number): number {
  return readings[index]?.atMs ?? Number.NaN;
}

/** By how much each counter grew; null where one ran backwards or vanished. */
export function growth(first: CounterReading, last: CounterReading): Record<string, number> | null {
  const deltas: Record<string, number> = {};
  for (const name of new Set([...Object.keys(first.values), ...Object.keys(last.values)])) {
    const [before, after] = [first.values[name], last.values[name]];
    if (before === undefined || after === undefined || after < before) return null;
    deltas[name] = after - before;
  }
  return deltas;
}
