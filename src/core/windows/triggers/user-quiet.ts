import type { UserQuietSpec } from '../../../model/window-spec.ts';
import type { LookFacts } from '../facts.ts';
import type { Standing } from '../standing.ts';
import type { Ending, IdleStretch } from '../stretch.ts';

/** From so long after the last action on, or our own last measurement; without one, after the watchdog began to see them. */
export function quiet(
  { quietForMs }: UserQuietSpec,
  { startMs, lastActionMs, measuredMs }: Standing,
): IdleStretch {
  const usedMs = Math.max(lastActionMs ?? -Infinity, measuredMs ?? -Infinity);
  const anchorMs = usedMs === -Infinity ? null : usedMs;
  return { fromMs: Math.max(startMs, usedMs) + quietForMs, toMs: Infinity, anchorMs };
}

/** Any action that becomes known while a window is open ends it, at the action's own time less the guard. */
export function userEnding(
  { guardMs }: UserQuietSpec,
  { nowMs, userActions = [] }: LookFacts,
): Ending | null {
  if (userActions.length === 0) return null;
  const firstMs = userActions.reduce((first, atMs) => Math.min(first, atMs), nowMs);
  return { toMs: firstMs - guardMs, closedBy: 'user' };
}
