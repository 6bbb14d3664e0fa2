import { readFileSync } from 'node:fs';
import { parseTracePageHeader, type TracePageHeader } from '../../src/core/parse/trace-format.ts';
import { TRACE_EVENTS } from '../../src/core/parse/trace-records.ts';

const FOLDER: URL = new URL('../fixtures/trace/', import.meta.url);

/** A file that test/fixtures/trace/record.py recorded. */
export const traceFixture = (path: string): Buffer => readFileSync(new URL(path, FOLDER));

/** The layouts of Linux 6.18. */
export const traceFormats = (): Map<string, string> =>
  new Map(TRACE_EVENTS.map((event) => [event, traceFixture(`events/${event}/format`).toString()]));

export const tracePageHeader = (): TracePageHeader =>
  parseTracePageHeader(traceFixture('events/header_page').toString());

/** The pages of a recorded file. */
export function tracePages(path: string): DataView[] {
  const bytes = traceFixture(path);
  const { pageBytes } = tracePageHeader();
  return Array.from(
    { length: bytes.length / pageBytes },
    (_, index) => new DataView(bytes.buffer, bytes.byteOffset + index * pageBytes, pageBytes),
  );
}
