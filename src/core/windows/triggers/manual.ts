import type { ManualSpec } from '../../../model/window-spec.ts';
import type { LookFacts } from '../facts.ts';
import type { Standing } from '../standing.ts';
import type { Ending, IdleStretch } from '../stretch.ts';

/** From the command to open on; a person chose the time, so that nothing is locked to it. */
export function manualStretch({ id }: ManualSpec, { manual }: Standing): IdleStretch | null {
  const last = manual.get(id);
  return last?.op === 'open' ? { fromMs: last.atMs, toMs: Infinity, anchorMs: null } : null;
}

/** Ends when somebody closes it; null: nobody has, or it is not open. */
export function manualEnding(
  { id }: ManualSpec,
  { manual: before }: Standing,
  { nowMs, manual = [] }: LookFacts,
): Ending | null {
  const opened = before.get(id);
  if (opened?.op !== 'open') return null;
  const closes = manual
    .filter((one) => one.id === id && one.op === 'close' && one.atMs >= opened.atMs)
    .map(({ atMs }) => atMs);
  return closes.length === 0 ? null : { toMs: Math.min(nowMs, ...closes), closedBy: 'manual' };
}
