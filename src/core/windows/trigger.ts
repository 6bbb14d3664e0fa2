import type { WindowSpec } from '../../model/window-spec.ts';
import type { LookFacts } from './facts.ts';
import type { Ending, IdleStretch } from './stretch.ts';
import { commandEnding, commandLife } from './triggers/run.ts';
import { manualEnding, manualStretch } from './triggers/manual.ts';
import { period, scheduleEnding } from './triggers/schedule.ts';
import type { Standing } from './standing.ts';
import { quiet, userEnding } from './triggers/user-quiet.ts';

/**
 * The stretch that a trigger finds by what holds, after our own last measurement: that used the app, as people do. Null: the app
 * need not be idle.
 */
export function idleStretch(spec: WindowSpec, standing: Standing, nowMs: number): IdleStretch | null {
  const idle = stretchOf(spec, standing, nowMs);
  const { measuredMs } = standing;
  return idle === null || measuredMs === null ? idle : { ...idle, fromMs: Math.max(idle.fromMs, measuredMs) };
}

function stretchOf(spec: WindowSpec, standing: Standing, nowMs: number): IdleStretch | null {
  switch (spec.trigger) {
    case 'user-quiet':
      return quiet(spec, standing);
    case 'schedule':
      return period(spec, standing, nowMs);
    case 'manual':
      return manualStretch(spec, standing);
    default:
      return commandLife(standing);
  }
}

/** The first thing in a look's facts that ends a window of what held before them. */
export function triggerEnding(spec: WindowSpec, before: Standing, facts: LookFacts): Ending | null {
  switch (spec.trigger) {
    case 'user-quiet':
      return userEnding(spec, facts);
    case 'schedule':
      return scheduleEnding(spec, before, facts);
    case 'manual':
      return manualEnding(spec, before, facts);
    default:
      return commandEnding(before, facts);
  }
}
