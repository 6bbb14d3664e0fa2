import { join } from 'node:path';
import { resolveFolders } from '../collectors/files/folders.ts';
import { isWhole } from '../core/coverage/traced.ts';
import { IdleproofError } from '../errors.ts';
import { EvidenceStore } from '../evidence/store.ts';
import type { CollectorReport } from '../model/evidence.ts';
import type { Clock } from '../model/time.ts';
import { systemClock, threadCpuClock } from '../os/clock.ts';
import { openChildBeats } from '../os/child-beat.ts';
import { openLoopbackBeats } from '../os/loopback-beat.ts';
import { networkScopeOf } from '../os/network-scope.ts';
import { Procfs } from '../os/procfs.ts';
import { resolveTargets, type TargetSet } from '../targets/target-set.ts';
import { Canary, type CanaryParts } from './canary.ts';
import { type CommandRun, startCommands } from './command-run.ts';
import { measureHostNoise } from './host-noise.ts';
import { IdleRun } from './idle-run.ts';
import type { CheckHooks, CheckPlan } from './plan.ts';
import { manPosts } from './posts.ts';
import { Recorder } from './recorder.ts';
import { measureSelf } from './self-usage.ts';
import { Watcher } from './watcher.ts';

/**
 * Watches the targets through one idle window, from the start of a command to its stop where there is one, and leaves
 * the evidence in the run's folder. Returns the path of the evidence file.
 */
export async function runCheck(plan: CheckPlan, hooks: CheckHooks): Promise<string> {
  if (process.platform !== 'linux') {
    throw new IdleproofError('PLATFORM_UNSUPPORTED', { platform: process.platform });
  }
  hooks.onProgress?.('starting', 0, 0);
  const clock = systemClock();
  const procfs = new Procfs();
  const nowMs = (): number => clock.nowMs();
  const command = await startCommands(plan, hooks.signal, nowMs);
  try {
    const trees = resolveTargets(plan.targets, { procfs, nowMs, commands: command.started });
    resolveFolders(plan.targets.flatMap(({ files = [] }) => files));
    const store = EvidenceStore.create(join(plan.folder, 'evidence.db'));
    try {
      await watch(plan, hooks, { clock, procfs, trees, store, command });
    } finally {
      store.close();
    }
    return store.path;
  } finally {
    await command.abandon();
  }
}

interface Parts {
  clock: Clock;
  procfs: Procfs;
  trees: TargetSet;
  store: EvidenceStore;
  command: CommandRun;
}

async function watch(plan: CheckPlan, hooks: CheckHooks, parts: Parts): Promise<void> {
  const { clock, trees, store, command } = parts;
  const recorder = new Recorder(store);
  const { gate, readings, posts, reports, eventTypes, eventColumns } = await manPosts(plan, parts);
  const watcher = new Watcher({
    clock,
    gate,
    trees,
    posts,
    recorder,
    tickMs: plan.tickMs,
    readings,
    threadCpuNs: threadCpuClock(),
  });
  const canary =
    plan.collectors === 'portable'
      ? null
      : new Canary({
          clock,
          beats: openBeats(),
          networkScope: networkScopeOf(parts.procfs, 'self'),
          onPlanted: (planted) => recorder.document('control', planted),
          onFailure: (failure) => recorder.document('controlFailure', failure),
        });
  watcher.rehearse();
  const usage = measureSelf();
  const noise = measureHostNoise(parts.procfs);
  const isOver = (): boolean => trees.processes.length === 0 && !canReturn(plan);
  const run = new IdleRun(plan, hooks, { clock, watcher, recorder, command, canary, isOver });
  await run.settle();
  await run.watchIdle();
  canary?.end();
  const used = usage(canary?.connectionsOpened ?? 0);
  const heard = noise();
  if (command.isStarted) await run.stopCommand();
  const collectors = [...reports, ...watcher.stop()];
  for (const report of trees.reports(isTraced(collectors))) recorder.document('target', report);
  recorder.document('eventTypes', eventTypes());
  recorder.document('eventColumns', eventColumns());
  recorder.document('self', used);
  if (heard !== null) recorder.document('noise', heard);
  run.finish({ collectors, notes: command.notes() });
  recorder.finish(clock.nowMs());
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

/** Whether targets that are gone can come back; where they cannot, the window need not be waited out. */
function canReturn({ targets }: CheckPlan): boolean {
  return targets.some(({ select }) => select.by !== 'pid' && select.by !== 'command');
}
