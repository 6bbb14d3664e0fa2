import { parseDurationMs } from '../parse/duration.ts';
import type { Beat } from './example.ts';

/** How long an example looks before its window opens. */
export const SETTLE_MS = 5000;

/** `-20s` → −20,000; null for what is no time. */
export function timeMs(text: string): number | null {
  const isBefore = text.trim().startsWith('-');
  const ms = parseDurationMs(isBefore ? text.trim().slice(1) : text);
  return ms === null ? null : isBefore ? -ms : ms;
}

/** More of one entry than this are not made. */
export const MOST_BEATS = 100_000;

/** How many times an entry stands for. */
export function countOf(told: Beat, durationMs: number): number {
  const everyMs = parseDurationMs(told.every ?? '');
  if (everyMs === null) return 1;
  const { firstMs, lastMs } = endsOf(told, durationMs, everyMs);
  return Math.max(0, Math.floor((lastMs - firstMs) / everyMs) + 1);
}

/** When it happened, in milliseconds from the opening. The jitter is the same in every run. */
export function timesOf(told: Beat, durationMs: number): number[] {
  const everyMs = parseDurationMs(told.every ?? '');
  if (everyMs === null) return [timeMs(told.at ?? '') ?? 0];
  const { firstMs } = endsOf(told, durationMs, everyMs);
  const jitterMs = parseDurationMs(told.jitter ?? '') ?? 0;
  const count = Math.min(MOST_BEATS, countOf(told, durationMs));
  return Array.from({ length: count }, (_, index) => firstMs + index * everyMs + jitterMs * wobble(index));
}

/** The first beat comes half a period after the opening unless it is told. */
function endsOf(told: Beat, durationMs: number, everyMs: number): { firstMs: number; lastMs: number } {
  return { firstMs: timeMs(told.at ?? '') ?? everyMs / 2, lastMs: timeMs(told.until ?? '') ?? durationMs };
}

/** In [−1, 1): the fractional parts of multiples of the golden ratio, which fill it evenly and have no period. */
function wobble(index: number): number {
  const part = (index * 0.618_033_988_749_895) % 1;
  return 2 * part - 1;
}
