import { join } from 'node:path';
import { resolveFolders } from '../collectors/files/folders.ts';
import { IdleproofError } from '../errors.ts';
import { EvidenceStore } from '../evidence/store.ts';
import type { Clock } from '../model/time.ts';
import { systemClock } from '../os/clock.ts';
import { Procfs } from '../os/procfs.ts';
import { resolveTargets, type TargetSet } from '../targets/target-set.ts';
import { type CommandRun, startCommands } from './command-run.ts';
import { measureHostNoise } from './host-noise.ts';
import { IdleRun } from './idle-run.ts';
import type { CheckHooks, CheckPlan } from './plan.ts';
import { Recorder } from './recorder.ts';
import { assertSourceFolders } from './source-folders.ts';
import { measureSelf } from './self-usage.ts';
import { setUpWatch } from './watch-setup.ts';
import { EVIDENCE_FILE } from '../model/file-names.ts';

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
    assertSourceFolders(plan.targets, trees.processes);
    hooks.onTargets?.(trees.processes);
    const store = EvidenceStore.create(join(plan.folder, EVIDENCE_FILE));
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
  const { watcher, canary, stop } = await setUpWatch(plan, { ...parts, recorder });
  const usage = measureSelf();
  const noise = measureHostNoise(parts.procfs);
  const isOver = (): boolean => trees.processes.length === 0 && !canReturn(plan);
  const run = new IdleRun(plan, hooks, { clock, watcher, recorder, command, canary, isOver });
  await run.begin();
  await run.settle();
  await run.watchIdle();
  canary?.end();
  const used = usage(canary?.connectionsOpened ?? 0);
  const heard = noise();
  if (command.isStarted) await run.stopCommand();
  const { collectors, targets, eventTypes, eventColumns } = stop();
  for (const target of targets) recorder.document('target', target);
  recorder.document('eventTypes', eventTypes);
  recorder.document('eventColumns', eventColumns);
  recorder.document('self', used);
  if (heard !== null) recorder.document('noise', heard);
  run.finish({ collectors, notes: command.notes() });
  recorder.finish(clock.nowMs());
}

/** Whether targets that are gone can come back; where they cannot, the window need not be waited out. */
function canReturn({ targets }: CheckPlan): boolean {
  return targets.some(({ select }) => select.by !== 'pid' && select.by !== 'command');
}
