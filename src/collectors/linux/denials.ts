import { sayProcess } from '../../core/wording/process.ts';
import type { Availability, Failure, Tier } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';

const DENIED: ReadonlySet<string> = new Set(['EACCES', 'EPERM']);

/**
 * Collects what could not be read. Whatever goes wrong with one process is kept apart from the others: it becomes a
 * failure of its target, one per look and kind of source, and the first one is remembered as the collector's reason.
 */
export class Denials {
  readonly #what: string;
  #failures: Map<string, Failure> = new Map();
  #firstReason: string | null = null;

  /** @param what the source in words, as in «no permission to read {what} of pid 12 (nginx)» */
  constructor(what: string) {
    this.#what = what;
  }

  /** The first reason of the whole run; null when everything could be read. */
  get firstReason(): string | null {
    return this.#firstReason;
  }

  /** How a collector knows that reads nothing else. */
  availability(tier: Tier): Availability {
    const reason = this.#firstReason;
    return { status: reason === null ? 'ok' : 'partial', tier, reason };
  }

  /** Runs a read; undefined, and a failure of the target, when it throws. */
  attempt<T>(process: WatchedProcess, read: () => T, what: string = this.#what): T | undefined {
    try {
      return read();
    } catch (error) {
      this.add(process, reasonOf(error as NodeJS.ErrnoException, what, process), what);
      return undefined;
    }
  }

  add(process: WatchedProcess, reason: string, kind: string = this.#what): void {
    const key = `${kind}\n${process.target}`;
    if (!this.#failures.has(key)) this.#failures.set(key, { target: process.target, reason });
    this.#firstReason ??= reason;
  }

  /** The failures since the last call. */
  take(): { failures?: readonly Failure[] } {
    if (this.#failures.size === 0) return {};
    const failures = [...this.#failures.values()];
    this.#failures = new Map();
    return { failures };
  }
}

function reasonOf(error: NodeJS.ErrnoException, what: string, process: WatchedProcess): string {
  if (DENIED.has(error.code ?? '')) return `no permission to read ${what} of ${sayProcess(process)}`;
  return `${what} of ${sayProcess(process)} cannot be read: ${error.code ?? error.message}`;
}
