import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Scene } from './scene.ts';

/** A process that does something to the scene. */
export interface Helper {
  child: ChildProcess;
  /** Closes its input, on which it goes on, and waits for its end. */
  release(): Promise<void>;
}

/**
 * Starts a Python program that prints a line when it has done its work, and goes on when its input is closed. It ends with the
 * scene at the latest.
 */
export async function startHelper(scene: Scene, program: string, ...args: string[]): Promise<Helper> {
  const child = spawn('python3', ['-c', program, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  let problem = '';
  child.stderr.on('data', (chunk: Buffer) => (problem += chunk.toString()));
  scene.helpers.push({
    stop: async () => {
      if (child.kill('SIGKILL')) await ended;
    },
  });
  await Promise.race([once(child.stdout, 'data'), ended]);
  if (child.exitCode !== null) throw new Error(`the helper ended: ${problem}`);
  return {
    child,
    release: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

const helpers: WeakMap<Scene, Helper> = new WeakMap();

/** A fault that lasts as long as a helper holds on: from its line to the closing of its input. */
export async function hold(scene: Scene, program: string, ...args: string[]): Promise<void> {
  helpers.set(scene, await startHelper(scene, program, ...args));
}

export async function letGo(scene: Scene): Promise<void> {
  await helpers.get(scene)?.release();
}
