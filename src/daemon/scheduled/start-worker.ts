import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { measuredRunSchema } from '../../core/measure/run-schema.ts';
import { KEY_VARIABLE } from '../../model/attestation.ts';
import type { MeasuredRun } from '../../model/measure-document.ts';
import type { WorkerRequest } from './worker.ts';

/** What a process that measured has told. */
export type WorkerResult = { run: MeasuredRun; folder: string } | { problem: string };

/** A measurement that goes on in a process of its own: the looks of the daemon do not wait for it. */
export interface Worker {
  /** Never rejects. */
  done: Promise<WorkerResult>;
  stop: () => void;
}

const OUTPUT_BYTES = 64_000_000;
/** Longer than that nothing is measured: no window opens meanwhile. */
const LONGEST_MS = 2 * 3_600_000;
/** So long a command that is being measured may take to end. */
const STOP_GRACE_MS = 20_000;

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));

const answerSchema = z.union([
  z.object({ document: measuredRunSchema, folder: z.string() }),
  z.object({ problem: z.string() }),
]);

/** Starts one; where no process can be had, its result says so. */
export function startWorker(request: WorkerRequest): Worker {
  const env = { ...process.env };
  Reflect.deleteProperty(env, KEY_VARIABLE);
  const child = spawn(process.execPath, [WORKER], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  let isLate = false;
  let kill: NodeJS.Timeout | null = null;
  // Without descriptors for them there are no pipes, and no process.
  const isStarted = child.pid !== undefined;
  const stop = (): void => {
    if (!isStarted) return;
    child.stdin.end();
    kill ??= setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
  };
  const limit = setTimeout(() => {
    isLate = true;
    stop();
  }, LONGEST_MS);
  const chunks: Buffer[] = [];
  let bytes = 0;
  if (isStarted) {
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= OUTPUT_BYTES) chunks.push(chunk);
    });
    // Where it ends before it has read what is asked of it, its end says so.
    child.stdin.on('error', () => {});
    child.stdin.write(`${JSON.stringify(request)}\n`);
  }
  const done = new Promise<WorkerResult>((resolve) => {
    const end = (result: WorkerResult): void => {
      clearTimeout(limit);
      if (kill !== null) clearTimeout(kill);
      resolve(result);
    };
    child.once('error', ({ message }) => end({ problem: message }));
    child.once('close', (code, signal) => {
      if (isLate) end({ problem: `it was not over after ${LONGEST_MS / 60_000} min` });
      else end(resultOf(Buffer.concat(chunks), `it ended with ${signal ?? `exit code ${code}`}`));
    });
  });
  return { done, stop };
}

function resultOf(output: Buffer, end: string): WorkerResult {
  let json: unknown;
  try {
    json = JSON.parse(output.toString('utf8'));
  } catch {
    return { problem: end };
  }
  const answer = answerSchema.safeParse(json).data;
  if (answer === undefined) return { problem: `${end}, and told nothing that makes sense` };
  return 'problem' in answer ? answer : { run: answer.document, folder: answer.folder };
}
