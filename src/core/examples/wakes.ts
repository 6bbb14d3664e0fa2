import type { WakeStretch } from '../../model/wake.ts';
import { parseDurationMs } from '../parse/duration.ts';
import type { ToldWakes } from './example.ts';
import type { ToldProcesses } from './processes.ts';
import { timesOf } from './times.ts';

/** Wakes of the root of a target, as an example tells them. */
export function wakesOf(
  told: ToldWakes,
  processes: ToldProcesses,
  target: string,
  openingMs: number,
  durationMs: number,
): WakeStretch {
  const root = processes.rootOf(target);
  const timesMs = timesOf(told, durationMs).map((ms) => openingMs + ms);
  return {
    fromMs: timesMs[0] ?? openingMs,
    toMs: timesMs.at(-1) ?? openingMs,
    processId: root?.id ?? 1,
    tid: root?.pid ?? 1,
    thread: told.thread ?? root?.name ?? null,
    call: told.call ?? 'epoll_wait',
    timeoutMs: parseDurationMs(told.timeout ?? told.every ?? ''),
    timeoutIs: 'asked',
    wokenBy: told.by,
    waker: null,
    count: timesMs.length,
    intervalMs: parseDurationMs(told.every ?? ''),
    timesMs,
    sampledShare: 1,
  };
}
