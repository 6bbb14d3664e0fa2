import { once } from 'node:events';
import type { ScheduledMeasurement } from '../../core/measure/probe-spec.ts';
import { IdleproofError } from '../../errors.ts';
import type { TargetSpec } from '../../model/target.ts';
import { measure } from '../../session/measure/measure.ts';
import { probeOf } from '../../session/measure/probe-of.ts';
import { announceMeasurement } from '../measurement-lock.ts';

/** What the daemon asks of a process that measures, as one line of JSON. */
export interface WorkerRequest {
  measurement: ScheduledMeasurement;
  /** Who answers; null: nobody that can be looked at. */
  server: TargetSpec | null;
  out: string;
  stateFolders: readonly string[];
  command: string;
  toolVersion: string;
}

/** Where the daemon ends, or asks for it, standard input ends: nothing of it outlives the daemon. */
async function readRequest(stop: AbortController): Promise<WorkerRequest> {
  const { stdin } = process;
  let text = '';
  stdin.setEncoding('utf8');
  stdin.on('data', (chunk: string) => (text += chunk));
  stdin.on('end', () => stop.abort());
  while (!text.includes('\n') && !stop.signal.aborted)
    await Promise.race([once(stdin, 'data'), once(stdin, 'end')]);
  return JSON.parse(text.slice(0, text.indexOf('\n'))) as WorkerRequest;
}

async function work(): Promise<object> {
  const stop = new AbortController();
  const { measurement, server, out, stateFolders, command, toolVersion } = await readRequest(stop);
  const { id, target, probe } = measurement;
  const { kind } = probe;
  const selector = server?.select ?? { by: 'command' as const, argv: ['idleproof', 'measure', kind] };
  const plan = { kind, target: target ?? id, selector, id, expect: [], baseline: null };
  const { document, folder } = await measure(
    { ...plan, out, stateFolders, command, toolVersion },
    await probeOf(probe, { server, id }),
    {
      signal: stop.signal,
      onProgress: null,
      announce: (what, processes) => announceMeasurement(stateFolders, what, processes),
    },
  );
  return { document, folder };
}

try {
  process.stdout.write(`${JSON.stringify(await work())}\n`);
} catch (error) {
  if (!(error instanceof IdleproofError)) process.stderr.write(`${(error as Error).stack ?? ''}\n`);
  process.stdout.write(`${JSON.stringify({ problem: (error as Error).message })}\n`);
}
process.stdin.destroy();
