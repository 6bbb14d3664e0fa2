import type { NotFollowed, TraceInstance } from '../../../os/trace-instance.ts';
import {
  arrivingAt,
  besideWorkers,
  ENTRY_EVENTS,
  isActEvent,
  isHostEvent,
  isNetworkEvent,
  isTransfer,
  isWakeEvent,
  missingClaims,
  ONLY_INTO_CGROUP,
  NEW_SOCKET,
  ONLY_IO_WORKERS,
  ONLY_NETWORK,
  ONLY_UNTRACED,
} from './needs.ts';
import { type Reading, Recording } from './recording.ts';

/**
 * Opens a trace of our own; with `followForks` it also follows what followed threads create.
 * @param options `bufferKb` for each CPU, where it is to be another size than usual
 */
export type OpenInstance = (options: { followForks: boolean; bufferKb?: number }) => TraceInstance;

/** Some hundred programs or connections for each CPU. */
const HOST_BUFFER_KB = 64;
const NOTHING_READ: Reading = { records: [], lost: null, isComplete: false };

/**
 * Everything that is recorded of the targets, in buffers of their own: why threads woke must not displace what they did, and
 * the workers of io_uring, which cannot be followed before they act, are recorded of all processes, as are the programs that
 * are started anywhere on the host, those who come into a control group, and the connections that the kernel makes for whoever calls a port of the targets.
 */
export class Recordings {
  readonly #openInstance: OpenInstance;
  readonly #acts: Recording;
  readonly #wakes: Recording;
  #workers: Recording | null = null;
  #host: Recording | null = null;
  #hasWakes = false;

  /** Throws where there is no trace to be had. */
  constructor(openInstance: OpenInstance) {
    this.#openInstance = openInstance;
    this.#acts = new Recording(openInstance({ followForks: true }), isActEvent);
    this.#wakes = this.#orClose(() => new Recording(openInstance({ followForks: true }), isWakeEvent));
  }

  /** Whether each program that is started is recorded, by its file. */
  get hasPrograms(): boolean {
    return (['task/task_newtask', 'sched/sched_process_exec'] as const).every(
      (event) => this.#acts.whyNot(event) === null,
    );
  }

  /** Why not everything can be claimed on this kernel; null where it can. */
  get missing(): string | null {
    return missingClaims((event) => this.#acts.whyNot(event));
  }

  /** To be called when the first threads are followed. */
  start(): void {
    this.#acts.filterEach((event) => (isTransfer(event) ? ONLY_NETWORK : null));
    this.#acts.filter(NEW_SOCKET, ONLY_UNTRACED);
    this.#acts.enable(true);
    this.recordWakes(true);
    try {
      this.#host = this.#recordHost();
    } catch {
      // What the targets do is recorded without it; each reading says that something is missing.
    }
  }

  recordWakes(on: boolean): void {
    if (on !== this.#hasWakes) this.#wakes.enable(on);
    this.#hasWakes = on;
  }

  get recordsWorkers(): boolean {
    return this.#workers !== null;
  }

  /** From now on, for as long as this lives. */
  recordWorkers(): void {
    if (this.#workers !== null) return;
    this.#workers = new Recording(this.#openInstance({ followForks: false }), isNetworkEvent);
    this.#workers.filterEach(() => ONLY_IO_WORKERS);
    this.#workers.enable(true);
    // Those that were there when their process was listed are followed as its threads, too.
    this.#acts.filterEach(besideWorkers);
  }

  /** Those that one of them does not follow, too: that a thread never woke is a claim like any other. */
  follow(tids: readonly number[]): NotFollowed[] {
    const refused = [...this.#wakes.follow(tids), ...this.#acts.follow(tids)];
    return [...new Map(refused.map((one) => [one.tid, one])).values()];
  }

  /** What was done, by threads and by workers. */
  readActs(nowNs: number, thoroughly: boolean): Reading[] {
    const recordings = this.#workers === null ? [this.#acts] : [this.#acts, this.#workers];
    const readings = recordings.map((recording) => recording.read(nowNs, thoroughly));
    if (thoroughly || readings.every(({ isComplete }) => isComplete)) return readings;
    // What one has not told yet is what the other goes on from: whose a worker is, where a socket leads. So both wait.
    return readings.map((reading, index) => {
      recordings[index]?.giveBack(reading.records);
      return { ...reading, records: [] };
    });
  }

  readWakes(nowNs: number, thoroughly: boolean): Reading {
    return this.#wakes.read(nowNs, thoroughly);
  }

  /** From now on, the connections that come to these ports. Returns whether the kernel does it. */
  recordArrivals(ports: readonly number[]): boolean {
    try {
      this.#host?.filter('sock/inet_sock_set_state', arrivingAt(ports));
      return this.#host?.has('sock/inet_sock_set_state') === true;
    } catch {
      return false;
    }
  }

  /** Programs that anybody on the host has executed, and connections that came. Its losses are none of the targets' own. */
  readHost(nowNs: number, thoroughly: boolean): Reading {
    try {
      return this.#host?.read(nowNs, thoroughly) ?? NOTHING_READ;
    } catch {
      return NOTHING_READ;
    }
  }

  /** Whether everybody is recorded who comes into a control group and is not the child of somebody there. */
  get hasEntries(): boolean {
    return ENTRY_EVENTS.every((event) => this.#host?.has(event) === true) && this.isHostOurs;
  }

  /** Whether nobody else can have steered what is recorded of the host. */
  get isHostOurs(): boolean {
    return this.#host !== null && this.#host.foreignWrite === null && this.#host.unwatched === null;
  }

  /**
   * Why records of what the targets do can be missing that nobody has counted: somebody else has written to a file that steers
   * the trace, or nobody would hear of it; null: none is.
   */
  get meddling(): string | null {
    const recordings = [this.#acts, this.#workers];
    const written = recordings.find((one) => one?.foreignWrite != null)?.foreignWrite;
    if (written != null) return `somebody else wrote to ${written} of the kernel's trace`;
    const unwatched = recordings.find((one) => one?.unwatched != null)?.unwatched;
    return unwatched == null
      ? null
      : `whether somebody else writes to the kernel's trace is not known: ${unwatched}`;
  }

  close(): void {
    const errors: unknown[] = [];
    for (const recording of [this.#acts, this.#wakes, this.#workers, this.#host]) {
      try {
        recording?.close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  /** One that records only a part of what it should is none. */
  #recordHost(): Recording {
    const instance = this.#openInstance({ followForks: false, bufferKb: HOST_BUFFER_KB });
    const host = new Recording(instance, isHostEvent);
    try {
      host.filter('sock/inet_sock_set_state', arrivingAt([]));
      host.filter('task/task_newtask', ONLY_INTO_CGROUP);
      host.enable(true);
      return host;
    } catch (error) {
      host.close();
      throw error;
    }
  }

  #orClose(open: () => Recording): Recording {
    try {
      return open();
    } catch (error) {
      this.#acts.close();
      throw error;
    }
  }
}
