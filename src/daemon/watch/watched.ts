import { resolveFolders } from '../../collectors/files/folders.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { Clock } from '../../model/time.ts';
import { systemClock } from '../../os/clock.ts';
import { Recorder } from '../../session/recorder.ts';
import { runInfoOf } from '../../session/run-info.ts';
import { assertSourceFolders } from '../../session/source-folders.ts';
import { setUpWatch } from '../../session/watch-setup.ts';
import type { StartedCommand } from '../../targets/command/command.ts';
import { resolveTargets } from '../../targets/target-set.ts';
import type { DaemonPlan } from '../plan.ts';
import { UserActions } from './user-actions.ts';
import { WatchRun, type WatchRunParts } from './watch-run.ts';

/** What a daemon watches, and by which clock: each watch that it begins has its own. */
export interface Watched {
  clock: () => Clock;
  /** @throws IdleproofError for what cannot be watched */
  open: (
    plan: DaemonPlan,
    parts: WatchRunParts,
    started: ReadonlyMap<string, StartedCommand>,
  ) => Promise<WatchRun>;
}

export const THIS_HOST: Watched = { clock: systemClock, open: watchThisHost };

/** Watches processes of this host. @throws IdleproofError for what cannot be watched */
export async function watchThisHost(
  plan: DaemonPlan,
  parts: WatchRunParts,
  started: ReadonlyMap<string, StartedCommand> = new Map(),
): Promise<WatchRun> {
  const { clock, procfs, store } = parts;
  const recorder = new Recorder(store);
  const nowMs = (): number => clock.nowMs();
  const trees = resolveTargets(plan.targets, { procfs, nowMs, commands: started, mayBeAbsent: true });
  resolveFolders(plan.targets.flatMap(({ files = [] }) => files));
  assertSourceFolders(plan.targets, trees.processes);
  const users = new UserActions(plan.user);
  let run: WatchRun | null = null;
  const actorOf = (processId: number | null): WatchedProcess | null =>
    processId === null ? null : (trees.everSeen[processId - 1] ?? null);
  const { tickMs, collectors } = plan;
  const { toolVersion, command } = parts;
  recorder.document('run', runInfoOf({ toolVersion, command, tickMs, collectors }, clock.nowMs()));
  const setup = await setUpWatch(
    { ...plan, folder: null },
    {
      clock,
      procfs,
      trees,
      recorder,
      command: { started },
      onActivities: (activities) => {
        users.see(activities, actorOf);
        run?.seen(activities);
      },
    },
  );
  try {
    await setup.watcher.prepare();
    run = new WatchRun(plan, parts, { setup, recorder, trees, users });
  } catch (error) {
    // It is tried again, with collectors of its own.
    setup.stop();
    throw error;
  }
  return run;
}
