import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Stage } from '../fault.ts';

const PORTABLE: Fault['setUp'] = () => ({ args: ['--collectors', 'portable', '--tick', '1s'] });

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number);

/** The portable collectors start programs for each look; the next one is caught. */
async function caught({ watchdog }: Stage): Promise<number[]> {
  for (let tries = 0; tries < 3_000; tries += 1) {
    const children = childrenOf(watchdog.pid);
    if (children.length > 0) return children;
    await sleep(1);
  }
  throw new Error('the watchdog started no program');
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It was done.
    }
  }
}

export const portable: Fault = {
  name: 'portable',
  says: 'only the portable collectors work',
  windowSeconds: 8,
  setUp: PORTABLE,
};

const stopped: WeakMap<object, number[]> = new WeakMap();

export const portableChildStopped: Fault = {
  name: 'portable-child-stopped',
  says: 'a program that the portable collectors have started is stopped (SIGSTOP) for 2 s',
  windowSeconds: 10,
  holdMs: 2_000,
  setUp: PORTABLE,
  strike: async (stage) => {
    const pids = await caught(stage);
    signal(pids, 'SIGSTOP');
    stopped.set(stage.scene, pids);
  },
  undo: ({ scene }) => signal(stopped.get(scene) ?? [], 'SIGCONT'),
};

export const portableChildKilled: Fault = {
  name: 'portable-child-killed',
  says: 'a program that the portable collectors have started is killed (SIGKILL)',
  windowSeconds: 10,
  setUp: PORTABLE,
  strike: async (stage) => signal(await caught(stage), 'SIGKILL'),
};
