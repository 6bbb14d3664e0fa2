import { parseKeyValues } from '../../core/parse/key-values.ts';
import { sayProcess } from '../../core/wording/process.ts';
import type {
  Availability,
  Collector,
  DisturbanceKind,
  DisturbanceNotice,
  Look,
  Observations,
} from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { CounterReading } from '../../model/sample.ts';
import { cgroupNotices } from './cgroup-notices.ts';
import { CgroupStates } from './cgroup-states.ts';
import { Denials } from './denials.ts';
import { FreezerV1 } from './freezer-v1.ts';
import type { LookReader } from './look-reader.ts';
import { ProcessActivities, type TellsStart } from './process-activities.ts';
import { ProgramChanges } from './program-changes.ts';
import { exposed, isQuiet, NOTHING, ran } from './selection.ts';

/** Thread states in which nothing runs, whatever there is to do. `t` is a stop by a debugger. */
const HALTED: Record<string, { kind: DisturbanceKind; detail: string }> = {
  T: { kind: 'stopped', detail: 'is stopped (state T)' },
  t: { kind: 'traced', detail: 'is held by a debugger (state t)' },
};

/** What held a process when it was last read, or why that could not be told; it lasts until it is read again, since being let go makes it run. */
interface Held {
  halted: DisturbanceNotice[];
  frozen: DisturbanceNotice[];
}

/** Processes that start, end or lose their parent, and states in which being quiet proves nothing. */
export class ProcessesCollector implements Collector {
  readonly name = 'processes';
  readonly #reader: LookReader;
  readonly #cgroups: CgroupStates;
  readonly #freezer: FreezerV1;
  readonly #activities: ProcessActivities;
  readonly #programs: ProgramChanges;
  readonly #denials: Denials = new Denials('the state');
  readonly #held: Map<number, Held> = new Map();
  #hiddenReason: string | null = null;

  /** @param isTold by a trace, which is to look before */
  constructor(reader: LookReader, isTold: TellsStart = () => false) {
    this.#reader = reader;
    this.#activities = new ProcessActivities(isTold);
    this.#programs = new ProgramChanges(reader, (process) => this.#activities.parentNameOf(process));
    this.#cgroups = new CgroupStates(reader.procfs);
    this.#freezer = new FreezerV1(reader.procfs);
  }

  probe(): Availability {
    return this.#availability();
  }

  sample(look: Look): Observations {
    for (const { process } of look.ended) this.#held.delete(process.id);
    const started = this.#programs.starting(look);
    const changes = this.#programs.look(look);
    const activities = [...this.#activities.of({ ...look, started }), ...changes.activities];
    const quiet = isQuiet(look);
    const grouped = this.#freezer.canFreezeUnnoticed() ? look.processes : quiet ? [] : exposed(look);
    if (quiet && activities.length === 0 && this.#held.size === 0 && grouped.length === 0) return NOTHING;
    for (const process of ran(look)) this.#readThreads(look, process);
    const throttled = grouped.flatMap((process) => this.#readCgroups(look, process));
    const held = [...this.#held.values()].flatMap(({ halted, frozen }) => [...halted, ...frozen]);
    return {
      activities,
      disturbances: distinct([...held, ...throttled]),
      ...(quiet && activities.length === 0 ? {} : { counters: this.#forks(look) }),
      processes: changes.processes,
      failures: [...(this.#denials.take().failures ?? []), ...changes.failures],
    };
  }

  /** What holds a process lasts until it runs again, and has to be said at each look. */
  dueAtMs(): number {
    if (this.#held.size > 0 || this.#programs.isWaiting || this.#freezer.canFreezeUnnoticed()) return 0;
    return this.#activities.dueAtMs();
  }

  report(): Availability & { lost: number } {
    return { ...this.#availability(), lost: 0 };
  }

  stop(): Availability & { lost: number } {
    this.#freezer.close();
    return this.report();
  }

  #readThreads(look: Look, process: WatchedProcess): void {
    const threads = this.#denials.attempt(
      process,
      () => this.#reader.threads(look, process.pid),
      'the threads',
    );
    if (threads === undefined) {
      this.#hold(process, {
        halted: [notice(process, 'unobserved', `the threads of ${sayProcess(process)} cannot be read`)],
      });
      return;
    }
    const state = threads?.map((thread) => HALTED[thread.state]).find((halt) => halt !== undefined);
    this.#hold(process, {
      halted:
        state === undefined ? [] : [notice(process, state.kind, `${sayProcess(process)} ${state.detail}`)],
    });
  }

  /** Returns what counts for this look only. */
  #readCgroups(look: Look, process: WatchedProcess): DisturbanceNotice[] {
    const state = this.#denials.attempt(process, () => this.#cgroups.of(look, process.pid), 'the cgroup');
    if (state?.frozen === null && state.hidden !== null)
      this.#hiddenReason ??= `the cgroup of ${sayProcess(process)} is not visible here: freezing it is not seen`;
    const { held, throttled } = cgroupNotices(process, state);
    this.#hold(process, { frozen: held });
    return throttled;
  }

  #hold({ id }: WatchedProcess, part: Partial<Held>): void {
    const held = { halted: [], frozen: [], ...this.#held.get(id), ...part };
    if (held.halted.length + held.frozen.length > 0) this.#held.set(id, held);
    else this.#held.delete(id);
  }

  /** Tasks (processes and threads) created on this host since it was booted; see proc_stat(5). */
  #forks(look: Look): CounterReading[] {
    const tasks = parseKeyValues(this.#reader.procfs.read('stat') ?? '').get('processes');
    return tasks === undefined ? [] : [{ atMs: look.nowMs, scope: 'forks', values: { tasks } }];
  }

  #availability(): Availability {
    const reason = this.#denials.firstReason ?? this.#hiddenReason;
    return { status: reason === null ? 'ok' : 'partial', tier: 'sampled', reason };
  }
}

function notice({ target }: WatchedProcess, kind: DisturbanceKind, detail: string): DisturbanceNotice {
  return { target, kind, detail };
}

/** Processes of one target and cgroup say the same. */
function distinct(notices: readonly DisturbanceNotice[]): DisturbanceNotice[] {
  return [...new Map(notices.map((one) => [JSON.stringify(one), one])).values()];
}
