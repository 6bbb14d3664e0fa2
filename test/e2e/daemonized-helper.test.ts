import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { check } from '../support/cli.ts';
import { expectLookedAt } from '../support/looked-at.ts';

let folder: string;
const pids: number[] = [];

/** Starts a copy of sleep in a session of its own, with nobody for a parent; returns its pid. */
async function daemonize(name: string): Promise<number> {
  const program = join(folder, name);
  copyFileSync('/bin/sleep', program);
  chmodSync(program, 0o755);
  const path = join(folder, `${name}.pid`);
  const script = `setsid sh -c 'echo $$ > ${path}.new && mv ${path}.new ${path} && exec ${program} 300' &`;
  await once(spawn('sh', ['-c', script], { stdio: 'ignore' }), 'exit');
  for (let tries = 0; tries < 1_200 && !existsSync(path); tries += 1) await sleep(50);
  const pid = Number(readFileSync(path, 'utf8'));
  pids.push(pid);
  for (let tries = 0; tries < 1_200 && readFileSync(`/proc/${pid}/comm`, 'utf8') !== `${name}\n`; tries += 1)
    await sleep(50);
  return pid;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-helper-'));
});
afterAll(() => {
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

it('a helper that daemonized before we came is named in the headline; with --strict nothing passes', async (test) => {
  const helper = await daemonize('helper');
  const app = await daemonize('app');
  const args = ['--pid', String(app), '--for', '11s', '--settle', '1s', '--rules', 'no-background-agents'];
  const [lenient, strict] = await Promise.all(
    [[], ['--strict']].map((more, index) => check([...args, ...more, '--out', join(folder, `${index}`)])),
  );
  const words = `not watched, but may belong to pid-${app}: helper (pid ${helper}, it lost its parent and its program lies in the target's folder`;
  expect(lenient?.proof.headline).toContain(words);
  expect(strict?.proof.headline).toContain(words);
  expect(lenient?.proof.targets[0]?.processes.map(({ pid }) => pid)).toEqual([app]);
  expect(strict).toMatchObject({ code: 2, proof: { verdict: 'inconclusive' } });
  if (lenient !== undefined) expectLookedAt(test, lenient.proof);
  expect([lenient?.code, lenient?.proof.verdict], lenient?.proof.headline).toEqual([0, 'pass']);
});
