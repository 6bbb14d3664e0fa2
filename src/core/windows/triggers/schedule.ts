import type { ScheduleSpec } from '../../../model/window-spec.ts';
import type { LookFacts } from '../facts.ts';
import type { Standing } from '../standing.ts';
import type { Ending, IdleStretch } from '../stretch.ts';

/** What cron last told, for as long as it lasts. */
export function period(
  { id, durationMs }: ScheduleSpec,
  { fires }: Standing,
  nowMs: number,
): IdleStretch | null {
  const fire = fires.get(id);
  if (fire === undefined || nowMs >= fire.atMs + durationMs) return null;
  return { fromMs: fire.atMs, toMs: fire.atMs + durationMs, anchorMs: fire.atMs };
}

/** The end of the period, or cron's next one: each has windows of its own. */
export function scheduleEnding(
  { id, durationMs }: ScheduleSpec,
  { fires }: Standing,
  { nowMs, cronFires = [] }: LookFacts,
): Ending | null {
  const fire = fires.get(id);
  if (fire === undefined) return null;
  const next = cronFires.filter((one) => one.id === id && one.atMs > fire.atMs).map(({ atMs }) => atMs);
  const toMs = Math.min(fire.atMs + durationMs, ...next);
  return toMs <= nowMs ? { toMs, closedBy: 'schedule' } : null;
}
