import type { EventsTable } from './table.ts';

const texts: WeakMap<EventsTable, Map<string, string>> = new WeakMap();

/** The text of a statement that each look needs, put together once: since Node 24 every statement stays, and its text with it. */
export function tableSql(table: EventsTable, name: string, toText: () => string): string {
  const known = texts.get(table) ?? new Map<string, string>();
  texts.set(table, known);
  const text = known.get(name) ?? toText();
  known.set(name, text);
  return text;
}
