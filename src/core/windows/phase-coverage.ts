import type { TimeSpan } from '../../model/time.ts';
import { excludedUpTo, missProbability } from '../periodicity/exclusion.ts';
import { mergeExposure } from '../periodicity/exposure.ts';

/** Relative accuracy; what is not known better is not excluded. */
const FINEST_STEP = 1e-5;
const WIDEST_STEP = 0.1;
/** Spans that are folded on some period, all in all: about half a second. What is not reached by then is not excluded. */
const BUDGET = 2_000_000;

/**
 * The longest period P such that spans which lie apart exclude it and all shorter ones together, at a free phase. What a
 * part of the spans excludes, the whole does.
 *
 * From one period to the next: with times counted from the first span's start, a beat at t of a timer of period P comes
 * between t and t·(1+δ) for one of any period up to P·(1+δ). So a phase that has a beat in spans [a, b/(1+δ)] at P has one in
 * [a, b] at all of these, and the phases that are new are δ·P at most: the chance to miss them is at most that of the
 * shortened spans at P, and δ. Where the spans cover the phases several times over, δ is large.
 * @param lost chance of each beat to be lost, in [0, 1)
 * @returns milliseconds; 0: nothing is excluded
 */
export function excludedTogether(confidence: number, exposure: readonly TimeSpan[], lost = 0): number {
  const spans = mergeExposure(exposure);
  const fromMs = spans[0]?.fromMs ?? 0;
  const since = spans.map((span) => ({ fromMs: span.fromMs - fromMs, toMs: span.toMs - fromMs }));
  let periodMs = excludedUpTo(confidence, { exposure: since, lost });
  if (periodMs === 0 || since.length < 2) return periodMs;
  let step = WIDEST_STEP;
  for (let spent = 0; spent < BUDGET; spent += since.length) {
    const shortened = since.map((span) => ({ fromMs: span.fromMs, toMs: span.toMs / (1 + step) }));
    const missed = missProbability(periodMs, { exposure: shortened, lost }) + step;
    if (missed <= 1 - confidence) {
      periodMs *= 1 + step;
      step = Math.min(WIDEST_STEP, step * 2);
    } else if (step > FINEST_STEP) step /= 2;
    else return periodMs;
  }
  return periodMs;
}
