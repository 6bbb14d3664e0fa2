import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { matrix } from '../chaos/matrix.ts';
import { hasProgram } from '../support/programs.ts';

const START: string = fileURLToPath(new URL('../chaos/start.mjs', import.meta.url));
/** Of no matrix that anybody runs: its results are kept apart, and there are none. */
const SEED = '40961';

let temporary: string;
let running: ChildProcess | null = null;
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'idleproof-interrupted-'));
});
afterEach(async () => {
  if (running !== null && running.exitCode === null && running.signalCode === null) {
    const ended = once(running, 'exit');
    process.kill(-(running.pid ?? 0), 'SIGKILL');
    await ended;
  }
  rmSync(temporary, { recursive: true, force: true });
});

/** What lies in the temporary folder, and what lies in that. */
const left = (): string[] => readdirSync(temporary, { recursive: true }).map(String);

/** One cell, in a process group of its own, as a terminal has it; and what it says. */
function start(cell: string): { matrix: ChildProcess; said: () => string; ended: Promise<unknown> } {
  const child = spawn(process.execPath, [START, '--only', cell, '--seed', SEED], {
    detached: true,
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  running = child;
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return { matrix: child, said: () => said, ended: once(child, 'exit') };
}

/** Ctrl-C reaches all of them. */
const interrupt = ({ pid = 0 }: ChildProcess): boolean => process.kill(-pid, 'SIGINT');

async function until(isSo: () => boolean, child: ChildProcess): Promise<void> {
  while (!isSo()) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    await sleep(20);
  }
}

const hasEvidence = (): boolean => left().some((path) => path.endsWith('evidence.db'));

describe.skipIf(!hasProgram('python3'))('Ctrl-C in a run of the matrix leaves nothing', () => {
  it.each([1, 2])('pressed %i times', async (times) => {
    const { matrix: run, said, ended } = start('none/tcp');
    await until(hasEvidence, run);
    interrupt(run);
    if (times === 2) {
      await until(() => said().includes('interrupted'), run);
      interrupt(run);
    }
    await ended;
    expect(left()).toEqual([]);
  });

  it('while the target is frozen', async ({ skip }) => {
    const { cells, leftOut } = matrix('target-frozen/child');
    if (cells.length === 0) {
      const reason = leftOut[0]?.reason ?? 'there is no such cell';
      console.log(`skipped: ${reason}`);
      skip(reason);
    }
    const { matrix: run, ended } = start('target-frozen/child');
    let group = '';
    await until(() => {
      const pidfile = left().find((path) => path.endsWith('app.pid'));
      if (pidfile === undefined) return false;
      const pid = readFileSync(join(temporary, pidfile), 'utf8').trim();
      group = `/sys/fs/cgroup/freezer/idleproof-chaos-${pid}`;
      const state = join(group, 'freezer.state');
      return existsSync(state) && readFileSync(state, 'utf8').trim() === 'FROZEN';
    }, run);
    interrupt(run);
    await ended;
    expect(left()).toEqual([]);
    expect(existsSync(group)).toBe(false);
  });
});
