import type { KeptNamespace } from './kept-namespace.ts';
import { LineSource, type TimedLine } from './line-source.ts';

/** More than these, and something is wrong that another attempt does not mend. */
const MAX_STARTS = 5;

/**
 * A network namespace that was made for one command: its counters, and what a listener inside it tells of sockets that the kernel
 * destroys there.
 */
export class OwnNetwork {
  readonly namespace: KeptNamespace;
  readonly #listenIn: ((pid: number) => readonly string[]) | null;
  readonly #nowMs: () => number;
  #source: LineSource | null = null;
  #starts = 0;
  #lostBefore = 0;
  #linesBefore: TimedLine[] = [];
  #problem: string | null;
  #wake: () => void = () => {};

  /** `listenIn`: the command line of a listener in the namespace of a process; or why there is none. */
  constructor(
    namespace: KeptNamespace,
    listenIn: ((pid: number) => readonly string[]) | string,
    nowMs: () => number,
  ) {
    this.namespace = namespace;
    this.#listenIn = typeof listenIn === 'string' ? null : listenIn;
    this.#problem = typeof listenIn === 'string' ? listenIn : null;
    this.#nowMs = nowMs;
  }

  /** Pid of the listener; null where none runs. */
  get listenerPid(): number | null {
    return this.#source?.problem === null ? this.#source.pid : null;
  }

  /** Why sockets were, or are, destroyed without being told; null: all were told. */
  get problem(): string | null {
    const ended = this.#problem ?? this.#source?.problem ?? null;
    const lost = this.#lost;
    const flood = lost === 0 ? null : `${lost} came faster than they could be kept`;
    return ended === null ? flood : [ended, ...(flood === null ? [] : [flood])].join('; ');
  }

  get #lost(): number {
    return this.#lostBefore + (this.#source?.lost ?? 0);
  }

  /** Starts the listener unless it runs; one that has ended, after a flood, is started again. */
  listen(pid: number): void {
    if (this.#listenIn === null || this.listenerPid !== null || this.#starts >= MAX_STARTS) return;
    this.#problem ??= this.#source?.problem ?? null;
    this.#lostBefore = this.#lost;
    this.#linesBefore = this.take();
    this.#starts += 1;
    this.#source = new LineSource(this.#listenIn(pid), this.#nowMs);
    this.#source.onLine(() => this.#wake());
  }

  /** Takes the function to be called when there is something to take. */
  onLine(wake: () => void): void {
    this.#wake = wake;
  }

  /** What the listener told since the last call. */
  take(): TimedLine[] {
    const before = this.#linesBefore;
    this.#linesBefore = [];
    return [...before, ...(this.#source?.take() ?? [])];
  }

  /** Ends the listener and lets the namespace go. */
  close(): void {
    this.#source?.stop();
    this.namespace.close();
  }
}
