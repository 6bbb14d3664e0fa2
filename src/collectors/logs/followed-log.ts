import { readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { STAMP_GRAIN_MS } from '../../os/stamp-grain.ts';
import { describeProblem } from '../file-problems.ts';
import type { FileIdentity } from '../holders.ts';
import { FilePlace, movedReason } from '../place.ts';
import { type LogLine, OpenLog } from './open-log.ts';
import { isRotationOf } from './rotation-name.ts';

/** What may be read and made of it at one look; the rest waits for the next one. */
export interface Budget {
  bytes: number;
  lines: number;
}

export interface LogReading {
  /** Lines of the end of the file that were there before it was first looked at. */
  old: LogLine[];
  /** In the order in which they were written. */
  lines: LogLine[];
  /** What could not be read, or is gone. */
  reasons: string[];
  /** The path leads to another file than before: what is in that one may have been written at any time since. */
  isOther: boolean;
}

const TAIL_BYTES = 1_048_576;
/** A line that has no end for so long after it last grew is told as it is. */
const UNENDED_MS = 1_500;
/** For so long its end is waited for; one that comes later is read all the same. Blocks of stdio end in the middle of a line. */
const ENDLESS_MS = 300_000;
const POLL_MS = 30_000;
/** Rotated files that are still read, since their writer may not have noticed. */
const MOST_ROTATED = 4;
/** Windows stamps a file when it is closed. */
const CAN_TELL_MOVES: boolean = process.platform !== 'win32';
const COMPRESSED = /\.(?:gz|xz|bz2|zst|lz4|zip)$/u;

/** Follows one log by its path, through rotations by renaming and by copying, from where it ends at the first look. */
export class FollowedLog {
  readonly #file: string;
  readonly #isWhole: (part: string) => boolean;
  readonly #wake: () => void;
  #current: OpenLog | null = null;
  readonly #place: FilePlace = new FilePlace();
  /** Before the path led to another file, the last one first. */
  #rotated: OpenLog[] = [];
  #path: string;
  #checkedAtMs: number | null = null;
  /** By the wall clock, as files are stamped. */
  #lookedAtMs: number | null = null;
  #more = false;
  #failing = false;
  /** The path leads nowhere: it may lead somewhere at any time. */
  #isAbsent = false;

  /** @param isWhole whether a line without an end says all that it will say */
  constructor(file: string, isWhole: (part: string) => boolean, wake: () => void) {
    this.#file = file;
    this.#isWhole = isWhole;
    this.#path = file;
    this.#wake = wake;
  }

  /** The files that are read now. */
  get files(): readonly FileIdentity[] {
    return [this.#current, ...this.#rotated].filter((log) => log !== null);
  }

  /** Its real path; the one that was given where it was never seen. */
  get path(): string {
    return this.#path;
  }

  /** Something that was written is still to be read, or to be ended. */
  get isUnfinished(): boolean {
    return this.#more || this.#logs().some(({ partSinceMs }) => partSinceMs !== null);
  }

  /** Something of that is to be done at the next look. */
  get #isBusy(): boolean {
    return this.#more || this.#logs().some((log) => log.partSinceMs !== null && !log.isPartTold);
  }

  /** A quiet log costs nothing at most looks: nothing happened to its file, and the slow poll is not due. */
  dueAtMs(): number {
    const isUnsettled = this.#current === null || this.#isAbsent || this.#failing;
    const hasNews = isUnsettled || this.#isBusy || this.#logs().some((log) => log.hasNews);
    return hasNews ? 0 : (this.#checkedAtMs ?? 0) + POLL_MS;
  }

  read(nowMs: number, budget: Budget): LogReading {
    const reading: LogReading = { old: [], lines: [], reasons: [], isOther: false };
    const isFirst = this.#checkedAtMs === null;
    this.#checkedAtMs = nowMs;
    this.#isAbsent = false;
    try {
      reading.isOther = this.#find(reading, isFirst, nowMs);
      this.#noteMove(reading);
    } catch (error) {
      const problem = describeProblem(error, this.#file);
      this.#isAbsent = problem.absent;
      // One that is gone for a moment is being rotated: what it held is still open.
      if (!problem.absent || this.#current === null) reading.reasons.push(problem.message);
    }
    this.#more = false;
    for (const log of this.#logs().toReversed()) {
      try {
        this.#readOn(log, reading, nowMs, budget);
      } catch (error) {
        reading.reasons.push(describeProblem(error, this.#file).message);
      }
    }
    this.#failing = reading.reasons.length > 0;
    this.#lookedAtMs = Date.now();
    return reading;
  }

  close(): void {
    for (const log of this.#logs()) log.close();
    this.#current = null;
    this.#rotated = [];
  }

  #logs(): OpenLog[] {
    return this.#current === null ? this.#rotated : [this.#current, ...this.#rotated];
  }

  /** Whether another file may have been in its place for a while, which nobody has seen. */
  #noteMove(reading: LogReading): void {
    const { isOther } = reading;
    const wasMoved = this.#current?.takeMoved() === true && !isOther;
    if (isOther) this.#place.forget();
    const touched = CAN_TELL_MOVES ? this.#place.touched(this.#file) : null;
    if (touched !== null || wasMoved) reading.reasons.push(movedReason(touched, this.#path));
  }

  /** Opens the file that the path leads to, unless it is open. @returns whether it is another than before */
  #find(reading: LogReading, isFirst: boolean, nowMs: number): boolean {
    const path = realpathSync(this.#file);
    const { dev, ino } = statSync(path);
    const known = this.#current;
    if (known?.device === dev && known.inode === ino) return false;
    // One that is called so again is read on.
    const back = this.#rotated.find((log) => log.device === dev && log.inode === ino);
    const log = back ?? new OpenLog(path, this.#wake);
    this.#path = path;
    this.#current = log;
    if (known !== null) {
      this.#rotated = [known, ...this.#rotated.filter((one) => one !== back)];
      for (const oldest of this.#rotated.splice(MOST_ROTATED)) {
        if (oldest.partSinceMs !== null)
          reading.reasons.push(
            `the last line of an older ${this.#file} has no end: what it says is not known`,
          );
        oldest.close();
      }
      const between = this.#between(path);
      if (between !== null) {
        reading.reasons.push(
          `${this.#file} was rotated more than once between two looks: ${between} was not read`,
        );
      }
    }
    if (isFirst) reading.old.push(...log.readTail(TAIL_BYTES, nowMs));
    return true;
  }

  #readOn(log: OpenLog, reading: LogReading, nowMs: number, budget: Budget): void {
    log.watch();
    for (;;) {
      if (budget.bytes <= 0 || budget.lines <= 0) {
        this.#more = true;
        return;
      }
      const { lines, bytes, isAtEnd, wasCut, wasWrittenOver } = log.read(nowMs, budget.bytes);
      if (wasCut) {
        reading.reasons.push(
          `${this.#file} was cut or written anew: what was written until then may be lost`,
        );
      }
      if (wasWrittenOver) {
        reading.reasons.push(
          `${this.#file} was written to and did not grow: a line may have been written over, or appended and cut away`,
        );
      }
      budget.bytes -= Math.max(1, bytes);
      budget.lines -= lines.length;
      reading.lines.push(...lines);
      if (isAtEnd) break;
    }
    this.#tellPart(log, reading, nowMs);
  }

  #tellPart(log: OpenLog, reading: LogReading, nowMs: number): void {
    if (log.partSinceMs === null) return;
    const stillMs = nowMs - log.partSinceMs;
    if (!log.isPartTold && stillMs >= UNENDED_MS) {
      const line = log.tellPart();
      reading.lines.push(line);
      if (line.text !== null && this.#isWhole(line.text)) log.expectNoMore();
    }
    if (log.partSinceMs !== null && stillMs >= ENDLESS_MS) {
      log.expectNoMore();
      reading.reasons.push(`the last line of ${this.#file} has no end: what it says is not known`);
    }
  }

  /** A file beside it that was written since the last look, and that nobody has read; null: there is none. */
  #between(path: string): string | null {
    const folder = dirname(path);
    const sinceMs = (this.#lookedAtMs ?? 0) - STAMP_GRAIN_MS;
    const known = this.files;
    for (const name of readdirSync(folder)) {
      if (!isRotationOf(basename(path), name) || COMPRESSED.test(name)) continue;
      const stat = statSync(join(folder, name), { throwIfNoEntry: false });
      if (stat?.isFile() !== true || stat.mtimeMs < sinceMs || stat.size === 0) continue;
      if (!known.some(({ device, inode }) => stat.dev === device && stat.ino === inode))
        return join(folder, name);
    }
    return null;
  }
}
