import type { Clock } from '../model/time.ts';
import type { Watcher } from './watcher.ts';

export interface LookingOptions {
  clock: Clock;
  watcher: Watcher;
  tickMs: number;
  signal: AbortSignal;
  /** Called after each look with its time; null: nobody wants to know. */
  onLook: ((nowMs: number) => void) | null;
  /** Asked after each look: nothing is left to look at. */
  isOver: () => boolean;
}

export type LookingEnd = 'duration' | 'interrupted' | 'target';

/** The last stretch, which ends with the window's end and not with a tick, is up to this many ticks long. */
const LAST_STRETCH_TICKS = 1.25;

/** Looks once a tick until `endMs`, and once more, in full, at the very end. */
export async function lookUntil(endMs: number, options: LookingOptions): Promise<LookingEnd> {
  const { clock, watcher, tickMs, signal, onLook, isOver } = options;
  const lastStretchFromMs = endMs - LAST_STRETCH_TICKS * tickMs;
  let over = false;
  if (clock.nowMs() < lastStretchFromMs) {
    await clock.every(tickMs, signal, () => {
      const nowMs = watcher.look();
      onLook?.(nowMs);
      over = isOver();
      return !over && nowMs < lastStretchFromMs;
    });
  }
  if (over) return 'target';
  await clock.sleepUntil(endMs, signal);
  const nowMs = watcher.look(true);
  onLook?.(nowMs);
  return signal.aborted ? 'interrupted' : 'duration';
}
