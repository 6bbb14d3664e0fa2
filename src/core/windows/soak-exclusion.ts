import type { Window } from '../../model/evidence.ts';
import type { TimeSpan } from '../../model/time.ts';
import { CONFIDENCE } from '../coverage/quiet-reach.ts';
import { excludedUpTo } from '../periodicity/exclusion.ts';
import { excludedTogether } from './phase-coverage.ts';

type Trigger = Window['trigger'];

/** A quiet window of a soak. */
export interface SoakWindow {
  trigger: Trigger;
  /** The last user action before it, the launch, the time that cron told; null: nothing that a timer could be locked to. */
  anchorMs: number | null;
  /** The parts of the window in which a beat would have been seen. */
  exposure: readonly TimeSpan[];
}

/** Longest periods that are excluded, in milliseconds; 0: none is. */
export interface SoakReach {
  /** For every timer that is spoken of here: the least of the others. */
  periodMs: number;
  /** For a timer at any phase. */
  freeMs: number;
  /** For timers that what a trigger follows starts anew, one entry for each trigger that has anchors. */
  locked: { trigger: Trigger; periodMs: number }[];
}

/**
 * What several quiet windows of one soak exclude together, at 95 %. W_i are their exposures, A_i their anchors, q is the
 * chance of each beat to be lost.
 *
 * - Free phase: beats at φ + kP, φ uniform in [0, P). With m(φ) the number of beats in ∪W_i, the chance to have missed them
 *   all is the mean of q^m(φ) over φ; for q = 0 it is the share of [0, P) that the union modulo P leaves uncovered.
 * - Locked: beats at A_i + kP, k ≥ 1, until the next anchor. Seen from its anchor every window shows the same beats: those
 *   at kP in R = ∪(W_i − A_i). Windows at the same offsets after their anchors repeat each other and add nothing. P is
 *   excluded where R holds so many beats, n, that q^n ≤ 5 %. What lies in R twice counts once.
 *
 * A timer that is locked to the user's actions is at no known phase after a launch, or the reverse: R is made for each
 * trigger from its own windows. So a window of another trigger, or the first with an anchor, makes one more claim, which
 * can be a weaker one. A period is excluded only with all shorter ones.
 * @param lost chance of each beat to be lost, in [0, 1)
 */
export function soakReach(windows: readonly SoakWindow[], lost = 0): SoakReach {
  const union = windows.flatMap(({ exposure }) => exposure);
  const freeMs = excludedTogether(CONFIDENCE, union, lost);
  const triggers = new Set(windows.flatMap(({ trigger, anchorMs }) => (anchorMs === null ? [] : [trigger])));
  const locked = [...triggers].map((trigger) => {
    const exposure = windows.filter((one) => one.trigger === trigger).flatMap(afterAnchor);
    return { trigger, periodMs: excludedUpTo(CONFIDENCE, { exposure, lost, lockedAtMs: 0 }) };
  });
  return { periodMs: Math.min(freeMs, ...locked.map(({ periodMs }) => periodMs)), freeMs, locked };
}

/** A window's exposure as time since its anchor. */
function afterAnchor({ anchorMs, exposure }: SoakWindow): TimeSpan[] {
  if (anchorMs === null) return [];
  return exposure.map(({ fromMs, toMs }) => ({ fromMs: fromMs - anchorMs, toMs: toMs - anchorMs }));
}
