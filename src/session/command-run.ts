import { join } from 'node:path';
import type { ReadyCondition } from '../core/parse/ready.ts';
import type { TargetSpec } from '../model/target.ts';
import {
  startCommand,
  type StartedCommand,
  STOP_GRACE_MS,
  sweep,
  terminate,
  waitUntilReady,
} from '../targets/command/command.ts';

const READY_LIMIT_MS = 60_000;

/** The command that a run starts and stops, if it does. */
export interface CommandRun {
  isStarted: boolean;
  started: ReadonlyMap<string, StartedCommand>;
  /** Asks the command's main process to end, and makes it after the grace time. */
  terminate(): Promise<void>;
  /** Ends what is left of its tree, so that nothing stays behind. */
  sweep(): Promise<void>;
  /** The same without watching, for a run that failed half-way; after a whole one, only lets go what is still held. */
  abandon(): Promise<void>;
  notes(): string[];
}

interface CommandPlan {
  targets: readonly TargetSpec[];
  ready: ReadyCondition | null;
  folder: string;
}

/** Starts the command of a plan, if it names one, and waits until it is ready. */
export async function startCommands(
  plan: CommandPlan,
  signal: AbortSignal,
  nowMs: () => number,
): Promise<CommandRun> {
  const started = new Map<string, StartedCommand>();
  const notes: string[] = [];
  let swept = false;
  const terminateAll = async (): Promise<void> => {
    for (const command of started.values()) {
      const early = command.exited();
      if (early !== null)
        notes.push(`the command ended by itself: ${early.signal ?? `exit code ${early.code}`}`);
      const { killed } = await terminate(command, STOP_GRACE_MS);
      if (killed)
        notes.push(`the command did not end within ${STOP_GRACE_MS / 1000} s of SIGTERM and was killed`);
    }
  };
  const sweepAll = async (): Promise<void> => {
    swept = true;
    await sweep([...started.values()]);
  };
  const run: CommandRun = {
    isStarted: plan.targets.some(({ select }) => select.by === 'command'),
    started,
    terminate: terminateAll,
    sweep: sweepAll,
    abandon: async () => {
      if (!swept) {
        await terminateAll();
        await sweepAll();
      }
      for (const { ownNetwork } of started.values()) ownNetwork?.close();
    },
    notes: () => notes,
  };
  try {
    for (const { name, select } of plan.targets) {
      if (select.by !== 'command') continue;
      const command = await startCommand(select.argv, {
        outputPath: join(plan.folder, `${name}.log`),
        ...(select.offline === true ? { offline: { nowMs } } : {}),
      });
      started.set(name, command);
      if (plan.ready !== null)
        await waitUntilReady(command, plan.ready, { timeoutMs: READY_LIMIT_MS, signal });
    }
    return run;
  } catch (error) {
    await run.abandon();
    throw error;
  }
}
