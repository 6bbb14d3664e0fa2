import type { Clock } from '../model/time.ts';
import type { Watcher } from './watcher.ts';

export interface LookingOptions {
  clock: Clock;
  watcher: Watcher;
  tickMs: number;
  signal: AbortSignal;
  /** Called after each look. */
  onLook: () => void;
  /** Asked after each look: nothing is left to look at. */
  isOver: () => boolean;
}

export type LookingEnd = 'duration' | 'interrupted' | 'target';

/**
 * Looks once a tick until `endMs`, and once more, in full, at the end. Ticks are counted from the start, so that they do not
 * drift; ticks that are already over are skipped, since a late look is one look, and the gap is noted by the watcher.
 */
export async function lookUntil(endMs: number, options: LookingOptions): Promise<LookingEnd> {
  const { clock, watcher, tickMs, signal, onLook, isOver } = options;
  const startMs = clock.nowMs();
  for (let tick = 1; ; ) {
    const nextMs = startMs + tick * tickMs;
    const isLast = nextMs > endMs - tickMs / 4;
    await clock.sleepUntil(isLast ? endMs : nextMs, signal);
    watcher.look(isLast || signal.aborted);
    onLook();
    if (signal.aborted) return 'interrupted';
    if (isLast) return 'duration';
    if (isOver()) return 'target';
    tick = Math.max(tick + 1, Math.ceil((clock.nowMs() - startMs) / tickMs));
  }
}
