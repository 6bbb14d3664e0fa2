import type { TracePageHeader } from './trace-format.ts';

/** Called for each record: its time in nanoseconds of the trace clock, and where its bytes are in the page. */
export type VisitRecord = (atNs: number, offset: number, length: number) => void;

/** Values of `type_len` with a meaning of their own; see `events/header_event` and the kernel's linux/ring_buffer.h. */
const LONG = 0;
const PADDING = 29;
const TIME_EXTEND = 30;
const TIME_STAMP = 31;

/** Flags in the commit word of a page that is read: records before this page were overwritten; their number is behind the data. */
const MISSED_EVENTS = 0x80000000;
const MISSED_STORED = 0x40000000;
const COMMIT_MASK = 0x3fffffff;

/** A time is 27 bits in an event's header and 32 bits above them in the word after it. */
const TIME_SHIFT = 2 ** 27;

/**
 * Visits the records of one page as read from `per_cpu/cpuN/trace_pipe_raw`, in their order. Little-endian.
 *
 * Returns how many records the kernel had to throw away before this page; null where there were some and their number
 * is not known, which is also the answer where the page makes no sense from some point on.
 *
 * Times are exact up to 2^53 ns (104 days) and rounded to an even nanosecond or two beyond.
 */
export function parseTracePage(page: DataView, header: TracePageHeader, visit: VisitRecord): number | null {
  const { dataOffset, commitOffset, timestampOffset } = header;
  if (page.byteLength < dataOffset) return null;
  const commit = page.getUint32(commitOffset, true);
  const end = dataOffset + (commit & COMMIT_MASK);
  if (end > page.byteLength) return null;
  const whole = visitEvents(page, dataOffset, end, uint64(page, timestampOffset), visit);
  if (!whole) return null;
  if ((commit & MISSED_EVENTS) === 0) return 0;
  if ((commit & MISSED_STORED) === 0 || end + header.commitBytes > page.byteLength) return null;
  return header.commitBytes === 8 ? uint64(page, end) : page.getUint32(end, true);
}

/** False where an event does not fit into the page. */
function visitEvents(page: DataView, from: number, end: number, pageNs: number, visit: VisitRecord): boolean {
  let at = from;
  let baseNs = pageNs;
  // Added up apart from the base, so that nothing is rounded more than once.
  let sinceNs = 0;
  while (at < end) {
    if (at + 4 > end) return false;
    const word = page.getUint32(at, true);
    const type = word & 31;
    const delta = word >>> 5;
    if (type !== LONG && type < PADDING) {
      const next = at + 4 + 4 * type;
      if (next > end) return false;
      sinceNs += delta;
      visit(baseNs + sinceNs, at + 4, 4 * type);
      at = next;
      continue;
    }
    // A padding without a time fills the rest of a page.
    if (type === PADDING && delta === 0) return true;
    if (at + 8 > end) return false;
    const value = page.getUint32(at + 4, true);
    if (type === TIME_EXTEND) {
      sinceNs += value * TIME_SHIFT + delta;
      at += 8;
    } else if (type === TIME_STAMP) {
      baseNs = value * TIME_SHIFT + delta;
      sinceNs = 0;
      at += 8;
    } else {
      // The value counts itself in.
      const next = at + 4 + value;
      if (value < 4 || next > end) return false;
      // A discarded event keeps its time; 1 is what the kernel writes where there was none.
      if (type === LONG || delta !== 1) sinceNs += delta;
      if (type === LONG) visit(baseNs + sinceNs, at + 8, value - 4);
      at = next;
    }
  }
  return true;
}

function uint64(view: DataView, offset: number): number {
  return view.getUint32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true);
}
