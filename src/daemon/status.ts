import { describeSelector } from '../core/parse/selector.ts';
import type { DaemonStatus, TargetStatus, WindowStatus } from '../model/daemon-status.ts';
import { COMMIT_EVERY_MS } from '../session/recorder.ts';
import type { AlertPost } from './alert-post.ts';
import type { Ledger } from './ledger.ts';
import type { PatientStore } from './patient-store.ts';
import type { DaemonPlan } from './plan.ts';
import type { Problems } from './problems.ts';
import type { MeasurementSchedule } from './scheduled/schedule.ts';
import type { Upkeep } from './upkeep.ts';
import type { WatchRun } from './watch/watch-run.ts';

export interface StatusParts {
  /** null: between two. */
  run: WatchRun | null;
  plan: DaemonPlan;
  ledger: Ledger;
  problems: Problems;
  upkeep: Upkeep;
  schedule: Pick<MeasurementSchedule, 'standing'>;
  store: Pick<PatientStore, 'waiting' | 'lastCommitMs'>;
  alerts: AlertPost['standing'];
  startedMs: number;
  loadedMs: number;
  statePath: string;
  toolVersion: string;
}

/** What the daemon tells of itself. */
export function describeDaemon(parts: StatusParts): DaemonStatus {
  const { run, plan, ledger, problems, upkeep, store, schedule, alerts, startedMs, loadedMs } = parts;
  const atMs = Date.now();
  const used = process.resourceUsage();
  return {
    schemaVersion: 1,
    version: parts.toolVersion,
    pid: process.pid,
    startedAtMs: startedMs,
    atMs,
    utcOffsetMinutes: -new Date(atMs).getTimezoneOffset(),
    config: { path: plan.configPath, sha256: plan.configSha256, loadedAtMs: loadedMs },
    stateFolder: parts.statePath,
    reportsFolder: plan.reports.dir,
    tickMs: plan.tickMs,
    looks: ledger.looks,
    lastLookAtMs: ledger.lastLookMs,
    targets: targetsOf(plan, run),
    windows: run === null ? [] : windowsOf(run, ledger),
    measurements: schedule.standing,
    alerts,
    store: {
      ...upkeep.standing,
      lastCommitAtMs: store.lastCommitMs,
      uncommittedSinceMs: store.waiting === 0 ? null : (store.lastCommitMs ?? startedMs),
      commitEveryMs: COMMIT_EVERY_MS,
    },
    self: {
      cpuSeconds: (used.userCPUTime + used.systemCPUTime) / 1e6,
      rssBytes: process.memoryUsage.rss(),
      wakeups: process.platform === 'linux' ? used.voluntaryContextSwitches : null,
    },
    problems: problems.all,
  };
}

function targetsOf({ targets }: DaemonPlan, run: WatchRun | null): TargetStatus[] {
  return targets.map(({ name, select }) => {
    const members = (run?.processes ?? []).filter(({ target }) => target === name);
    return {
      name,
      selector: describeSelector(select),
      isPresent: members.length > 0,
      processes: members.length,
      ...(run?.metricsOf(members) ?? {
        cpuPercent: null,
        pssBytes: null,
        rssBytes: null,
        wakeupsPerSecond: null,
      }),
    };
  });
}

function windowsOf(run: WatchRun, ledger: Ledger): WindowStatus[] {
  return run.states.map(({ id, trigger, phase, sinceMs, untilMs }) => ({
    id,
    trigger,
    state: phase,
    sinceMs: sinceMs ?? run.startedMs,
    nextAtMs: Number.isFinite(untilMs) ? untilMs : null,
    userQuietSinceMs: trigger === 'user-quiet' ? run.lastActionMs : null,
    lastVerdict: ledger.verdicts({ windowId: id, limit: 1 })[0] ?? null,
    verdictCounts: ledger.countsOf(id),
  }));
}
