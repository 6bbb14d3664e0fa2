import { join } from 'node:path';
import { EvidenceStore } from '../evidence/store.ts';
import type { ReadyCondition } from '../core/parse/ready.ts';
import type { RunInfo, Window, WindowKind } from '../model/evidence.ts';
import type { TargetSpec } from '../model/target.ts';
import type { Clock } from '../model/time.ts';
import { systemClock, threadCpuClock } from '../os/clock.ts';
import { Procfs } from '../os/procfs.ts';
import { resolveTargets, type TargetSet } from '../targets/target-set.ts';
import { describeHost } from './host.ts';
import { type LookingEnd, lookUntil } from './looking.ts';
import { Recorder } from './recorder.ts';
import { measureSelf } from './self-usage.ts';
import { startCommands, type CommandRun } from './command-run.ts';
import { manPosts } from './posts.ts';
import { Watcher } from './watcher.ts';

export interface CheckPlan {
  targets: readonly TargetSpec[];
  durationMs: number;
  settleMs: number;
  tickMs: number;
  ready: ReadyCondition | null;
  /** Where this run's files go; it exists and is empty. */
  folder: string;
  /** For the proof: how to run this again. */
  command: readonly string[];
  toolVersion: string;
}

export type Phase = 'starting' | 'settling' | 'watching' | 'late rows' | 'stopping' | 'judging';

export interface CheckHooks {
  signal: AbortSignal;
  onProgress: (phase: Phase, elapsedMs: number, totalMs: number) => void;
}

/** How long another process may hold its database's write lock at the close before the end of the window is unknown. */
const PENDING_LIMIT_MS = 10_000;

/**
 * Watches the targets through one idle window, from the start of a command to its stop where there is one, and leaves
 * the evidence in the run's folder. Returns the path of the evidence file.
 */
export async function runCheck(plan: CheckPlan, hooks: CheckHooks): Promise<string> {
  hooks.onProgress('starting', 0, 0);
  const clock = systemClock();
  const command = await startCommands(plan, hooks.signal);
  try {
    const procfs = new Procfs();
    const trees = resolveTargets(plan.targets, {
      procfs,
      nowMs: () => clock.nowMs(),
      commands: command.started,
    });
    const path = join(plan.folder, 'evidence.db');
    const store = EvidenceStore.create(path);
    try {
      await watch(plan, hooks, { clock, procfs, trees, store, command });
    } finally {
      store.close();
    }
    return path;
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
  const { tickMs } = plan;
  const recorder = new Recorder(store);
  const startedAtMs = clock.nowMs();
  recorder.document('run', runInfo(plan, startedAtMs));
  const { gate, posts, reports, eventTypes } = manPosts(plan, parts);
  const watcher = new Watcher({ clock, gate, trees, posts, recorder, tickMs, threadCpuNs: threadCpuClock() });
  const usage = measureSelf();
  const phase = (name: Phase, durationMs: number) => {
    const fromMs = clock.nowMs();
    const tell = (): void => hooks.onProgress(name, clock.nowMs() - fromMs, durationMs);
    tell();
    return { fromMs, toMs: fromMs + durationMs, tell };
  };
  const look = (span: { toMs: number; tell: () => void }, signal: AbortSignal): Promise<LookingEnd> =>
    lookUntil(span.toMs, {
      clock,
      watcher,
      tickMs,
      signal,
      onLook: span.tell,
      isOver: () => isOver(plan, trees),
    });

  watcher.look(true);
  if (plan.settleMs > 0) await look(phase('settling', plan.settleMs), hooks.signal);
  const idle = phase('watching', plan.durationMs);
  const closedBy = await look(idle, hooks.signal);
  recorder.document('window', windowOf(plan, 'idle', idle.fromMs, clock.nowMs(), closedBy));
  await collectLateRows();
  if (command.isStarted) await stopCommand();

  for (const report of [...reports, ...watcher.stop()]) recorder.document('collector', report);
  for (const report of trees.reports()) recorder.document('target', report);
  for (const note of [...command.notes(), ...clockNotes(clock)]) recorder.document('note', note);
  recorder.document('eventTypes', eventTypes());
  recorder.document('self', usage());
  recorder.finish(clock.nowMs());

  /** Rows stamped in the window may be committed a little later. */
  async function collectLateRows(): Promise<void> {
    const never = new AbortController().signal;
    await look(phase('late rows', tickMs), never);
    const limitMs = clock.nowMs() + PENDING_LIMIT_MS;
    while (watcher.pending().length > 0 && clock.nowMs() < limitMs)
      await look(phase('late rows', tickMs), never);
    for (const collector of watcher.pending()) {
      const reason =
        'another process still held the write lock of the events database 10 s after the window closed';
      recorder.gap({ fromMs: idle.fromMs, toMs: clock.nowMs(), collector, target: null, reason });
    }
  }

  async function stopCommand(): Promise<void> {
    const { fromMs, tell } = phase('stopping', 0);
    const never = new AbortController().signal;
    const stopped = command.terminate();
    for (let done = false; !done; ) {
      done =
        (await Promise.race([stopped.then(() => true), clock.sleepUntil(clock.nowMs() + tickMs, never)])) ===
        true;
      watcher.look();
      tell();
    }
    // What still lives two ticks after its parent has outlived it.
    await lookUntil(clock.nowMs() + 2 * tickMs, {
      clock,
      watcher,
      tickMs,
      signal: never,
      onLook: tell,
      isOver: () => false,
    });
    recorder.document('window', windowOf(plan, 'stop', fromMs, clock.nowMs(), 'stopped'));
    await command.sweep(trees.processes);
  }
}

/** A window whose targets are gone and cannot come back need not be waited out. */
function isOver(plan: CheckPlan, trees: TargetSet): boolean {
  const canReturn = plan.targets.some(({ select }) => select.by !== 'pid' && select.by !== 'command');
  return !canReturn && trees.processes.length === 0;
}

function windowOf(
  plan: CheckPlan,
  kind: WindowKind,
  fromMs: number,
  toMs: number,
  closedBy: Window['closedBy'],
): Window {
  const idle = kind === 'idle';
  return {
    id: kind,
    kind,
    trigger: 'check',
    fromMs,
    toMs,
    requestedMs: idle ? plan.durationMs : 0,
    settleMs: idle ? plan.settleMs : 0,
    closedBy,
  };
}

function runInfo(plan: CheckPlan, startedAtMs: number): RunInfo {
  return {
    id: new Date(startedAtMs).toISOString(),
    toolVersion: plan.toolVersion,
    nodeVersion: process.versions.node,
    host: describeHost(new Date(startedAtMs)),
    command: plan.command,
    startedAtMs,
    tickMs: plan.tickMs,
  };
}

function clockNotes(clock: Clock): string[] {
  const driftMs = clock.wallDriftMs();
  if (Math.abs(driftMs) < 1000) return [];
  return [`the wall clock was moved by ${(driftMs / 1000).toFixed(1)} s while the run went on`];
}
