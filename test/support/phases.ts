import type { Proof } from '../../src/model/proof.ts';
import type { Phase } from '../../src/session/plan.ts';
import { type CliOptions, type CliRun, startCli } from './cli.ts';

/** A check that tells how far it is, as it does on a terminal. */
export interface ToldRun extends CliRun {
  /** Returns when it has looked in this phase for so many seconds; throws where it ends before. */
  reached: (phase: Phase, elapsedSeconds?: number) => Promise<void>;
}

/** Its messages are piped, and it is told that they go to a terminal. */
const AT_A_TERMINAL = 'data:text/javascript,process.stderr.isTTY=true';

/** What it writes over its last line; see cli/progress.ts. */
const TOLD = /\r.\[K(?:([a-z ]+)(?:…| (\d+) \/ \d+ s))?/gu;

/** Starts the built command line, to be followed from phase to phase. */
export function startTold(args: readonly string[], options: CliOptions = {}): ToldRun {
  const { child, result } = startCli(args, {
    ...options,
    imports: [AT_A_TERMINAL, ...(options.imports ?? [])],
  });
  let text = '';
  let isOver = false;
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const one of waiting) one();
  };
  child.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    wake();
  });
  const ended = result.then((all) => {
    isOver = true;
    wake();
    return { ...all, stderr: all.stderr.replaceAll(TOLD, '') };
  });
  const hasReached = (phase: Phase, elapsedSeconds: number): boolean =>
    [...text.matchAll(TOLD)].some(([, told, seconds]) => told === phase && Number(seconds) >= elapsedSeconds);
  return {
    child,
    result: ended,
    reached: async (phase, elapsedSeconds = 0) => {
      while (!hasReached(phase, elapsedSeconds)) {
        if (isOver) throw new Error(`it ended before ${phase} ${elapsedSeconds} s: ${(await ended).stderr}`);
        await new Promise<void>((resolve) => {
          const once = (): void => {
            waiting.delete(once);
            resolve();
          };
          waiting.add(once);
        });
      }
    },
  };
}

/**
 * Runs a check with --json, and does something as soon as it has looked for a second into its window; returns the proof and the
 * exit code.
 */
export async function checkWhile(
  args: readonly string[],
  meanwhile: (run: ToldRun) => Promise<void> | void,
  options: CliOptions = {},
): Promise<{ proof: Proof; code: number | null; pid: number }> {
  const run = startTold(['check', '--json', ...args], options);
  try {
    await run.reached('watching', 1);
    await meanwhile(run);
  } catch (error) {
    run.child.kill('SIGCONT');
    run.child.kill('SIGTERM');
    const { stdout, stderr } = await run.result;
    const why = /"name": "trace",[^}]*/u.exec(stdout)?.[0] ?? '';
    throw new Error(`${String(error)}: ${stderr}${why}`, { cause: error });
  }
  const { code, stdout, stderr } = await run.result;
  if (!stdout.startsWith('{')) throw new Error(`no proof (exit ${code}): ${stderr}`);
  return { proof: JSON.parse(stdout) as Proof, code, pid: run.child.pid ?? 0 };
}
