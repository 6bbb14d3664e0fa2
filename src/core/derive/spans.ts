import type { TimeSpan } from '../../model/time.ts';

/**
 * The part of a stretch between looks that lies in a window; null where there is none. A window closes a moment after
 * its last look: a stretch that begins at that look and goes on outside says nothing about the window.
 */
export function partInside(span: TimeSpan, window: TimeSpan, tickMs: number): TimeSpan | null {
  const fromMs = Math.max(span.fromMs, window.fromMs);
  const toMs = Math.min(span.toMs, window.toMs);
  if (fromMs > toMs) return null;
  const isWhole = span.fromMs >= window.fromMs && span.toMs <= window.toMs;
  return isWhole || toMs - fromMs > tickMs / 4 ? { fromMs, toMs } : null;
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

/** The parts of a span that lie outside of gaps. */
export function outside(span: TimeSpan, gaps: readonly TimeSpan[]): TimeSpan[] {
  const parts: TimeSpan[] = [];
  let { fromMs } = span;
  for (const gap of union(gaps)) {
    if (gap.fromMs > fromMs) parts.push({ fromMs, toMs: Math.min(gap.fromMs, span.toMs) });
    fromMs = Math.max(fromMs, gap.toMs);
  }
  if (fromMs < span.toMs) parts.push({ fromMs, toMs: span.toMs });
  return parts.filter((part) => part.toMs > part.fromMs);
}

/** What lies in each of two sorted lists of disjoint spans. */
export function intersection(some: readonly TimeSpan[], others: readonly TimeSpan[]): TimeSpan[] {
  return some.flatMap(({ fromMs, toMs }) =>
    others
      .map((other) => ({ fromMs: Math.max(fromMs, other.fromMs), toMs: Math.min(toMs, other.toMs) }))
      .filter((part) => part.toMs > part.fromMs),
  );
}

/** How long they last together, overlaps counted once. */
export function totalMs(spans: readonly TimeSpan[]): number {
  return union(spans).reduce((sum, span) => sum + span.toMs - span.fromMs, 0);
}

/** How long the longest of them lasts; 0 where there is none. */
export function longestMs(spans: readonly TimeSpan[]): number {
  return spans.reduce((longest, span) => Math.max(longest, span.toMs - span.fromMs), 0);
}

/** A window holds what came after its opening look, up to its closing look. */
export function holds(window: TimeSpan, atMs: number): boolean {
  return atMs > window.fromMs && atMs <= window.toMs;
}
