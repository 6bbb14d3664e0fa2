/** The header of a write-ahead log. */
export interface LogHeader {
  pageBytes: number;
  /** Others each time that the log is begun anew; frames with others are left over from before. */
  salts: bigint;
}

/** What stands before each page in the log. */
export interface LogFrame {
  /** The number of the page. */
  page: number;
  /** The last one of a transaction. */
  isCommit: boolean;
  salts: bigint;
}

/** See «The WAL File Format» in sqlite.org/fileformat2.html. */
export const LOG_HEADER_BYTES = 32;
export const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682;
const LEAST_PAGE_BYTES = 512;
const MOST_PAGE_BYTES = 65_536;

/** Reads the first LOG_HEADER_BYTES of a log; null where they are no log's. */
export function parseLogHeader(bytes: Uint8Array): LogHeader | null {
  if (bytes.length < LOG_HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The lowest bit tells the byte order of checksums.
  if ((view.getUint32(0) & ~1) >>> 0 !== MAGIC) return null;
  const pageBytes = view.getUint32(8);
  // SQLite takes a log with another one for none.
  const isSize =
    pageBytes >= LEAST_PAGE_BYTES && pageBytes <= MOST_PAGE_BYTES && (pageBytes & (pageBytes - 1)) === 0;
  return isSize ? { pageBytes, salts: saltsAt(view, 16) } : null;
}

/** Reads the FRAME_HEADER_BYTES at the start of a frame; null where they are fewer, or name no page. */
export function parseLogFrame(bytes: Uint8Array): LogFrame | null {
  if (bytes.length < FRAME_HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const page = view.getUint32(0);
  return page === 0 ? null : { page, isCommit: view.getUint32(4) > 0, salts: saltsAt(view, 8) };
}

const saltsAt = (view: DataView, at: number): bigint => view.getBigUint64(at);
