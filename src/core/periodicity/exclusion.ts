import type { TimeSpan } from '../../model/time.ts';
import { mergeExposure } from './exposure.ts';
import { excludedUpToLocked, missProbabilityLocked } from './locked-exclusion.ts';

/** A timer that was to be seen in a quiet exposure. */
export interface Quiet {
  exposure: readonly TimeSpan[];
  /** Chance of each beat to be lost, in [0, 1). */
  lost?: number;
  /** For a timer started here, which beats a period later for the first time: its launch. Absent: any phase. */
  lockedAtMs?: number;
}

/** Relative accuracy of the longest period; what is not known better is not excluded. */
const TOLERANCE = 1e-4;

/**
 * Chance that a clock-like timer of this period had no event in the exposure: the share of the phases that it leaves
 * uncovered, where a phase seen m times counts lost^m. With any phase and one span this is 1 − (1−q)·T/P for P ≥ T,
 * else (1−f)·q^m + f·q^(m+1) with m = ⌊T/P⌋ and f = T/P − m.
 * @returns 0 to 1; 1 for a period that is no positive number
 */
export function missProbability(periodMs: number, { exposure, lost = 0, lockedAtMs }: Quiet): number {
  if (!(periodMs > 0) || !Number.isFinite(periodMs)) return 1;
  const spans = mergeExposure(exposure);
  return lockedAtMs === undefined
    ? missedShare(periodMs, spans, lost)
    : missProbabilityLocked(periodMs, spans, lost, lockedAtMs);
}

/**
 * The longest period such that it and all shorter ones would have shown themselves with this confidence. Holes that
 * come at a beat of their own can hide a period that is shorter than others which are excluded: those do not count.
 * @returns milliseconds; 0: nothing is excluded
 */
export function excludedUpTo(confidence: number, { exposure, lost = 0, lockedAtMs }: Quiet): number {
  const spans = mergeExposure(exposure);
  const allowed = 1 - confidence;
  const longest = spans.reduce((most, span) => Math.max(most, span.toMs - span.fromMs), 0);
  if (longest === 0 || !(lost >= 0 && lost < 1) || !(confidence > 0 && confidence <= 1)) return 0;
  if (lockedAtMs !== undefined) return excludedUpToLocked(allowed, spans, lost, lockedAtMs);
  // The longest span alone is a bound from below; from there on, steps in which the chance cannot rise too far.
  let periodMs = longestForSpan(longest, lost, allowed);
  const wholeMs = (spans.at(-1) as TimeSpan).toMs - (spans[0] as TimeSpan).fromMs;
  while (periodMs < wholeMs) {
    const slack = allowed - missedShare(periodMs, spans, lost);
    const step = slack / steepness(periodMs, spans, wholeMs);
    if (!(step >= periodMs * TOLERANCE)) return periodMs;
    periodMs += step;
  }
  // Beyond the whole, each phase is seen at most once: the chance is 1 − (1−q)·E/P.
  const exposedMs = spans.reduce((total, span) => total + span.toMs - span.fromMs, 0);
  return Math.max(wholeMs, ((1 - lost) * exposedMs) / confidence);
}

/** The longest period that one span of this length excludes. */
function longestForSpan(lengthMs: number, lost: number, allowed: number): number {
  const once = ((1 - lost) * lengthMs) / (1 - allowed);
  if (once >= lengthMs) return once;
  if (allowed === 0) return 0;
  // With m beats for sure: (1−f)·q^m + f·q^(m+1) ≤ allowed, at f = T/P − m in [0, 1).
  const beats = Math.floor(Math.log(allowed) / Math.log(lost));
  const share = (lost ** beats - allowed) / (lost ** beats * (1 - lost));
  return lengthMs / (beats + Math.min(1, Math.max(0, share)));
}

/** Bound of how fast the missed share can change with the period: each end of a span moves once per turn. */
function steepness(periodMs: number, spans: readonly TimeSpan[], wholeMs: number): number {
  return ((2 * spans.length + 1) * (wholeMs / periodMs + 1)) / periodMs;
}

/** Share of the phases that are missed: the exposure folded on the period. */
function missedShare(periodMs: number, spans: readonly TimeSpan[], lost: number): number {
  const originMs = spans[0]?.fromMs ?? 0;
  const ends: { at: number; change: number }[] = [];
  let depth = 0;
  for (const { fromMs, toMs } of spans) {
    const turns = Math.floor((toMs - fromMs) / periodMs);
    const from = (fromMs - originMs) % periodMs;
    const to = from + (toMs - fromMs) - turns * periodMs;
    depth += turns;
    if (to > periodMs) depth += 1;
    ends.push({ at: from, change: 1 }, { at: to > periodMs ? to - periodMs : to, change: -1 });
  }
  ends.sort((a, b) => a.at - b.at);
  let missed = 0;
  let at = 0;
  for (const end of ends) {
    missed += (end.at - at) * lost ** depth;
    depth += end.change;
    at = end.at;
  }
  return Math.min(1, Math.max(0, (missed + (periodMs - at) * lost ** depth) / periodMs));
}
