import type { PeriodEvidence } from './evidence.ts';
import { chainTail, combineTails, combinedFalseAlarm, phaseTail } from './null-distribution.ts';

/** The tails were checked down to 1e-4; what they say much further out is not to be taken literally. */
const LEAST = 1e-12;

/** The tables were made without holes. Around holes F and C agree less, so that one of them errs more often, by this factor (by trial). */
export const HOLES = 1.4;

export interface Judgement {
  falseAlarmProbability: number;
  /** Whose period it is. */
  by: 'chain' | 'phase';
}

/** How often a series without a period would give as much evidence. */
export function judge({ series, chain, phase }: PeriodEvidence): Judgement {
  const chainOnly = chainTail(chain.logRatio, series.count);
  const combined = combineTails(chainOnly, phaseTail(phase.logRatio, series.count));
  const holes = series.window.length > 1 ? HOLES : 1;
  return {
    falseAlarmProbability: Math.min(1, Math.max(LEAST, holes * combinedFalseAlarm(combined, series.count))),
    by: combined < chainOnly || chain.model === null ? 'phase' : 'chain',
  };
}
