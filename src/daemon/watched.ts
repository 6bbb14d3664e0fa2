import type { Clock } from '../model/time.ts';
import { systemClock } from '../os/clock.ts';
import type { DaemonPlan } from './plan.ts';
import { WatchRun, type WatchRunParts } from './watch-run.ts';

/** What a daemon watches, and by which clock: each watch that it begins has its own. */
export interface Watched {
  clock: () => Clock;
  open: (
    plan: DaemonPlan,
    parts: WatchRunParts,
    started: Parameters<typeof WatchRun.open>[2],
  ) => Promise<WatchRun>;
}

export const THIS_HOST: Watched = {
  clock: systemClock,
  open: (plan, parts, started) => WatchRun.open(plan, parts, started),
};
