import { isWhole } from '../core/coverage/traced.ts';
import type { CollectorReport, StretchReport } from '../model/evidence.ts';
import type { Clock } from '../model/time.ts';
import { openChildBeats } from '../os/child-beat.ts';
import { threadCpuClock } from '../os/clock.ts';
import { openLoopbackBeats } from '../os/loopback-beat.ts';
import { networkScopeOf } from '../os/network-scope.ts';
import type { Procfs } from '../os/procfs.ts';
import { Executables } from '../targets/executables.ts';
import type { TargetSet } from '../targets/target-set.ts';
import { Canary, type CanaryParts } from './canary.ts';
import type { CommandRun } from './command-run.ts';
import type { CheckPlan } from './plan.ts';
import { manPosts } from './posts.ts';
import type { Recorder } from './recorder.ts';
import { Watcher, type WatcherParts } from './watcher.ts';

export interface WatchParts {
  clock: Clock;
  procfs: Procfs;
  trees: TargetSet;
  recorder: Recorder;
  command: Pick<CommandRun, 'started'>;
  onActivities?: WatcherParts['onActivities'];
}

/** What collectors and targets know by now. */
export type Known = Pick<StretchReport, 'collectors' | 'targets' | 'eventTypes' | 'eventColumns'>;

/** Everything that looks at the targets, ready for the first look. */
export interface WatchSetup {
  watcher: Watcher;
  /** null: the collectors check themselves at each reading. */
  canary: Canary | null;
  /** What is known so far, of the whole time. */
  report: () => Known;
  /** What was told of processes that are gone is not told again. */
  forgetTold: () => void;
  /** Stops the collectors; what is known then. */
  stop: () => Known;
}

/** Sets up collectors, watcher and controls for a plan's targets. */
export async function setUpWatch(
  plan: Pick<CheckPlan, 'targets' | 'tickMs' | 'lookBackMs' | 'collectors'> & { folder: string | null },
  { clock, procfs, trees, recorder, command, onActivities }: WatchParts,
): Promise<WatchSetup> {
  const { gate, readings, posts, reports, eventTypes, eventColumns, sourcesOf } = await manPosts(plan, {
    procfs,
    clock,
    trees,
    command,
  });
  const executables = new Executables(procfs);
  executables.read(trees.processes);
  const watcher = new Watcher({
    clock,
    gate,
    trees,
    posts,
    recorder,
    tickMs: plan.tickMs,
    readings,
    threadCpuNs: threadCpuClock(),
    ...(onActivities === undefined ? {} : { onActivities }),
  });
  const canary =
    plan.collectors === 'portable'
      ? null
      : new Canary({
          clock,
          beats: openBeats(),
          networkScope: networkScopeOf(procfs, 'self'),
          onPlanted: (planted) => recorder.document('control', planted),
          onFailure: (failure) => recorder.document('controlFailure', failure),
        });
  watcher.rehearse();
  const known = (collectors: CollectorReport[]): Known => {
    executables.read(trees.processes);
    return {
      collectors: [...reports, ...collectors],
      targets: trees.reports(isTraced(collectors)).map((target) => ({
        ...target,
        ...sourcesOf(target.name),
        executables: executables.of(target.name),
      })),
      eventTypes: eventTypes(),
      eventColumns: eventColumns(),
    };
  };
  return {
    watcher,
    canary,
    report: () => known(watcher.reports()),
    forgetTold: () => trees.forgetOrphans(),
    stop: () => known(watcher.stop()),
  };
}

function openBeats(): CanaryParts['beats'] {
  const loopback = openLoopbackBeats();
  const child = openChildBeats();
  return loopback === null || child === null ? null : { ...loopback, child };
}

/** Whether the kernel told of every process that the targets created. */
function isTraced(collectors: readonly CollectorReport[]): boolean {
  return collectors.some((report) => report.name === 'trace' && isWhole(report));
}
