import {
  type ConnectionRow,
  parseConnection,
  type PortableConnection,
} from '../../core/parse/portable-connection.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { Clock } from '../../model/time.ts';
import type { Libraries, ListedProcess, Usage } from './libraries.ts';
import type { OwnPort } from './own-port.ts';

/** What was read, or why it could not be. */
type Answer<T> = { value: T } | { problem: string };

/** What the libraries told once, before a look. */
export interface Reading {
  /** When it was begun. */
  atMs: number;
  /** The processes that it was asked about. */
  asked: ReadonlySet<number>;
  usage: Answer<ReadonlyMap<number, Usage>>;
  processes: Answer<ReadonlyMap<number, ListedProcess>>;
  connections: Answer<readonly PortableConnection[]>;
}

export interface ReaderParts {
  libraries: Libraries;
  clock: Pick<Clock, 'nowMs'>;
  ownPort: OwnPort;
  tickMs: number;
  /** Processes on this host; null where it is not known before they are listed. */
  countProcesses: () => number | null;
}

/**
 * How far the beginning of one list of connections and the end of the next may lie apart, in ticks: what lives for a tick could
 * slip through more. An ordinary list takes some hundredths of a second.
 */
const STRIDE_TICKS = 1.5;

/**
 * On Linux systeminformation names every process of the host in one shell command (22 bytes each). The kernel takes no more than
 * 128 KiB (MAX_ARG_STRLEN), and the library then throws where nobody can catch it.
 */
const MAX_PROCESSES = 5_000;

/**
 * Takes readings that are too slow for a look: each is begun before a look, and the look waits for it, but no longer than a
 * tick. One that comes later is thrown away, and the look has none: what is handed over is never old.
 */
export class PortableReader {
  readonly #parts: ReaderParts;
  #reading: Reading | null = null;
  #isBusy = false;
  /** When the last list of connections that was handed over was begun. */
  #listedMs: number | null = null;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  /** Returns the time at which the look stands: that of the reading's beginning, or now where there is none. */
  async take(processes: readonly WatchedProcess[]): Promise<number> {
    const { clock, tickMs } = this.#parts;
    const atMs = clock.nowMs();
    this.#reading = null;
    if (this.#isBusy) return atMs;
    this.#isBusy = true;
    const reading = this.#read(atMs, processes).finally(() => {
      this.#isBusy = false;
    });
    this.#reading = await within(tickMs, reading);
    // Connections are listed first of all. A list that was thrown away does not shorten the time since the one before it.
    if (this.#reading !== null) this.#listedMs = this.#reading.atMs;
    return this.#reading?.atMs ?? clock.nowMs();
  }

  /** The reading of this look; nothing but problems where it did not come in time. */
  get reading(): Reading {
    const tick = `${this.#parts.tickMs / 1000} s`;
    return (
      this.#reading ??
      without(`a reading took longer than the tick of ${tick}; a longer --tick gives it more time`)
    );
  }

  close(): void {
    this.#parts.ownPort.close();
  }

  async #read(atMs: number, watched: readonly WatchedProcess[]): Promise<Reading> {
    const asked = new Set(watched.map(({ pid }) => pid));
    // One after the other: each of them starts processes, which would only hold each other up.
    const connections = await this.#connections();
    const usage = await answer(this.#usage(asked));
    const processes = await answer(this.#processes());
    return { atMs, asked, usage, processes, connections };
  }

  async #usage(asked: ReadonlySet<number>): Promise<Map<number, Usage>> {
    const usage = await this.#parts.libraries.usage([process.pid, ...asked]);
    if (!usage.has(process.pid)) throw new Error('pidusage told nothing of the watchdog itself');
    return usage;
  }

  async #processes(): Promise<Map<number, ListedProcess>> {
    const { libraries, countProcesses } = this.#parts;
    const count = countProcesses() ?? 0;
    if (count > MAX_PROCESSES) {
      throw new Error(`systeminformation cannot list ${count} processes, only ${MAX_PROCESSES}`);
    }
    const byPid = new Map((await libraries.processes()).map((one) => [one.pid, one]));
    // The library answers with an empty list when the tool that it calls fails.
    if (!byPid.has(process.pid)) throw new Error('the list of processes does not show the watchdog itself');
    return byPid;
  }

  async #connections(): Promise<Reading['connections']> {
    const { clock, libraries, ownPort, tickMs } = this.#parts;
    const listed = await answer(libraries.connections());
    const apartMs = this.#listedMs === null ? 0 : clock.nowMs() - this.#listedMs;
    if ('problem' in listed) return listed;
    const connections = listed.value.flatMap((row: ConnectionRow) => parseConnection(row) ?? []);
    const isOurs = ({ pid, isWaiting, local }: PortableConnection): boolean =>
      pid === process.pid && isWaiting && local.port === ownPort.port;
    if (!connections.some(isOurs)) {
      return { problem: 'the list of connections does not show a port that the watchdog itself holds open' };
    }
    if (apartMs > STRIDE_TICKS * tickMs) {
      return { problem: `two lists of connections were ${(apartMs / 1000).toFixed(1)} s apart` };
    }
    return { value: connections };
  }
}

/** Null when the time is over first. */
function within<T>(limitMs: number, promise: Promise<T>): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(null), limitMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

async function answer<T>(promise: Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await promise };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function without(problem: string): Reading {
  const none = { problem };
  return { atMs: 0, asked: new Set(), usage: none, processes: none, connections: none };
}
