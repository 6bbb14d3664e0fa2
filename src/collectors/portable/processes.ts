import { sayProcess } from '../../core/wording/process.ts';
import type {
  Availability,
  Collector,
  DisturbanceNotice,
  Failure,
  Look,
  Observations,
} from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import { cgroupNotices } from '../linux/cgroup-notices.ts';
import type { CgroupStates } from '../linux/cgroup-states.ts';
import { ProcessActivities } from '../linux/process-activities.ts';
import type { ListedProcess } from './libraries.ts';
import { Misses } from './misses.ts';
import type { PortableReader } from './reader.ts';

/** What each platform's list of processes does not tell of the states in which being quiet proves nothing. */
const LIMITS: Partial<Record<NodeJS.Platform, string | null>> = {
  linux: null,
  darwin: 'a target that a debugger holds is not noticed',
};
const NO_STATES =
  'the states of processes are not told: one that is suspended cannot be told from one that is idle';

/** Processes that start, end or lose their parent, by the trees that are followed; and those that are stopped. */
export class PortableProcessesCollector implements Collector {
  readonly name = 'processes';
  readonly #reader: PortableReader;
  readonly #platform: NodeJS.Platform;
  readonly #cgroups: Pick<CgroupStates, 'of'> | null;
  readonly #activities: ProcessActivities = new ProcessActivities(() => false);
  readonly #names: Map<number, string> = new Map();
  readonly #misses: Misses = new Misses();

  /** @param cgroups null where there are none: no list of processes shows one that is frozen */
  constructor(reader: PortableReader, platform: NodeJS.Platform, cgroups: Pick<CgroupStates, 'of'> | null) {
    this.#reader = reader;
    this.#platform = platform;
    this.#cgroups = cgroups;
  }

  probe(): Availability {
    const { processes } = this.#reader.reading;
    if ('problem' in processes) return { status: 'unavailable', tier: 'sampled', reason: processes.problem };
    return this.#availability();
  }

  sample(look: Look): Observations {
    const activities = this.#activities.of(look);
    const { processes, asked } = this.#reader.reading;
    if ('problem' in processes) {
      this.#misses.addAll(processes.problem);
      return { activities, ...this.#misses.take() };
    }
    const failures = look.processes.flatMap((process) => {
      const name = asked.has(process.pid) ? processes.value.get(process.pid)?.name : undefined;
      return name === undefined ? [] : this.#compareName(process, name);
    });
    for (const { process } of look.ended) this.#names.delete(process.id);
    const disturbances = look.processes.flatMap((process): DisturbanceNotice[] => {
      if (!asked.has(process.pid)) return [];
      const listed = processes.value.get(process.pid);
      if (listed !== undefined) return [...this.#halt(process, listed), ...this.#held(look, process)];
      this.#misses.add(process, `${sayProcess(process)} is not in the list of processes`);
      return [];
    });
    failures.push(...(this.#misses.take().failures ?? []));
    return { activities, disturbances, failures };
  }

  report(): Availability & { lost: number } {
    return { ...this.#availability(), lost: 0 };
  }

  stop(): Availability & { lost: number } {
    return this.report();
  }

  /** No list tells when a program takes the place of another; one of another name shows it from the look before on. */
  #compareName(process: WatchedProcess, name: string): Failure[] {
    const { id, target } = process;
    const before = this.#names.get(id) ?? name;
    this.#names.set(id, name);
    const reason = `${sayProcess(process)} has changed its name: it may have executed another program`;
    return before === name ? [] : [{ target, reason }];
  }

  #halt(process: WatchedProcess, { state }: ListedProcess): DisturbanceNotice[] {
    const { target } = process;
    const who = sayProcess(process);
    if (state === 'stopped') return [{ target, kind: 'stopped', detail: `${who} is stopped` }];
    // On Linux the library knows all states but that of a thread held by a debugger (t), and some of the kernel's own threads.
    if (state !== 'unknown' || this.#platform !== 'linux') return [];
    return [
      { target, kind: 'traced', detail: `${who} is in a state that is not known, as if a debugger held it` },
    ];
  }

  #held(look: Look, process: WatchedProcess): DisturbanceNotice[] {
    const cgroups = this.#cgroups;
    if (cgroups === null) return [];
    const { held, throttled } = cgroupNotices(
      process,
      attempt(() => cgroups.of(look, process.pid)),
    );
    return [...held, ...throttled];
  }

  #availability(): Availability {
    const { firstReason } = this.#misses;
    if (firstReason !== null) return { status: 'partial', tier: 'sampled', reason: firstReason };
    const limit = LIMITS[this.#platform];
    return limit === undefined
      ? { status: 'partial', tier: 'sampled', reason: NO_STATES }
      : { status: 'ok', tier: 'sampled', reason: limit };
  }
}

/** Undefined: it may not be read. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
