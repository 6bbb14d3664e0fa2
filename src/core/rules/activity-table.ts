import type { Activity, ActivityKind } from '../../model/activity.ts';
import type { Evidence, Window } from '../../model/evidence.ts';
import { once, spanKey } from '../derive/once.ts';
import { actorsIn, type ActorOf } from './actors.ts';
import type { Condition } from './condition.ts';
import { type Field, type FieldFound, findField } from './fields.ts';
import { activitiesIn } from './membership.ts';
import { TRUTH } from './truth.ts';

/** What a condition or a match says of each row, as TRUTH numbers it. */
export type Truths = Uint8Array;

/** A field of all rows: which of the values that there are each of them has. */
interface Column {
  values: readonly FieldFound[];
  /** Of each row, the place of its value. */
  places: Uint32Array;
}

/**
 * Activities as rows, and their fields as columns. Each field is read once, however many rules ask for it; a condition is
 * tried once on each value that occurs, however many rows have it.
 */
export class ActivityTable {
  /** In order of time. */
  readonly rows: readonly Activity[];
  readonly #actorOf: ActorOf;
  readonly #columns: Map<string, Column> = new Map();
  readonly #ofTarget: Map<string, readonly number[]> = new Map();

  constructor(rows: readonly Activity[], actorOf: ActorOf) {
    this.rows = rows;
    this.#actorOf = actorOf;
  }

  /** The numbers of a target's rows. */
  rowsOf(target: string): readonly number[] {
    const known = this.#ofTarget.get(target);
    if (known !== undefined) return known;
    const own: number[] = [];
    for (let row = 0; row < this.rows.length; row += 1) if (this.rows[row]?.target === target) own.push(row);
    this.#ofTarget.set(target, own);
    return own;
  }

  /** Narrows what is said of each row by one more condition: the lesser of both is true. */
  narrow(truths: Truths, { field, truthOf }: Condition): void {
    const { values, places } = this.#column(field);
    const ofValues = Uint8Array.from(values, (value) => TRUTH[truthOf(value)]);
    for (let row = 0; row < truths.length; row += 1) {
      const truth = ofValues[places[row] as number] as number;
      if (truth < (truths[row] as number)) truths[row] = truth;
    }
  }

  #column(field: Field): Column {
    const known = this.#columns.get(field.name);
    if (known !== undefined) return known;
    const placeOf = new Map<FieldFound, number>();
    const places = new Uint32Array(this.rows.length);
    for (let row = 0; row < places.length; row += 1) {
      const activity = this.rows[row] as Activity;
      const value = findField(field, activity, this.#actorOf(activity));
      const place = placeOf.get(value) ?? placeOf.size;
      if (place === placeOf.size) placeOf.set(value, place);
      places[row] = place;
    }
    const column = { values: [...placeOf.keys()], places };
    this.#columns.set(field.name, column);
    return column;
  }
}

/**
 * The activities of a kind that belong to a window, of every target; made once for all rules.
 * @param leavesOut what nobody is to count, by a name of its own
 */
export function activityTable(
  evidence: Evidence,
  window: Window,
  kind: ActivityKind,
  leavesOut: ((activity: Activity) => boolean) | null,
): ActivityTable {
  return once(evidence, activityTable, `${kind} ${leavesOut?.name ?? ''} ${spanKey(window)}`, () => {
    const all = activitiesIn(evidence, window, kind);
    const rows = leavesOut === null ? all : all.filter((activity) => !leavesOut(activity));
    return new ActivityTable(rows, actorsIn(evidence));
  });
}
