import type { Activity, ActivityKind, NetworkActivity } from '../../model/activity.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { WatchedProcess } from '../../model/process.ts';
import { activitiesOf } from '../derive/activities-of.ts';
import { lazily, once } from '../derive/once.ts';
import { type ActorOf, actorsIn } from './actors.ts';
import type { Condition } from './conditions/condition.ts';
import { TRUTH } from './conditions/truth.ts';
import { type FieldReading, neverLeftOut } from './fields/row.ts';
import { type Field, type FieldFound, findField, UNRECORDED } from './fields.ts';
import { activitiesIn, type Belonging, belongingKey } from './membership.ts';

/** What a condition or a match says of each row, as TRUTH numbers it. */
export type Truths = Uint8Array;

/** What can be asked of each row. What has the same name is the same question: the answers are kept by it. */
export type Asked = Pick<Field, 'name' | 'asksActor' | 'get' | 'isLeftOut'>;

/**
 * A question about network activities that is no field of theirs; others answer nothing.
 * @param name no field's, and no other question's
 */
export const askNetwork = (name: string, get: (activity: NetworkActivity) => FieldReading): Asked => ({
  name,
  asksActor: false,
  get: (activity) => (activity.kind === 'network' ? get(activity) : null),
  isLeftOut: neverLeftOut,
});

/** Of each row a number, the same where what was asked is the same; all are below `count`. */
export interface Classes {
  of: Uint32Array;
  count: number;
}

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
  readonly rows: readonly Activity[];
  /** When each row was: asked of each row for each cause, which a column answers without going to the rows. */
  readonly timesMs: () => Float64Array;
  readonly #actors: () => readonly (WatchedProcess | null)[];
  readonly #columns: Map<string, Column> = new Map();
  readonly #classes: Map<string, Classes> = new Map();
  readonly #ofTarget: Map<string, readonly number[]> = new Map();

  constructor(rows: readonly Activity[], actorOf: ActorOf) {
    this.rows = rows;
    this.timesMs = lazily(() => timesOf(rows));
    this.#actors = lazily(() => rows.map(actorOf));
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

  /** Narrows what is said of each row by one more condition: both have to hold. */
  narrow(truths: Truths, { field, truthOf }: Condition): void {
    const { values, places } = this.#column(field);
    const ofValues = Uint8Array.from(values, (value) => TRUTH[truthOf(value)]);
    if (ofValues.every((truth) => truth === TRUTH.yes)) return;
    for (let row = 0; row < truths.length; row += 1)
      truths[row] = (truths[row] as number) & (ofValues[places[row] as number] as number);
  }

  /** Tells rows apart by what they answer; what is not known counts as nothing. Made once, however many rules group by the same. */
  classesBy(asked: readonly Asked[]): Classes {
    const key = JSON.stringify(asked.map(({ name }) => name));
    const known = this.#classes.get(key);
    if (known !== undefined) return known;
    const classes: Classes = { of: new Uint32Array(this.rows.length), count: 1 };
    for (const one of asked) split(classes, this.#column(one));
    this.#classes.set(key, classes);
    return classes;
  }

  #column(asked: Asked): Column {
    const known = this.#columns.get(asked.name);
    if (known !== undefined) return known;
    // Few questions are about who acted, and to find that out takes longer than most columns.
    const actors = asked.asksActor ? this.#actors() : [];
    const placeOf = new Map<FieldFound, number>();
    const places = new Uint32Array(this.rows.length);
    for (let row = 0; row < places.length; row += 1) {
      const value = findField(asked, this.rows[row] as Activity, actors[row] ?? null);
      let place = placeOf.get(value);
      if (place === undefined) {
        place = placeOf.size;
        placeOf.set(value, place);
      }
      places[row] = place;
    }
    const column = { values: [...placeOf.keys()], places };
    this.#columns.set(asked.name, column);
    return column;
  }
}

/** When each of some activities was. */
export function timesOf(activities: readonly Activity[]): Float64Array {
  const timesMs = new Float64Array(activities.length);
  for (let at = 0; at < timesMs.length; at += 1) timesMs[at] = (activities[at] as Activity).atMs;
  return timesMs;
}

/** Those of some rows of which this is said. */
export function rowsThatAre(truth: number, truths: Truths, rows: readonly number[]): readonly number[] {
  const found: number[] = [];
  // What nobody says of any row is looked for many times as quickly as it is picked out.
  if (truths.includes(truth)) for (const row of rows) if (truths[row] === truth) found.push(row);
  return found;
}

/** Tells rows of one class apart that have other values of a column. */
function split(classes: Classes, { values, places }: Column): void {
  const nothing = values.findIndex(isNothing);
  const sameAs = Uint32Array.from(values, (value, place) => (isNothing(value) ? nothing : place));
  const known = new Map<number, number>();
  for (let row = 0; row < places.length; row += 1) {
    const pair = (classes.of[row] as number) * values.length + (sameAs[places[row] as number] as number);
    let own = known.get(pair);
    if (own === undefined) known.set(pair, (own = known.size));
    classes.of[row] = own;
  }
  classes.count = known.size;
}

const isNothing = (value: FieldFound): boolean => value == null || value === UNRECORDED;

/** Activities that nobody is to count, by a name of their own. */
export interface LeftOut {
  name: string;
  has: (activity: Activity) => boolean;
}

/** The activities of a kind that belong to a window, of every target, in order of time; made once for all rules. */
export function activityTable(
  evidence: Evidence,
  window: Belonging,
  kind: ActivityKind,
  leftOut: LeftOut | null,
): ActivityTable {
  return once(evidence, activityTable, `${kind} ${leftOut?.name ?? ''} ${belongingKey(window)}`, () => {
    const all = activitiesIn(evidence, window, kind);
    const rows = leftOut === null ? all : all.filter((activity) => !leftOut.has(activity));
    return new ActivityTable(rows, actorsIn(evidence));
  });
}

/** All activities of a kind, whatever window they belong to, in the order of the evidence. */
export function wholeTable(evidence: Evidence, kind: ActivityKind): ActivityTable {
  return once(
    evidence,
    wholeTable,
    kind,
    () => new ActivityTable(activitiesOf(evidence, kind), actorsIn(evidence)),
  );
}
