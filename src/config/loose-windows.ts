import type { Problem } from '../core/rules/problem.ts';
import { cronProblem, timezoneProblem } from './schedule-problems.ts';
import { idProblems, UNKNOWN_USERS } from './window-problems.ts';

/** A window as it is written, whatever that is. */
type Written = Partial<Record<string, unknown>>;

/** What is wrong with windows whatever else is wrong with them, with targets or with `user:`. Nothing that a schema finds. */
export function looseWindowProblems(document: unknown): Problem[] {
  const { windows, user } = recordOf(document);
  if (!Array.isArray(windows)) return [];
  const all = windows.map(recordOf);
  const ids = all.map(({ id }) => (typeof id === 'string' ? id : null));
  return all.flatMap((window, index) => [
    ...idProblems(ids, index),
    ...(window['trigger'] === 'user-quiet' && isNothing(user)
      ? [{ path: ['windows', index, 'trigger'], message: UNKNOWN_USERS }]
      : []),
    ...(window['trigger'] === 'schedule' ? clockProblems(window, index) : []),
  ]);
}

function clockProblems({ cron, timezone }: Written, index: number): Problem[] {
  const found: [key: string, message: string | null][] = [
    ['cron', isText(cron, 200) ? cronProblem(cron) : null],
    ['timezone', isText(timezone, 100) ? timezoneProblem(timezone) : null],
  ];
  return found.flatMap(([key, message]) =>
    message === null ? [] : [{ path: ['windows', index, key], message }],
  );
}

const isText = (value: unknown, longest: number): value is string =>
  typeof value === 'string' && value.length <= longest;

const isNothing = (user: unknown): boolean =>
  user === undefined || (Array.isArray(user) && user.length === 0);

const recordOf = (value: unknown): Written =>
  typeof value === 'object' && value !== null ? { ...value } : {};
