/** Columns whose name alone says that they hold the type of an event. */
const TYPE_COLUMN = /^(?:event_?)?type$|^event(?:_?name|_?kind)?$|^kind$/iu;
const EVENTS = /(?:^|[_\W])events?(?:$|[_\W])/iu;
const ALIKE = /activit|audit|histor|journal|message|action|log|trace|timeline/iu;
/** An event's type is one of few words. */
const MOST_TYPES = 50;
/** Whose columns could be those of events, and whose name says nothing: any list of records looks like that. */
const NAMELESS = 60;

/** How a table is built and what it holds, as far as it tells whether events are in it. */
export interface TableShape {
  table: string;
  typeColumn: string;
  /** null: no column holds times. */
  timeColumn: string | null;
  /** Distinct types of the newest rows. */
  types: readonly string[];
  /** Whether one of them looks like a user's doing. */
  hasUserType: boolean;
}

/** How much a table looks like one of events, up to 200; null: it does not. */
export function scoreTable({ table, typeColumn, timeColumn, types, hasUserType }: TableShape): number | null {
  if (types.length > MOST_TYPES) return null;
  const name = /^events?$/iu.test(table) ? 100 : EVENTS.test(table) ? 80 : ALIKE.test(table) ? 40 : 0;
  const column = TYPE_COLUMN.test(typeColumn) ? 30 : 0;
  const time = timeColumn === null ? 0 : 30;
  const user = hasUserType ? 40 : 0;
  const score = name + column + time + user;
  // Rules on the rows of something else would pass whatever the app does.
  return (name > 0 || hasUserType) && score >= NAMELESS ? score : null;
}
