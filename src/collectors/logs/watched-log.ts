import { isDeepStrictEqual } from 'node:util';
import { type LineParser, type LineRecord, lineParser } from '../../core/parse/log/line-parser.ts';
import { stampGraceMs } from '../../core/parse/sighting.ts';
import type { LogActivity } from '../../model/activity.ts';
import type { Look } from '../../model/collector.ts';
import type { LogSource } from '../../model/target.ts';
import type { FileIdentity } from '../holders.ts';
import { type Budget, FollowedLog } from './followed-log.ts';
import { LogActivities } from './log-activity.ts';
import type { LogLine } from './open-log.ts';

export interface WatchedLogOptions {
  target: string;
  source: LogSource;
  tickMs: number;
  /** The run's clock, on which looks are stamped. */
  nowMs: () => number;
  /** Lines that are stamped up to that long before the first look are activities too. */
  lookBackMs: number;
  /** Hears each line that could be read. */
  onLine: (line: LineRecord) => void;
  wake: () => void;
}

/** What one look found in a log. */
export interface LogFindings {
  activities: LogActivity[];
  /** Lines that are there and say nothing that could be read. */
  lost: number;
  /** What could not be read, or may be missing. */
  reasons: string[];
}

type Sighting = Parameters<LogActivities['of']>[1];

/** Of one look and one log. */
const MOST_BYTES = 16_777_216;
const LEAST_BYTES = 65_536;
const MOST_LINES = 5_000;

/** One log that the user named: its lines as activities, each once. */
export class WatchedLog {
  readonly #options: WatchedLogOptions;
  readonly #parser: LineParser;
  readonly #followed: FollowedLog;
  readonly #activities: LogActivities;
  /** The last look at which everything was read; null: there was none. */
  #completeAtMs: number | null = null;
  #lookedAtMs: number | null = null;
  #everRead = false;
  /** A line that the format is about was seen. */
  #hasMatched = false;
  /** A line was seen that is not empty. */
  #hasLines = false;

  constructor(options: WatchedLogOptions) {
    const { source, target, wake } = options;
    this.#options = options;
    this.#parser = lineParser(source.format);
    this.#followed = new FollowedLog(source.file, this.#parser.isWhole, wake);
    this.#activities = new LogActivities(target, source.file, utcOffset);
  }

  /** As the user named it. */
  get file(): string {
    return this.#options.source.file;
  }

  /** Its real path; the one that was given where it was never seen. */
  get path(): string {
    return this.#followed.path;
  }

  /** The files that are read now. */
  get files(): readonly FileIdentity[] {
    return this.#followed.files;
  }

  get wasRead(): boolean {
    return this.#everRead;
  }

  /** It has lines, and none of them is of its format. */
  get isStrange(): boolean {
    return this.#hasLines && !this.#hasMatched;
  }

  /** Something that was written is still to be read, or to be ended. */
  get isUnfinished(): boolean {
    return this.#followed.isUnfinished;
  }

  dueAtMs(): number {
    return this.#followed.dueAtMs();
  }

  read(look: Look): LogFindings {
    const { nowMs, tickMs } = this.#options;
    const budget: Budget = {
      bytes: Math.max(LEAST_BYTES, MOST_BYTES / this.#parser.cost),
      lines: MOST_LINES,
    };
    const { old, lines, reasons, isOther } = this.#followed.read(look.nowMs, budget);
    const isFollowed = this.#completeAtMs !== null && this.#completeAtMs === this.#lookedAtMs;
    this.#lookedAtMs = look.nowMs;
    const sighting = {
      nowMs: look.nowMs,
      readAtMs: nowMs(),
      // It would have been read at the look before, had it been written to by then; another file was not listened to.
      silentUntilMs: isFollowed && !isOther ? look.previousMs : null,
      graceMs: stampGraceMs(tickMs),
    };
    const known = this.#completeAtMs ?? look.previousMs;
    const recent = this.#recent(old, { ...sighting, previousMs: null });
    const taken = this.#taken(lines, { ...sighting, previousMs: known ?? look.nowMs });
    this.#everRead ||= this.files.length > 0;
    // Whatever a file holds that was not there has come since.
    if (!this.isUnfinished) this.#completeAtMs = look.nowMs;
    return {
      activities: [...recent, ...taken.activities],
      lost: taken.lost,
      reasons: [...reasons, ...taken.reasons],
    };
  }

  close(): void {
    this.#followed.close();
  }

  /** Of the lines that were there before the first look those that a rule may rest on. */
  #recent(lines: readonly LogLine[], sighting: Sighting): LogActivity[] {
    const { lookBackMs } = this.#options;
    return lines.flatMap(({ text }) => {
      const reading = text === null ? 'unreadable' : this.#parsed(text);
      if (typeof reading === 'string') return [];
      const activity = this.#activities.of(reading, sighting);
      const { stampedAtMs, stampDoubtful } = activity;
      const isRecent = stampedAtMs !== null && !stampDoubtful && stampedAtMs >= sighting.nowMs - lookBackMs;
      return isRecent ? [activity] : [];
    });
  }

  #taken(lines: readonly LogLine[], sighting: Sighting): LogFindings {
    const { file } = this;
    const activities: LogActivity[] = [];
    const reasons: string[] = [];
    let unreadable = 0;
    let tooLong = 0;
    for (const { text, hasEnd, before } of lines) {
      const reading = text === null ? 'unreadable' : this.#parsed(text);
      // Its end may say what it is.
      if (!hasEnd && typeof reading === 'string') continue;
      const known = before === null ? 'other' : this.#parser.parse(before);
      if (typeof known !== 'string') {
        if (isDeepStrictEqual(known, reading)) continue;
        reasons.push(`a line of ${file} said something else before its end had come`);
      }
      if (text === null) tooLong += 1;
      else if (reading === 'unreadable') unreadable += 1;
      else if (reading !== 'other') activities.push(this.#activities.of(reading, sighting));
    }
    if (unreadable > 0) reasons.push(`lines of ${file} could not be read as its format has them`);
    if (tooLong > 0) reasons.push(`lines of ${file} were too long`);
    return { activities, lost: unreadable + tooLong, reasons };
  }

  #parsed(text: string): ReturnType<LineParser['parse']> {
    const reading = this.#parser.parse(text);
    this.#hasLines ||= text.trim() !== '';
    if (typeof reading !== 'string') {
      this.#hasMatched = true;
      this.#options.onLine(reading);
    }
    return reading;
  }
}

const utcOffset = (atMs: number): number => -new Date(atMs).getTimezoneOffset();
