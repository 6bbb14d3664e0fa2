import type { LogActivity } from '../../model/activity.ts';
import type { Availability, Collector, Failure, Look, Observations } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { LogSource } from '../../model/target.ts';
import type { Procfs } from '../../os/procfs.ts';
import { describeProblem } from '../file-problems.ts';
import { findHolders, type OpenFiles, readOpenFiles } from '../holders.ts';
import { DistinctTexts } from '../distinct-texts.ts';
import { FieldNames, MOST_CATEGORIES } from './field-names.ts';
import { OpenLog } from './open-log.ts';
import { WatchedLog, type WatchedLogOptions } from './watched-log.ts';

export interface LogsCollectorOptions {
  target: string;
  sources: readonly LogSource[];
  procfs: Procfs;
  tickMs: number;
  /** The run's clock, on which looks are stamped. */
  nowMs: () => number;
  /** Lines that are stamped up to that long before the first look are activities too: `unless` may rest on them. */
  lookBackMs: number;
}

export interface LogsCollector extends Collector {
  /** Distinct categories that its lines have or had, at most 200. */
  categories(): string[];
  /** By category, the fields that its lines have or had; null: there were more than are kept. */
  fields(): Record<string, string[]> | null;
}

const MOST_NOTES = 5;

/**
 * Reads the logs that the user named for a target: each line is an activity. Tier `counter`: lines stay, so nothing is lost between
 * two looks but what is cut away, which is told as a gap. A line that cannot be read is lost, counted, and a gap as well.
 */
export function createLogsCollector(options: LogsCollectorOptions): LogsCollector {
  return new Logs(options);
}

class Logs implements LogsCollector {
  readonly name = 'logs';
  readonly #options: LogsCollectorOptions;
  readonly #logs: WatchedLog[];
  readonly #categories: DistinctTexts = new DistinctTexts(MOST_CATEGORIES);
  readonly #fields: FieldNames = new FieldNames();
  /** What limits the view, in words; bounded. */
  readonly #notes: DistinctTexts = new DistinctTexts(MOST_NOTES);
  readonly #holderNotes: Map<WatchedLog, string | null> = new Map();
  #lost = 0;
  #wake: () => void = () => {};

  constructor(options: LogsCollectorOptions) {
    const { target, sources, tickMs, nowMs, lookBackMs } = options;
    this.#options = options;
    const onLine: WatchedLogOptions['onLine'] = (line) => {
      this.#categories.add(line.category);
      this.#fields.add(line);
    };
    const common = { target, tickMs, nowMs, lookBackMs, onLine, wake: () => this.#wake() };
    this.#logs = sources.map((source) => new WatchedLog({ ...common, source }));
  }

  /** Never `unavailable`: a file that is missing now can be there at a later look. */
  probe(): Availability {
    const reasons = this.#options.sources.flatMap(({ file }) => {
      try {
        new OpenLog(file).close();
        return [];
      } catch (error) {
        return [describeProblem(error, file).message];
      }
    });
    const isFine = reasons.length === 0;
    return { status: isFine ? 'ok' : 'partial', tier: 'counter', reason: isFine ? null : reasons.join('; ') };
  }

  sample(look: Look): Observations {
    const activities: LogActivity[] = [];
    const failures: Failure[] = [];
    const open = look.full ? this.#openFiles(look) : null;
    for (const log of this.#logs) {
      if (!look.full && look.nowMs < log.dueAtMs()) continue;
      const found = log.read(look);
      activities.push(...found.activities);
      this.#lost += found.lost;
      const reasons = [...found.reasons, ...(open === null ? [] : this.#wrongFile(log, open))];
      for (const reason of reasons) {
        this.#notes.add(reason);
        failures.push({ target: this.#options.target, reason });
      }
    }
    return { activities, failures };
  }

  dueAtMs(): number {
    return Math.min(...this.#logs.map((log) => log.dueAtMs()));
  }

  onNews(wake: () => void): void {
    this.#wake = wake;
  }

  pending(): boolean {
    return this.#logs.some(({ isUnfinished }) => isUnfinished);
  }

  report(): Availability & { lost: number } {
    const unread = this.#logs.filter(({ wasRead }) => !wasRead);
    const flaws = this.#notes.all;
    const notes = [
      ...flaws,
      ...this.#logs
        .filter(({ isStrange }) => isStrange)
        .map(({ file }) => `no line of ${file} was of its format so far`),
      ...[...this.#holderNotes.values()].filter((note) => note !== null),
      ...(flaws.length === 0 && unread.length > 0 ? ['it was never looked at'] : []),
    ];
    return {
      status: unread.length === 0 ? 'ok' : unread.length < this.#logs.length ? 'partial' : 'unavailable',
      tier: 'counter',
      reason: notes.length === 0 ? null : notes.join('; '),
      lost: this.#lost,
    };
  }

  stop(): Availability & { lost: number } {
    const report = this.report();
    for (const log of this.#logs) log.close();
    return report;
  }

  categories(): string[] {
    return this.#categories.all;
  }

  fields(): Record<string, string[]> | null {
    return this.#fields.all;
  }

  #openFiles({ processes }: Look): OpenFiles {
    const { procfs, target } = this.#options;
    const own: WatchedProcess[] = processes.filter((process) => process.target === target);
    return readOpenFiles(procfs, own);
  }

  /** Whether the target writes into another file than those that are read. */
  #wrongFile(log: WatchedLog, open: OpenFiles): string[] {
    const { files, path } = log;
    if (files.length === 0) return [];
    const { problem, note } = findHolders(open, path, files);
    this.#holderNotes.set(log, note);
    return problem === null ? [] : [problem];
  }
}
