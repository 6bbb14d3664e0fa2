import type { TimeSpan } from '../../model/time.ts';

/** The part of a span inside another; null where they do not overlap. A point inside counts as overlap. */
export function clip(span: TimeSpan, within: TimeSpan): TimeSpan | null {
  const fromMs = Math.max(span.fromMs, within.fromMs);
  const toMs = Math.min(span.toMs, within.toMs);
  const overlaps = fromMs < toMs || (fromMs === toMs && span.fromMs === span.toMs);
  return overlaps ? { fromMs, toMs } : null;
}

/** Sorted union of spans. Spans that only touch stay apart: between two gaps there was a look. */
export function union(spans: readonly TimeSpan[]): TimeSpan[] {
  const merged: TimeSpan[] = [];
  for (const span of spans.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = merged.at(-1);
    if (last !== undefined && span.fromMs < last.toMs) last.toMs = Math.max(last.toMs, span.toMs);
    else merged.push({ fromMs: span.fromMs, toMs: span.toMs });
  }
  return merged;
}

export function totalMs(spans: readonly TimeSpan[]): number {
  return union(spans).reduce((sum, span) => sum + span.toMs - span.fromMs, 0);
}

export function longestMs(spans: readonly TimeSpan[]): number {
  return spans.reduce((longest, span) => Math.max(longest, span.toMs - span.fromMs), 0);
}

/** A window holds what came after its opening look, up to its closing look. */
export function holds(window: TimeSpan, atMs: number): boolean {
  return atMs > window.fromMs && atMs <= window.toMs;
}
