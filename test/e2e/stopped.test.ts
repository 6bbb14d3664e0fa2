import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Proof } from '../../src/model/proof.ts';
import { check, startCli } from '../support/cli.ts';
import { hasProgram, type Program, startNginx, startRedis } from '../support/programs.ts';

const RUNNABLE = hasProgram('nginx') && hasProgram('redis-server');
let out: string;
let programs: Program[] = [];

beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'idleproof-stopped-'));
  if (RUNNABLE) programs = await Promise.all([startNginx(), startRedis(), startRedis(), startRedis()]);
});
afterAll(async () => {
  await Promise.all(programs.map((program) => program.stop()));
  rmSync(out, { recursive: true, force: true });
});

/** Sampling is accepted, so that nothing but the target's state stands between it and a pass. */
const watchAccepting = (target: Program, forDuration: string, settle: string): ReturnType<typeof check> =>
  check(
    `--pid ${target.pid} --for ${forDuration} --settle ${settle} --accept-sampled 1s --out ${out}`.split(' '),
  );

describe.skipIf(!RUNNABLE)('quiet for the wrong reason (nginx, redis-server of Debian)', () => {
  it.concurrent('a watchdog that was stopped for 8 s of 20 s vouches for nothing', async () => {
    const args = [
      'check',
      '--json',
      '--port',
      String(programs[0]?.port),
      '--for',
      '20s',
      '--settle',
      '1s',
      '--out',
      out,
    ];
    const { child, result } = startCli(args);
    await sleep(6_000);
    child.kill('SIGSTOP');
    await sleep(8_000);
    child.kill('SIGCONT');
    const { code, stdout } = await result;
    const proof = JSON.parse(stdout) as Proof;
    expect(code).toBe(2);
    expect(proof.coverage.ticks.longestGapSeconds).toBeGreaterThan(7);
    expect(proof.headline).toMatch(/nothing was looked at for 8/);
  });

  it.concurrent('a target that is stopped before the window opens is not idle', async () => {
    const redis = programs[1]!;
    process.kill(redis.pid, 'SIGSTOP');
    const { proof, code } = await watchAccepting(redis, '10s', '0s');
    expect(code).toBe(2);
    expect(proof.headline).toContain('stopped');
  });

  it.concurrent('a target that is stopped in the middle of the window is not idle', async () => {
    const redis = programs[2]!;
    const checking = watchAccepting(redis, '12s', '1s');
    await sleep(6_000);
    process.kill(redis.pid, 'SIGSTOP');
    await sleep(4_000);
    process.kill(redis.pid, 'SIGCONT');
    const { proof, code } = await checking;
    expect(code).toBe(2);
    expect(proof.headline).toContain('stopped');
  });

  it.concurrent('a target that dies in the window is not idle', async () => {
    const redis = programs[3]!;
    const checking = watchAccepting(redis, '12s', '1s');
    await sleep(6_000);
    process.kill(redis.pid, 'SIGKILL');
    const { proof, code } = await checking;
    expect(code).not.toBe(0);
    expect(proof.verdict).not.toBe('pass');
    expect(proof.window.closedBy).toBe('target');
  });
});
