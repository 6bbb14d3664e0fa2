import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MeasuredState } from '../../core/measure/states.ts';
import { describeReady, type ReadyCondition } from '../../core/parse/ready.ts';
import { IdleproofError } from '../../errors.ts';
import { dropPageCache } from '../../measure/page-cache.ts';
import { becomeSubreaper } from '../../os/subreaper.ts';
import {
  assertRunning,
  isReadyBefore,
  startCommand,
  type StartedCommand,
  sweep,
  STOP_GRACE_MS,
  terminate,
  waitUntilReady,
} from '../../targets/command/command.ts';
import { measuredStarts, type Start } from './measured-starts.ts';
import type { Probe, ProbeContext } from './plan.ts';
import { readTreeUsage } from './tree-usage.ts';

export interface StartupPlan {
  argv: readonly string[];
  ready: ReadyCondition;
  runs: number;
  states: readonly MeasuredState[];
  timeoutMs: number;
  id: string | null;
}

const POLL_MS = 5;

/** Starts a command over and over, and measures how long it takes until it is ready, and what it has used by then. */
export function probeStartup(plan: StartupPlan): Probe {
  return async (context) => {
    // Else the first start would pay for loading it.
    becomeSubreaper();
    const starts: Start[] = [];
    const problems = new Map<MeasuredState, string>();
    const all = plan.states.length * plan.runs;
    for (const state of plan.states) {
      // The first start fills the cache, and is no warm one.
      if (state === 'warm' && !context.signal.aborted) await startOnce(plan, context, 'warm');
      for (let run = 0; run < plan.runs && !context.signal.aborted; run += 1) {
        context.onProgress(starts.length, all);
        const refused = state === 'cold' ? dropPageCache() : null;
        if (refused !== null)
          problems.set(state, `the page cache could not be dropped (${refused}): these starts were warm`);
        const start = await startOnce(plan, context, state);
        if (start !== null) starts.push(start);
      }
      if (starts.filter((one) => one.state === state).length < plan.runs)
        problems.set(state, 'it was interrupted');
    }
    sayModel(starts, context.note);
    for (const problem of new Set(problems.values())) context.note(problem);
    return {
      measurements: plan.states.flatMap((state) =>
        measuredStarts(
          starts.filter((one) => one.state === state),
          { id: idOf(plan, state), problem: problems.get(state) ?? null },
        ),
      ),
      conditions: { readyBy: plan.ready.by, states: plan.states.join(' and ') },
      facts: { ready: describeReady(plan.ready), runs: plan.runs, starts },
    };
  };
}

/** null: interrupted. */
async function startOnce(
  { argv, ready, timeoutMs }: StartupPlan,
  { folder, signal, announce }: ProbeContext,
  state: MeasuredState,
): Promise<Start | null> {
  if (await isReadyBefore(ready)) {
    throw new IdleproofError('MEASURE_READY_BEFORE', { condition: describeReady(ready) });
  }
  // Each its own: lines of the start before would make the next one ready.
  const outputPath = join(folder, `command-${readdirSync(folder).length}.log`);
  const fromMs = performance.now();
  const command = await startCommand(argv, { outputPath });
  try {
    const startedMs = performance.now();
    announce([command]);
    const { notBeforeMs, readyMs } = await waitUntilReady(command, ready, {
      timeoutMs,
      signal,
      pollMs: POLL_MS,
    });
    const { processes, ...usage } = readTreeUsage([command]);
    announce(processes);
    // One that died when it was ready has not started.
    await assertRunning(command);
    return {
      state,
      seconds: (startedMs + readyMs - fromMs) / 1000,
      resolutionSeconds: (readyMs - notBeforeMs) / 1000,
      usage: { ...usage, processes: processes.length },
    };
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  } finally {
    await end(command);
  }
}

async function end(command: StartedCommand): Promise<void> {
  await terminate(command, STOP_GRACE_MS);
  await sweep([command]);
}

function idOf({ id, states }: StartupPlan, state: MeasuredState): string | null {
  return states.length > 1 ? [id, state].filter((part) => part !== null).join('.') : id;
}

/** Whether a model was there already when it was ready: by the files that it has mapped or open. */
function sayModel(starts: readonly Start[], note: (text: string) => void): void {
  const files = starts.flatMap(({ usage }) => usage.modelFiles ?? []);
  const [file] = files;
  if (file !== undefined) {
    const more = new Set(files.map(({ path }) => path)).size - 1;
    note(
      `a model was loaded at the start: ${file.path} was ${file.how}${more > 0 ? `, and ${more} more` : ''}`,
    );
  } else if (starts.some(({ usage }) => usage.modelFiles === null)) {
    note(
      'whether a model was loaded at the start is not known: the mapped files of a process may not be read',
    );
  } else if (starts.length > 0) {
    note(
      'no file of a model was mapped or open when it was ready; one that was read and closed shows in the memory alone',
    );
  }
}
