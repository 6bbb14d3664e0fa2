import type { ActivityKind } from '../../../model/activity.ts';
import type { Match } from '../pack.ts';
import { compileCondition } from './condition.ts';

/** Whether a match leaves room for a value of a field, going by its conditions on that field alone. */
export function couldHave(
  kind: ActivityKind,
  match: Match | undefined,
  field: string,
  value: string,
): boolean {
  if (match === undefined) return true;
  return [match].flat().some((map) =>
    Object.entries(map)
      .filter(([key]) => key.split('|')[0] === field)
      .every(([key, values]) => {
        const condition = compileCondition(kind, key, values);
        return 'truthOf' in condition && condition.truthOf(value) !== 'no';
      }),
  );
}
