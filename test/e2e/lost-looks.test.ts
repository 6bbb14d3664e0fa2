import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkWhile } from '../support/phases.ts';
import { expectLookedAt } from '../support/looked-at.ts';

let out: string;
let app: ChildProcess;
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'idleproof-lost-looks-'));
  app = spawn('sleep', ['1000'], { stdio: 'ignore' });
});
afterAll(() => {
  app.kill('SIGKILL');
  rmSync(out, { recursive: true, force: true });
});

it('looks that a watchdog lost on a host that was in time make a test fail, and are no reason to skip it', async (test) => {
  const args = ['--pid', String(app.pid), '--for', '12s', '--settle', '1s', '--out', out];
  const { proof } = await checkWhile(args, async ({ child }) => {
    child.kill('SIGSTOP');
    await sleep(6_000);
    child.kill('SIGCONT');
  });
  expect(proof.verdict).toBe('inconclusive');
  expect(() => expectLookedAt(test, proof)).toThrow(/ was looked at.*», and the host was late for \d+ ms/);
});
