import { closest, distance } from 'fastest-levenshtein';
import { type CellValue, detectTimeFormat, type TimeFormat } from './event-time.ts';

export interface TableColumn {
  name: string;
  /** As declared in CREATE TABLE; SQLite lets it be anything, also empty. */
  declaredType: string;
  /** 1-based place in the primary key; 0: not part of it. */
  primaryKey: number;
  /** Cells of some recent rows; empty where the table is. */
  cells: readonly CellValue[];
}

export interface NamedColumns {
  id?: string | undefined;
  type?: string | undefined;
  time?: string | undefined;
}

export interface FoundColumns {
  /** null: rows are known by their rowid only. */
  id: string | null;
  type: string;
  /** null: no column holds a time. */
  time: string | null;
  /** null until a row with a time is there. */
  timeFormat: TimeFormat | null;
}

/** What could not be found, for the user: which columns exist, and which is nearest. */
export interface ColumnsProblem {
  problem: string;
}

const ID_NAMES = ['id', 'event_id', 'eventid', 'uuid', 'guid', 'rowid'];
/** Best first; two plausible columns in the same group are ambiguous. */
const TYPE_GROUPS = [
  ['type', 'event_type', 'eventtype'],
  ['event', 'event_name', 'eventname', 'kind', 'event_kind'],
  ['name', 'action'],
];
const TIME_NAMES = [
  ['created_at', 'createdat', 'timestamp', 'ts', 'occurred_at', 'occurredat', 'event_time', 'time', 'at'],
  [
    'created',
    'inserted_at',
    'logged_at',
    'recorded_at',
    'datetime',
    'date',
    'happened_at',
    'start',
    'started_at',
  ],
].flat();
/** What an event type looks like: a short word or phrase, not a document and not a time. */
const TYPE_TEXT = /^[^{}[\]<>\n]{0,100}$/;

/**
 * Finds the columns of an events table: named ones are taken as they are, others by name and by what they hold.
 * @param known those that were found before, by which its rows are told apart: they stay as long as all of them are there, or a column that
 * is added would make every row another
 */
export function findEventColumns(
  columns: readonly TableColumn[],
  named: NamedColumns,
  known: FoundColumns | null = null,
): FoundColumns | ColumnsProblem {
  const kept = known === null ? null : keptColumns(columns, known);
  if (kept !== null) return kept;
  for (const [role, name] of Object.entries(named)) {
    if (role === 'id' && name?.toLowerCase() === 'rowid') continue;
    if (name !== undefined && find(columns, name) === undefined) {
      return { problem: `there is no column «${name}» (named for ${role}); ${nearest(columns, name)}` };
    }
  }
  const type = typeColumn(columns, named.type);
  if (typeof type !== 'string') return type;
  const time = timeColumn(columns, named.time, type);
  return {
    id: idColumn(columns, named.id),
    type,
    time: time?.name ?? null,
    timeFormat: time === undefined ? null : detectTimeFormat(time.cells),
  };
}

function keptColumns(columns: readonly TableColumn[], known: FoundColumns): FoundColumns | null {
  const isThere = (name: string | null): boolean =>
    name === null || name.toLowerCase() === 'rowid' || find(columns, name) !== undefined;
  if (![known.id, known.type, known.time].every(isThere)) return null;
  const time = known.time === null ? undefined : find(columns, known.time);
  return { ...known, timeFormat: detectTimeFormat(time?.cells ?? []) ?? known.timeFormat };
}

/** SQLite compares column names without regard to ASCII case. */
function find(columns: readonly TableColumn[], name: string): TableColumn | undefined {
  return columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
}

function findAll(columns: readonly TableColumn[], names: readonly string[]): TableColumn[] {
  return names.map((name) => find(columns, name)).filter((column) => column !== undefined);
}

function idColumn(columns: readonly TableColumn[], named: string | undefined): string | null {
  if (named !== undefined) return find(columns, named)?.name ?? null;
  const key = columns.filter((column) => column.primaryKey > 0);
  if (key.length === 1) return key[0]?.name ?? null;
  return findAll(columns, ID_NAMES)[0]?.name ?? null;
}

function typeColumn(columns: readonly TableColumn[], named: string | undefined): string | ColumnsProblem {
  if (named !== undefined) return find(columns, named)?.name ?? named;
  for (const group of TYPE_GROUPS) {
    const [first, ...others] = findAll(columns, group).filter(holdsTypes);
    if (first === undefined) continue;
    if (others.length === 0) return first.name;
    const names = [first, ...others].map((column) => `«${column.name}»`).join(' and ');
    return { problem: `${names} could each be the event type; name one in columns.type. ${listed(columns)}` };
  }
  return {
    problem: `no column looks like the event type; name one in columns.type. ${nearest(columns, 'type')}`,
  };
}

function holdsTypes(column: TableColumn): boolean {
  return column.cells.every((cell) => {
    if (cell === null || typeof cell === 'bigint') return true;
    if (typeof cell === 'number') return Number.isInteger(cell);
    return typeof cell === 'string' && TYPE_TEXT.test(cell) && detectTimeFormat([cell]) === null;
  });
}

function timeColumn(
  columns: readonly TableColumn[],
  named: string | undefined,
  type: string,
): TableColumn | undefined {
  if (named !== undefined) return find(columns, named);
  const declared = columns.filter((column) => /date|time/i.test(column.declaredType));
  return [...findAll(columns, TIME_NAMES), ...declared].find(
    (column) => column.name !== type && holdsTimes(column),
  );
}

/** Most of its cells are times: one that is none makes its row doubtful, and not all the others' times unknown. */
function holdsTimes(column: TableColumn): boolean {
  const cells = column.cells.filter((cell) => cell !== null);
  const times = cells.filter((cell) => detectTimeFormat([cell]) !== null);
  return times.length * 2 >= cells.length;
}

function listed(columns: readonly TableColumn[]): string {
  const names = columns.slice(0, 30).map((column) => column.name);
  return `Columns: ${names.join(', ')}${columns.length > 30 ? ', …' : ''}.`;
}

function nearest(columns: readonly TableColumn[], wanted: string): string {
  const names = columns.map((column) => column.name);
  if (names.length === 0) return listed(columns);
  const name = closest(wanted, names);
  const near = distance(wanted, name) <= Math.max(3, wanted.length / 2) ? ` The nearest is «${name}».` : '';
  return `${listed(columns)}${near}`;
}
