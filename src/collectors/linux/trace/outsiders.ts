import { realpathSync } from 'node:fs';
import type { DisturbanceNotice, Look } from '../../../model/collector.ts';
import type { KernelRecord } from '../../../model/kernel-record.ts';
import type { CgroupEntry, StartElsewhere } from '../../../model/outsider.ts';
import type { WatchedProcess } from '../../../model/process.ts';
import type { CounterReading } from '../../../model/sample.ts';
import { Arrivals, type ArrivalsSources } from './arrivals.ts';
import { Elsewhere } from './elsewhere.ts';
import { entriesOf } from './entries.ts';
import type { Lives } from './lives.ts';
import type { Recordings } from './recordings.ts';

/** Takes in what others do to the targets. */
export interface Outside {
  suspect: (start: StartElsewhere) => void;
  /** Not every program that was started on this host was seen. */
  missStarts: () => void;
  /** Takes in who came into control groups; null: not everybody who did was seen. Returns what that leaves unclear. */
  noteEntered: (entries: readonly CgroupEntry[] | null) => DisturbanceNotice[];
}

type HostRecordings = Pick<Recordings, 'readHost' | 'hasEntries' | 'isHostOurs'>;

interface Sources extends ArrivalsSources {
  lives: Lives;
  /** What a process executes now; null where it is gone. */
  exeOf: (pid: number) => string | null;
}

/**
 * What others on the host do that concerns the targets, as far as the kernel tells: they start a target's program, come into its
 * control group, or call at its ports.
 */
export class Outsiders {
  readonly #outside: Outside;
  readonly #sources: Sources;
  readonly #arrivals: Arrivals;
  readonly #elsewhere: Elsewhere;
  /** As of the last reading. */
  #records: readonly KernelRecord[] = [];
  /** Nothing was lost, and the kernel still holds some of it: the next reading tells all. */
  #isLate = false;
  #hasMissed = false;
  #hasEntries = false;

  constructor(outside: Outside, sources: Sources) {
    this.#outside = outside;
    this.#sources = sources;
    this.#arrivals = new Arrivals(sources);
    this.#elsewhere = new Elsewhere({ ...sources, resolve: realPath });
  }

  /** Something is to be told at the next look. */
  get isWaiting(): boolean {
    return this.#elsewhere.isWaiting;
  }

  begin(look: Look): void {
    this.#elsewhere.meet(look.processes);
    this.#arrivals.mind();
  }

  /** To be called when `lives` has been told of what the targets did. */
  read(recordings: HostRecordings, nowNs: number, thoroughly: boolean): void {
    const { records, lost, isComplete } = recordings.readHost(nowNs, thoroughly);
    this.#records = records;
    this.#isLate = lost === 0 && !isComplete && !thoroughly;
    this.#hasMissed = lost !== 0 || (!isComplete && thoroughly);
    this.#hasEntries = recordings.hasEntries && !this.#hasMissed;
    this.#elsewhere.record(records);
    const isWhole = recordings.isHostOurs && !this.#hasMissed;
    this.#arrivals.record(records, { isWhole, isLate: this.#isLate });
  }

  /** How long a process has run its program, in nanoseconds; null where its start was not recorded. */
  ranForNs(process: WatchedProcess, nowNs: number): number | null {
    const executedNs = this.#elsewhere.executedNs(process);
    return executedNs === null ? null : nowNs - executedNs;
  }

  /** Tells what was read; to be called when the processes of the look are followed. Returns what is unclear about targets. */
  tell(look: Look): DisturbanceNotice[] {
    const unclear = this.#isLate ? [] : this.#outside.noteEntered(this.#entries());
    if (this.#hasMissed) this.#outside.missStarts();
    // Those that live are the last to be forgotten.
    for (const processes of [look.started, look.processes]) this.#elsewhere.meet(processes);
    for (const start of this.#elsewhere.take(look)) this.#outside.suspect(start);
    return unclear;
  }

  #entries(): CgroupEntry[] | null {
    const { lives, toMs } = this.#sources;
    return this.#hasEntries ? entriesOf(this.#records, lives, toMs) : null;
  }

  /** Connections that came to the targets' ports, as far as nobody has touched them. */
  countArrivals(nowMs: number): CounterReading {
    return this.#arrivals.take(nowMs);
  }
}

/** Not there any more, or only where its process sees it. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
