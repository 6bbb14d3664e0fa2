import type { WindowSpec } from '../../model/window-spec.ts';
import type { LookFacts } from './facts.ts';
import type { Standing } from './standing.ts';

/** What an engine was told that another one has to know which goes on in its place. */
export interface Holding extends Pick<Standing, 'fires' | 'manual'> {
  /** As they were configured then. */
  windows: readonly WindowSpec[];
}

/**
 * The facts of before that still hold for the windows of another plan: a period of the same cron that is not over, a window that
 * was opened by hand. Of what tells of itself again (commands that run) and of users nothing is kept.
 * @param nowMs by the clock of the engine that goes on: it may tell an earlier time than the one before
 */
export function stillHolding(
  { windows: before, fires, manual }: Holding,
  windows: readonly WindowSpec[],
  nowMs: number,
): Required<Pick<LookFacts, 'cronFires' | 'manual'>> {
  const same = windows.filter((spec) => before.some((one) => isTheSame(one, spec)));
  const cronFires = same.flatMap(({ id }) => fires.get(id) ?? []);
  const commands = same.flatMap(({ id }) => manual.get(id) ?? []);
  return {
    cronFires: cronFires.filter(({ atMs }) => atMs <= nowMs),
    manual: commands.map((command) => ({ ...command, atMs: Math.min(command.atMs, nowMs) })),
  };
}

/** Whether what was told about one window still holds for the other. */
function isTheSame(before: WindowSpec, after: WindowSpec): boolean {
  if (before.id !== after.id || before.trigger !== after.trigger) return false;
  if (before.trigger !== 'schedule' || after.trigger !== 'schedule') return true;
  return before.cron === after.cron && before.timezone === after.timezone;
}
