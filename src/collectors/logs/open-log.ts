import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { LineSplitter } from '../../core/parse/log/line-splitter.ts';
import { pause } from '../../os/pause.ts';
import { FileProblem } from '../file-problems.ts';
import type { FileIdentity } from '../holders.ts';
import { LogWatcher } from './log-watcher.ts';

/** A line, or what is there of one whose end has not come yet. */
export interface LogLine {
  /** null: it is too long to be kept. */
  text: string | null;
  hasEnd: boolean;
  /** What was there of it when it was told before, without its end; null: it was not. */
  before: string | null;
}

export interface LogPiece {
  lines: LogLine[];
  /** How much was read. */
  bytes: number;
  /** Nothing is left to read. */
  isAtEnd: boolean;
  /** The file was cut, or written anew: what stood there and was not read yet is gone. */
  wasCut: boolean;
  /** It was written to and did not grow: over what stood there, or what was appended was cut away again. */
  wasWrittenOver: boolean;
}

const CHUNK_BYTES = 262_144;
/** So much before the place of reading has to be as it was. */
const PRINT_BYTES = 256;

/** Everything is read into it, and kept by nobody. */
const chunk: Buffer = Buffer.alloc(PRINT_BYTES + CHUNK_BYTES);
const EMPTY: Buffer = Buffer.alloc(0);
/** The kernel stamps a file before it grows: one that was stamped so lately may be about to. */
const IN_FLIGHT_MS = 100;
const IN_FLIGHT_ROUNDS = 10;
/** Windows stamps a file when it is closed. */
const STAMPS_TELL: boolean = process.platform !== 'win32';

/** A log file that stays open, whatever it is called by now, and the place up to which it was read. */
export class OpenLog implements FileIdentity {
  readonly device: number;
  readonly inode: number;
  readonly #fd: number;
  readonly #watcher: LogWatcher;
  readonly #splitter: LineSplitter = new LineSplitter();
  #offset = 0;
  /** What stood before the place of reading. */
  #print: Buffer = EMPTY;
  /** As of when everything had been read; NaN: never yet. */
  #mtimeMs = Number.NaN;
  /** When the line that has no end yet last grew; null: there is none, or nothing more is expected of it. */
  #grewAtMs: number | null = null;
  /** That line was told as far as it is there. */
  #isTold = false;
  /** What was told of it. */
  #told: string | null = null;

  /** @throws where there is none, or something else than a file */
  constructor(path: string, onNews: () => void = () => {}) {
    // A pipe would wait for its writer.
    this.#fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(this.#fd);
    this.device = stat.dev;
    this.inode = stat.ino;
    this.#watcher = new LogWatcher(this.#fd, onNews);
    if (stat.isFile()) return;
    this.close();
    throw new FileProblem(`${path} is ${stat.isDirectory() ? 'a folder' : 'a pipe or device'}, not a file`);
  }

  /** Since when a line waits for its end; null: none does. */
  get partSinceMs(): number | null {
    return this.#grewAtMs;
  }

  /** The line that waits for its end was told since it last grew. */
  get isPartTold(): boolean {
    return this.#isTold;
  }

  /** Something may have happened to it since it was last watched. */
  get hasNews(): boolean {
    return this.#watcher.hasNews;
  }

  /** Whether it was renamed since the last call, as far as its watcher tells. */
  takeMoved(): boolean {
    return this.#watcher.takeMoved();
  }

  /** To be called before it is read: from then on it tells of news. */
  watch(): void {
    this.#watcher.arm();
  }

  /** Whole lines of the last bytes that are there; reading goes on behind them. */
  readTail(bytes: number, nowMs: number): LogLine[] {
    this.#offset = Math.max(0, fstatSync(this.#fd).size - bytes);
    let isTorn = this.#offset > 0;
    const lines: LogLine[] = [];
    for (let left = bytes; left > 0; ) {
      const piece = this.read(nowMs, left);
      lines.push(...(isTorn ? piece.lines.slice(1) : piece.lines));
      isTorn &&= piece.lines.length === 0;
      if (piece.isAtEnd) break;
      left -= piece.bytes;
    }
    // A line without an end that was there before is none of ours unless it goes on.
    this.#grewAtMs = null;
    return lines;
  }

  /** Reads on, a bounded piece. @param most bytes */
  read(nowMs: number, most: number = CHUNK_BYTES): LogPiece {
    const { size, mtimeMs } = this.#asked();
    const isTouched = this.#isTouched({ size, mtimeMs });
    const hasChanged = size !== this.#offset || mtimeMs !== this.#mtimeMs;
    let read = hasChanged ? this.#readOn(most) : EMPTY;
    const wasCut = read === null;
    const wasWrittenOver = isTouched && read?.length === 0;
    if (read === null) read = this.#readAnew(size, most);
    this.#offset += read.length;
    // What came since the file was asked may have been read, too.
    const after = read.length === 0 ? { size, mtimeMs } : fstatSync(this.#fd);
    if (this.#offset >= after.size) this.#mtimeMs = after.mtimeMs;
    this.#print = Buffer.concat([this.#print, read.subarray(-PRINT_BYTES)]).subarray(-PRINT_BYTES);
    const lines = this.#lines(read);
    if (!this.#splitter.hasPart) this.#grewAtMs = null;
    else if (read.length > 0) {
      this.#grewAtMs = nowMs;
      this.#isTold = false;
    }
    const isAtEnd = this.#offset >= size || read.length === 0;
    return { lines, bytes: read.length, isAtEnd, wasCut, wasWrittenOver };
  }

  /** Tells the line that waits for its end as far as it is there. It is kept, and told as a whole when its end comes, however late. */
  tellPart(): LogLine {
    const { text } = this.#splitter.part();
    const before = this.#told;
    this.#told = text;
    this.#isTold = true;
    return { text, hasEnd: false, before };
  }

  /** The line that has no end yet is waited for no longer. */
  expectNoMore(): void {
    this.#grewAtMs = null;
  }

  close(): void {
    this.#watcher.close();
    closeSync(this.#fd);
  }

  /** Its size and stamp. One that was stamped just now and has not grown gets a moment to do so. */
  #asked(): { size: number; mtimeMs: number } {
    let stat = fstatSync(this.#fd);
    for (let round = 0; round < IN_FLIGHT_ROUNDS && this.#isTouched(stat); round += 1) {
      if (Math.abs(Date.now() - stat.mtimeMs) > IN_FLIGHT_MS) break;
      pause(IN_FLIGHT_MS / IN_FLIGHT_ROUNDS);
      stat = fstatSync(this.#fd);
    }
    return stat;
  }

  /** Written to since everything had been read, and no longer than it was. */
  #isTouched({ size, mtimeMs }: { size: number; mtimeMs: number }): boolean {
    const isKnown = STAMPS_TELL && !Number.isNaN(this.#mtimeMs);
    return isKnown && size === this.#offset && mtimeMs !== this.#mtimeMs;
  }

  #lines(bytes: Buffer): LogLine[] {
    const ended = this.#splitter.feed(bytes);
    const told = this.#told;
    if (ended.length > 0) this.#told = null;
    return ended.map(({ text }, index) => ({ text, hasEnd: true, before: index === 0 ? told : null }));
  }

  /** A file that was cut, from its beginning. Where its writer has kept its place, a hole of any size comes before that, which is not gone through. */
  #readAnew(size: number, most: number): Buffer {
    const reached = this.#offset;
    this.#offset = 0;
    this.#print = EMPTY;
    if (this.#splitter.hasPart) this.#splitter.takePart();
    this.#told = null;
    this.#grewAtMs = null;
    const first = this.#readOn(most) ?? EMPTY;
    if (size <= reached || first.length === 0 || first.some((byte) => byte !== 0)) return first;
    this.#offset = reached;
    return this.#readOn(most) ?? EMPTY;
  }

  /** What comes next, up to so much; null: what stands before it is not what stood there. Both are read at once, so that nobody comes between. */
  #readOn(most: number): Buffer | null {
    const before = this.#print.length;
    const length = before + Math.min(CHUNK_BYTES, Math.max(1, most));
    const bytes = readSync(this.#fd, chunk, 0, length, this.#offset - before);
    return bytes >= before && this.#print.equals(chunk.subarray(0, before))
      ? chunk.subarray(before, bytes)
      : null;
  }
}
