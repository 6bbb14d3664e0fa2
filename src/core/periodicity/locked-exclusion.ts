import type { TimeSpan } from '../../model/time.ts';

/** More places where the answer can change than this are not looked at: nothing is excluded beyond. */
const MAX_PLACES = 200_000;

/** Chance that a timer started at a known time, with its first beat a period later, lost every beat in the exposure. */
export function missProbabilityLocked(
  periodMs: number,
  spans: readonly TimeSpan[],
  lost: number,
  launchMs: number,
): number {
  return lost ** beatsIn(periodMs, spans, launchMs);
}

/** The period below which all have enough beats in the exposure. */
export function excludedUpToLocked(
  allowed: number,
  spans: readonly TimeSpan[],
  lost: number,
  launchMs: number,
): number {
  const needed = lost === 0 ? 1 : Math.ceil(Math.log(allowed) / Math.log(lost) - 1e-9);
  const longest = spans.reduce(
    (most, { fromMs, toMs }) => Math.max(most, toMs - Math.max(fromMs, launchMs)),
    0,
  );
  // So many beats lie in the longest span at any phase.
  const surelyMs = longest / (needed + 1);
  if (!(surelyMs > 0)) return 0;
  let reached = surelyMs;
  for (const placeMs of placesAfter(surelyMs, spans, launchMs)) {
    // Between two places the number of beats is the same.
    if (beatsIn((reached + placeMs) / 2, spans, launchMs) < needed) return reached;
    reached = placeMs;
  }
  return reached;
}

/** Periods, ascending, at which a beat comes to lie on an end of a span. */
function placesAfter(leastMs: number, spans: readonly TimeSpan[], launchMs: number): number[] {
  const edges = spans
    .flatMap(({ fromMs, toMs }) => [fromMs - launchMs, toMs - launchMs])
    .filter((at) => at > 0);
  const count = edges.reduce((sum, at) => sum + Math.floor(at / leastMs), 0);
  if (count > MAX_PLACES) return [];
  const places = edges.flatMap((at) =>
    Array.from({ length: Math.floor(at / leastMs) }, (_, index) => at / (index + 1)),
  );
  return [...new Set(places)].filter((at) => at > leastMs).sort((a, b) => a - b);
}

/** Beats at launch + k periods, k ≥ 1, in the exposure. */
function beatsIn(periodMs: number, spans: readonly TimeSpan[], launchMs: number): number {
  // A beat on an end of a span may come just outside: it does not count.
  const margin = 1e-9;
  return spans.reduce((count, { fromMs, toMs }) => {
    const first = Math.max(1, Math.ceil((fromMs - launchMs) / periodMs + margin));
    const last = Math.floor((toMs - launchMs) / periodMs - margin);
    return count + Math.max(0, last - first + 1);
  }, 0);
}
