import type { Clock } from '../model/time.ts';
import type { Watcher } from './watcher.ts';

export interface LookingOptions {
  clock: Clock;
  watcher: Watcher;
  tickMs: number;
  signal: AbortSignal;
  /** Called after each look with its time. */
  onLook: (nowMs: number) => void;
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
  if (watcher.needsReadings) {
    over = await lookPrepared(lastStretchFromMs, options);
  } else if (clock.nowMs() < lastStretchFromMs) {
    await clock.every(tickMs, signal, () => {
      const nowMs = watcher.look();
      onLook(nowMs);
      over = isOver();
      return !over && nowMs < lastStretchFromMs;
    });
  }
  if (over) return 'target';
  await clock.sleepUntil(endMs, signal);
  await watcher.prepare();
  const nowMs = watcher.look(true);
  onLook(nowMs);
  return signal.aborted ? 'interrupted' : 'duration';
}

/** The same where each look waits for its readings: a tick from the beginning of one reading to that of the next. */
async function lookPrepared(untilMs: number, options: LookingOptions): Promise<boolean> {
  const { clock, watcher, tickMs, signal, onLook, isOver } = options;
  while (watcher.lookedUntilMs < untilMs && !signal.aborted) {
    await clock.sleepUntil(watcher.lookedUntilMs + tickMs, signal);
    if (signal.aborted) return false;
    await watcher.prepare();
    onLook(watcher.look());
    if (isOver()) return true;
  }
  return false;
}
