import type { Activity, ActivityKind, FieldValue } from '../../model/activity.ts';
import type { WatchedProcess } from '../../model/process.ts';
import { keptPart, LEFT_OUT } from '../parse/cut-text.ts';
import { COMMON } from './fields/common.ts';
import { FILE } from './fields/file.ts';
import { NETWORK } from './fields/network.ts';
import { PROCESS } from './fields/process.ts';
import { EVENT, LOG } from './fields/records.ts';
import {
  type FieldReading,
  type FieldRow,
  type FieldType,
  type Form,
  neverLeftOut,
  type NumberRange,
} from './fields/row.ts';

/** Columns of the app's own, as rules name them. */
export const DATA_PREFIX = 'data.';

export interface Field {
  name: string;
  type: FieldType;
  /** The values that a `choice` can have. */
  choices: readonly string[];
  about: string;
  /** Longer texts are never recorded; null: no such limit is known. */
  maxBytes: number | null;
  /** Of a number; null: any. */
  range: NumberRange | null;
  /** Of a text; null: any. */
  form: Form | null;
  /** Every activity has it, and it is always recorded. */
  isAlwaysKnown: boolean;
  /** Whether `get` goes by who acted; else it may be left out. */
  asksActor: boolean;
  get: (activity: Activity, actor: WatchedProcess | null) => FieldReading;
  /** Whether its column was left out of the record, so that not even its absence is known. */
  isLeftOut: (activity: Activity) => boolean;
  /** The beginning of a text that is as it was, where the rest may have been another one; null: all of it is. */
  surePart: (text: string) => string | null;
  /** The beginning of a text of which nobody knows how it goes on; null: it is whole. */
  keptPart: (text: string) => string | null;
}

/** Every field that rules and reports use, by activity. `event` and `log` have `data.*` beside these. */
export const FIELDS: Record<ActivityKind, ReadonlyMap<string, Field>> = {
  network: tableOf(NETWORK),
  process: tableOf(PROCESS),
  event: tableOf(EVENT),
  log: tableOf(LOG),
  file: tableOf(FILE),
};

export const ACTIVITIES: readonly ActivityKind[] = ['network', 'process', 'event', 'log', 'file'];

export const DEFAULT_GROUP_BY: Record<ActivityKind, readonly string[]> = {
  network: ['protocol', 'remote.ip', 'remote.port'],
  process: ['exe'],
  event: ['type'],
  log: ['category'],
  file: ['path'],
};

/** Of what others opened to the target: its own port. Theirs is another one each time. */
export const INBOUND_GROUP_BY: readonly string[] = ['protocol', 'local.port'];

/** A field of an activity by its dotted name; null where there is none of that name. */
export function fieldOf(kind: ActivityKind, name: string): Field | null {
  const known = FIELDS[kind].get(name);
  if (known !== undefined) return known;
  const isData = (kind === 'event' || kind === 'log') && /^data\../.test(name);
  return isData ? dataField(name) : null;
}

/** Stands for a value that was left out of the record, so that not even its absence is known. */
export const UNRECORDED: unique symbol = Symbol('left out');

/** What there is to be found of a field of an activity. */
export type FieldFound = FieldReading | typeof UNRECORDED;

/** What an activity tells of a field. */
export function findField(
  field: Pick<Field, 'get' | 'isLeftOut'>,
  activity: Activity,
  actor: WatchedProcess | null,
): FieldFound {
  return field.isLeftOut(activity) ? UNRECORDED : field.get(activity, actor);
}

function dataOf(activity: Activity): Record<string, FieldValue> {
  return 'data' in activity ? activity.data : {};
}

function dataField(name: string): Field {
  const column = name.slice(DATA_PREFIX.length);
  const has = (activity: Activity): boolean => Object.hasOwn(dataOf(activity), column);
  return {
    name,
    type: 'any',
    choices: [],
    about: 'a column of the app’s own',
    maxBytes: null,
    range: null,
    form: null,
    isAlwaysKnown: false,
    asksActor: false,
    // A row has all columns of its table, so one that is not there is another matter than NULL; lines are free.
    get: (activity) => {
      if (has(activity)) return dataOf(activity)[column];
      return activity.kind === 'log' ? null : undefined;
    },
    isLeftOut: (activity) => !has(activity) && Object.hasOwn(dataOf(activity), LEFT_OUT),
    surePart: () => null,
    keptPart,
  };
}

function tableOf<A extends Activity>(rows: Record<string, FieldRow<A>>): ReadonlyMap<string, Field> {
  const all: Record<string, FieldRow<never>> = { ...COMMON, ...rows };
  return new Map(Object.entries(all).map(([name, row]) => [name, fieldIn(name, row)]));
}

function fieldIn(name: string, row: FieldRow<never>): Field {
  const { type, about, choices = [], maxBytes = null, range = null, form = null } = row;
  const asksActor = 'getOfActor' in row;
  const get = asksActor ? (_: never, actor: WatchedProcess | null) => row.getOfActor(actor) : row.get;
  return {
    name,
    type,
    about,
    choices,
    maxBytes,
    range,
    form,
    isAlwaysKnown: row.isAlwaysKnown ?? false,
    asksActor,
    get: get as Field['get'],
    isLeftOut: neverLeftOut,
    surePart: row.surePart ?? (() => null),
    keptPart: row.keptPart ?? keptPart,
  };
}
