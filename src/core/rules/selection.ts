import type { Activity } from '../../model/activity.ts';
import type { ActorOf } from './actors.ts';
import { ActivityTable } from './activity-table.ts';

/** Some rows of a table. */
export interface Selection {
  table: ActivityTable;
  rows: readonly number[];
}

/** Where lists are from that were made of rows, so that what the table knows of these is not found out again. */
const origins = new WeakMap<readonly unknown[], Selection>();

/** A list that was made of rows, one each; from then on nobody may change it. */
export function madeOf<T>(selection: Selection, list: readonly T[]): readonly T[] {
  origins.set(list, selection);
  return list;
}

/** The activities of rows. */
export function activitiesOfRows({ table, rows }: Selection): readonly Activity[] {
  return madeOf(
    { table, rows },
    rows.map((row) => table.rows[row] as Activity),
  );
}

/** The rows that a list was made of; of another list, those of a table of its own. */
export function rowsBehind<T>(list: readonly T[], headOf: (one: T) => Activity, actorOf: ActorOf): Selection {
  const known = origins.get(list);
  if (known !== undefined) return known;
  return { table: new ActivityTable(list.map(headOf), actorOf), rows: [...list.keys()] };
}
