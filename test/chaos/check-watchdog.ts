import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Proof } from '../../src/model/proof.ts';
import { runCli } from '../support/cli.ts';
import { startTold } from '../support/phases.ts';
import type { Start } from './fault.ts';
import type { Outcome } from './outcome.ts';
import { LINE, type Scene } from './scene.ts';
import type { Watchdog } from './watchdog.ts';

export const RULES: string = fileURLToPath(new URL('./rules.yaml', import.meta.url));

/** `idleproof check` on a scene. */
export function startCheck(scene: Scene, start: Start, windowSeconds: number): Watchdog {
  const out = join(scene.folder, 'out');
  const { args = [], ...options } = start;
  const watched = [
    '--pidfile',
    scene.pidfile,
    '--events',
    `${scene.database}:events`,
    '--logs',
    `${scene.log}:/${LINE}/`,
    '--files',
    scene.files,
  ];
  const window = ['--for', `${windowSeconds}s`, '--settle', '500ms', '--tick', '500ms'];
  const given = ['check', '--json', ...watched, ...window, '--rules', RULES, '--out', out, ...args];
  const run = startTold(given, { ...options, cwd: scene.folder });
  const { child } = run;
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    pid: child.pid ?? 0,
    out,
    watching: () => run.reached('watching', 1),
    said: async (what) => {
      while (!what.test(said)) {
        if (isOver())
          throw new Error(
            `it ended (${child.exitCode ?? child.signalCode}) before it said ${what}: ${said.slice(-300)}`,
          );
        await Promise.race([once(child.stderr!, 'data'), once(child, 'exit')]);
      }
    },
    kill: (signal) => {
      child.kill(signal);
    },
    ended: async () => {
      await run.result;
    },
    outcome: async () => {
      const { code, stdout, stderr } = await run.result;
      if (stdout.startsWith('{')) return { proof: JSON.parse(stdout) as Proof, code, stderr };
      return await judgeWhatIsLeft(out, { proof: null, code, stderr });
    },
    abandon: async () => {
      if (isOver()) return;
      child.kill('SIGCONT');
      child.kill('SIGKILL');
      await run.result;
    },
  };
}

/** The evidence of a check that came to no proof can still be judged. */
async function judgeWhatIsLeft(out: string, ended: Outcome): Promise<Outcome> {
  for (const name of readdirSync(out)) {
    const evidence = join(out, name, 'evidence.db');
    const { stdout, stderr } = await runCli(['judge', evidence, '--rules', RULES, '--json']);
    if (stdout.startsWith('{')) return { ...ended, proof: JSON.parse(stdout) as Proof };
    return { ...ended, stderr: `${ended.stderr}; judged: ${stderr}` };
  }
  return ended;
}
