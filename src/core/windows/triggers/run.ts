import type { LookFacts } from '../facts.ts';
import { bornAtMs, type Standing } from '../standing.ts';
import type { Ending, IdleStretch } from '../stretch.ts';

/** From when the command is ready on; its timers run since the launch. */
export function commandLife({ command }: Standing): IdleStretch | null {
  if (command?.op !== 'ready') return null;
  return { fromMs: command.atMs, toMs: Infinity, anchorMs: command.launchedAtMs };
}

/** The command's end. Where only a later launch is told, it had ended by then. */
export function commandEnding(
  { command: before }: Standing,
  { nowMs, command = [] }: LookFacts,
): Ending | null {
  if (before?.op !== 'ready') return null;
  const ends = command.filter((fact) => bornAtMs(fact) > before.launchedAtMs).map((fact) => bornAtMs(fact));
  return ends.length === 0 ? null : { toMs: Math.min(nowMs, ...ends), closedBy: 'target' };
}
