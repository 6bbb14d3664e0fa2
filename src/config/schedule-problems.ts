import { createRequire } from 'node:module';
import { closest } from 'fastest-levenshtein';
import type nodeCron from 'node-cron';
import type { Problem } from '../core/rules/problem.ts';
import { spell } from '../core/wording/amounts.ts';
import type { ScheduleSpec } from '../model/window-spec.ts';

/** What is wrong with a window that opens by the clock. */
export function scheduleProblems(window: ScheduleSpec, index: number): Problem[] {
  const found: [key: string, message: string | null][] = [
    ['cron', cronProblem(window.cron)],
    ['timezone', window.timezone === null ? null : timezoneProblem(window.timezone)],
    ['duration', durationProblem(window)],
  ];
  return found.flatMap(([key, message]) =>
    message === null ? [] : [{ path: ['windows', index, key], message }],
  );
}

/** Why an expression is none that node-cron takes, or never comes true; null where it is one. */
export function cronProblem(cron: string): string | null {
  // Loaded only where something is scheduled: a check would pay 1.5 MB for it.
  const { validate, validateDetailed } = createRequire(import.meta.url)('node-cron') as typeof nodeCron;
  if (validate(cron)) return null;
  const [first] = validateDetailed(cron).errors;
  const why = first === undefined ? '' : ` (${first.message})`;
  return `«${cron.slice(0, 50)}» is not a cron expression${why}, such as "0 2 * * *" for 2:00 each night`;
}

/** Why the time zone is none that this host knows; null where it is one. */
export function timezoneProblem(timezone: string): string | null {
  try {
    Intl.DateTimeFormat('en', { timeZone: timezone });
    return null;
  } catch {
    const nearest = closest(timezone, ['UTC', ...Intl.supportedValuesOf('timeZone')]);
    return `«${timezone}» is not a time zone; did you mean ${nearest}?`;
  }
}

function durationProblem({ durationMs, settleMs, minDurationMs }: ScheduleSpec): string | null {
  const settledMs = settleMs === 'auto' ? 0 : settleMs;
  if (durationMs - settledMs >= minDurationMs) return null;
  return `after settling, ${spell(settledMs)}, less than minDuration, ${spell(minDurationMs)}, is left of ${spell(durationMs)}`;
}
