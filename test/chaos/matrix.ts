import { ACTIVITIES } from './activities/all.ts';
import type { Activity } from './activity.ts';
import type { Cell } from './cell.ts';
import type { Fault } from './fault.ts';
import { FAULTS } from './faults/all.ts';

/** A cell that cannot be run, and why. */
interface LeftOut {
  fault: string;
  /** null: with none of them. */
  activity: string | null;
  reason: string;
}

export interface Matrix {
  faults: readonly Fault[];
  activities: readonly Activity[];
  cells: Cell[];
  leftOut: LeftOut[];
}

/**
 * @param only `fault/activity`, either of which can be left out or be a prefix with `*`; null: everything
 * @throws Error that lists the names, where nothing has such a name
 */
export function matrix(only: string | null): Matrix {
  const [faultPattern = '', activityPattern = ''] = (only ?? '').split('/');
  const faults = chosenFrom(FAULTS, faultPattern, 'fault');
  const activities = chosenFrom(ACTIVITIES, activityPattern, 'activity');
  const cells: Cell[] = [];
  const leftOut: LeftOut[] = [];
  for (const fault of faults) {
    const missing = fault.unavailable?.() ?? null;
    if (missing !== null) {
      leftOut.push({ fault: fault.name, activity: null, reason: missing });
      continue;
    }
    for (const activity of activities) {
      const reason = fault.excludes?.(activity) ?? null;
      if (reason === null) cells.push({ fault, activity });
      else leftOut.push({ fault: fault.name, activity: activity.name, reason });
    }
  }
  return { faults: FAULTS, activities: ACTIVITIES, cells, leftOut };
}

function chosenFrom<T extends { name: string }>(all: readonly T[], pattern: string, what: string): T[] {
  const chosen = all.filter(({ name }) => matches(name, pattern));
  if (chosen.length > 0) return chosen;
  const names = all.map(({ name }) => `\n  ${name}`).join('');
  throw new Error(`no ${what} of the matrix is called «${pattern}»; there are${names}`);
}

function matches(name: string, pattern: string): boolean {
  if (pattern.endsWith('*')) return name.startsWith(pattern.slice(0, -1));
  return pattern === '' || pattern === name;
}
