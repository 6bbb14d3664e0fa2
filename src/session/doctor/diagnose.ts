import { type Forecast, forecast } from '../../core/proof/forecast.ts';
import { describeSelector } from '../../core/parse/selector.ts';
import { parseProcStat } from '../../core/parse/proc-stat.ts';
import { IdleproofError } from '../../errors.ts';
import type { CollectorSet } from '../../model/collector.ts';
import type { HostInfo } from '../../model/evidence.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { TargetSpec } from '../../model/target.ts';
import { systemClock } from '../../os/clock.ts';
import { Procfs } from '../../os/procfs.ts';
import { readBootAtMs, readFacts } from '../../targets/process-info.ts';
import { resolveTargets } from '../../targets/target-set.ts';
import { type Circumstances, readCircumstances } from './circumstances.ts';
import { describeHost } from '../host.ts';
import { type Lift, liftsFor } from './lifts.ts';
import { type Surveyed, surveyPosts, type WatchedTrees } from '../posts.ts';

export interface DiagnosisRequest {
  /** Empty: the watchdog's own process stands for a target. */
  targets: readonly TargetSpec[];
  durationMs: number;
  tickMs: number;
  collectors: CollectorSet;
  toolVersion: string;
}

/** What can be seen here, by which tier, what a window would exclude, and how to see more. */
export interface Diagnosis {
  schemaVersion: 1;
  tool: { name: 'idleproof'; version: string; node: string };
  host: HostInfo;
  circumstances: Circumstances;
  targets: { name: string; selector: string; processes: number }[];
  /** No target was named: this is what can be seen of the watchdog itself. */
  isExample: boolean;
  collectors: Surveyed[];
  window: { durationSeconds: number; tickSeconds: number; excludes: Forecast };
  lifts: Lift[];
}

const EXAMPLE = 'idleproof itself';

/** Probes every collector as a check of these targets would, without watching. */
export async function diagnose(request: DiagnosisRequest): Promise<Diagnosis> {
  if (process.platform !== 'linux') {
    throw new IdleproofError('PLATFORM_UNSUPPORTED', { platform: process.platform });
  }
  const { targets, durationMs, tickMs, collectors: set, toolVersion } = request;
  const clock = systemClock();
  const procfs = new Procfs();
  const nowMs = (): number => clock.nowMs();
  const isExample = targets.length === 0;
  const trees: WatchedTrees = isExample
    ? itself(procfs, nowMs())
    : resolveTargets(targets, { procfs, nowMs, commands: new Map() });
  const plan = { targets, tickMs, lookBackMs: 0, collectors: set, folder: null };
  const collectors = await surveyPosts(plan, { procfs, clock, trees });
  const { processes } = trees;
  const circumstances = readCircumstances(procfs, processes);
  const names = isExample ? [EXAMPLE] : targets.map(({ name }) => name);
  return {
    schemaVersion: 1,
    tool: { name: 'idleproof', version: toolVersion, node: process.versions.node },
    host: describeHost(new Date()),
    circumstances,
    targets: names.map((name, index) => {
      const select = targets[index]?.select ?? { by: 'pid', pid: process.pid };
      const count = processes.filter(({ target }) => target === name).length;
      return { name, selector: describeSelector(select), processes: count };
    }),
    isExample,
    collectors,
    window: {
      durationSeconds: durationMs / 1000,
      tickSeconds: tickMs / 1000,
      excludes: forecast({ targets: names, processes, collectors, set, durationMs, tickMs }),
    },
    lifts: liftsFor(collectors, circumstances, set),
  };
}

/** The watchdog's own process in the place of a target, which it can never be in a check. */
function itself(procfs: Procfs, nowMs: number): WatchedTrees {
  const stat = parseProcStat(procfs.read('self/stat') ?? '');
  const facts = readFacts(procfs, stat, readBootAtMs(procfs, nowMs));
  const process: WatchedProcess = { ...facts, id: 1, target: EXAMPLE, parentId: null, membership: 'root' };
  const nobody = { enlist: () => null, suspect: () => {}, missStarts: () => {}, noteEntered: () => [] };
  return { processes: [process], ...nobody };
}
