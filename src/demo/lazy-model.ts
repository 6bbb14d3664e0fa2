/** A model of so many bytes that is loaded when it is first asked for, and given back when nobody has asked for a while. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface LazyModel {
  /** Resolves when it is in memory. */
  use(): Promise<void>;
  /** Resolves when nothing of it is left. */
  stop(): Promise<void>;
}

const FOREVER_MS = 2 ** 31 - 1;

/** It lives in a process of its own, as that of a model server does, so that all of its memory goes with it. */
export function lazyModel(bytes: number, unloadAfterMs: number): LazyModel {
  const program = `const held = Buffer.alloc(${bytes}, 1); process.stdout.write('.'); setInterval(() => held, ${FOREVER_MS})`;
  let child: ChildProcess | null = null;
  let timer: NodeJS.Timeout | null = null;
  const stop = async (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    const loaded = child;
    child = null;
    if (loaded === null || loaded.exitCode !== null || loaded.signalCode !== null) return;
    const ended = once(loaded, 'exit');
    loaded.kill('SIGKILL');
    await ended;
  };
  const use = async (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    if (child === null) {
      child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
      if (child.stdout !== null) await once(child.stdout, 'data');
    }
    timer = setTimeout(() => void stop(), unloadAfterMs);
  };
  return { use, stop };
}
