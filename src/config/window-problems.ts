import type { ActivityKind } from '../model/activity.ts';
import { compileMatch } from '../core/rules/match.ts';
import type { Problem } from '../core/rules/problem.ts';
import type { Cause } from '../core/rules/pack.ts';
import { spell } from '../core/wording/amounts.ts';
import type { TargetSpec } from '../model/target.ts';
import type { WindowSpec } from '../model/window-spec.ts';
import { scheduleProblems } from './schedule-problems.ts';

/** What else of the configuration windows rest on. */
export interface WindowContext {
  user: readonly Cause[];
  targets: readonly TargetSpec[];
}

/** What is wrong with `windows:` and `user:` that no single value of them shows. */
export function windowProblems(windows: readonly WindowSpec[], context: WindowContext): Problem[] {
  const { user, targets } = context;
  const ids = windows.map(({ id }) => id);
  return [
    ...user.flatMap((cause, index) => causeProblems(cause, index, targets)),
    ...windows.flatMap((window, index) => [
      ...idProblems(ids, index),
      ...lengthProblems(window, index),
      ...triggerProblems(window, index, context),
    ]),
  ];
}

function causeProblems({ activity, match }: Cause, index: number, targets: readonly TargetSpec[]): Problem[] {
  const problems = match === undefined ? [] : compileMatch(activity, match).problems;
  const lacks = missingSource(activity, targets);
  return [
    ...problems.map((problem) => ({ ...problem, path: ['user', index, 'match', ...problem.path] })),
    ...(lacks === null
      ? []
      : [
          {
            path: ['user', index, 'activity'],
            message: `«${activity}» would never be seen: no target has ${lacks}`,
          },
        ]),
  ];
}

/** An action that nobody can see would never close a window. */
function missingSource(activity: ActivityKind, targets: readonly TargetSpec[]): string | null {
  switch (activity) {
    case 'event':
      return targets.some(({ events }) => events !== null) ? null : 'events';
    case 'file':
      return targets.some(({ files }) => files !== undefined) ? null : 'files';
    case 'log':
      return targets.some(({ logs }) => logs !== undefined) ? null : 'logs';
    default:
      return null;
  }
}

/** @param ids of all windows; null: it has none */
export function idProblems(ids: readonly (string | null)[], index: number): Problem[] {
  const id = ids[index] ?? null;
  const isTaken = id !== null && ids.indexOf(id) < index;
  return isTaken
    ? [{ path: ['windows', index, 'id'], message: `there is another window with the id «${id}»` }]
    : [];
}

function lengthProblems({ maxDurationMs, minDurationMs }: WindowSpec, index: number): Problem[] {
  if (maxDurationMs >= minDurationMs) return [];
  const message = `windows of at most ${spell(maxDurationMs)} would all be shorter than minDuration, ${spell(minDurationMs)}`;
  return [{ path: ['windows', index, 'maxDuration'], message }];
}

export const UNKNOWN_USERS = 'user-quiet rests on `user:`, which says what counts as somebody using the app';

function triggerProblems(window: WindowSpec, index: number, { user, targets }: WindowContext): Problem[] {
  const path = ['windows', index, 'trigger'];
  switch (window.trigger) {
    case 'user-quiet':
      return user.length > 0 ? [] : [{ path, message: UNKNOWN_USERS }];
    case 'run':
      return targets.some(({ select }) => select.by === 'command')
        ? []
        : [
            {
              path,
              message:
                'run is the life of a command, and no target is one: select: { command: [program, argument] }',
            },
          ];
    case 'schedule':
      return scheduleProblems(window, index);
    default:
      return [];
  }
}
