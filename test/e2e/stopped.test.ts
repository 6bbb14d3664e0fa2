import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check } from '../support/cli.ts';
import { checkWhile } from '../support/phases.ts';
import { startNginx, startRedis } from '../support/debian-programs.ts';
import { hasProgram, isRoot, type Program } from '../support/programs.ts';

const RUNNABLE = hasProgram('nginx') && hasProgram('redis-server');
/** The control groups of the freezer, of version 1. */
const FREEZER = '/sys/fs/cgroup/freezer';
/** A mount namespace in which they are not to be seen, as in a container. */
const WITHOUT_FREEZER = ['unshare', '--mount', 'sh', '-c', `umount ${FREEZER} && exec "$@"`, 'sh'];
const problems = [
  ...(isRoot('a control group') ? [] : ['control groups take root']),
  ...(existsSync(join(FREEZER, 'cgroup.procs')) ? [] : ['the freezer of version 1 is not mounted']),
  ...(hasProgram('unshare') ? [] : ['unshare is not installed']),
];
if (problems.length > 0) console.log(`skipped: ${problems.join('; ')}`);
let out: string;
let programs: Program[] = [];

beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'idleproof-stopped-'));
  if (RUNNABLE)
    programs = await Promise.all([startNginx(), startRedis(), startRedis(), startRedis(), startRedis()]);
});
afterAll(async () => {
  await Promise.all(programs.map((program) => program.stop()));
  rmSync(out, { recursive: true, force: true });
});

/** Sampling is accepted, so that nothing but the target's state stands between it and a pass. */
const accepting = (target: Program, forDuration: string, settle: string): string[] =>
  `--pid ${target.pid} --for ${forDuration} --settle ${settle} --accept-sampled 1s --out ${out}`.split(' ');

describe.skipIf(!RUNNABLE)('quiet for the wrong reason (nginx, redis-server of Debian)', () => {
  it.concurrent('a watchdog that was stopped for 8 s of 20 s vouches for nothing', async () => {
    const args = ['--port', String(programs[0]?.port), '--for', '20s', '--settle', '1s', '--out', out];
    const { proof, code } = await checkWhile(args, async ({ child, reached }) => {
      await reached('watching', 4);
      child.kill('SIGSTOP');
      await sleep(8_000);
      child.kill('SIGCONT');
    });
    expect(code).toBe(2);
    // From its last look before it was stopped to its first one after, which a busy host lets come late.
    const { longestGapSeconds } = proof.coverage.ticks;
    expect(longestGapSeconds).toBeGreaterThan(8);
    const [, told] = /nothing was looked at for ([\d.]+) s/.exec(proof.headline) ?? [];
    expect(Number(told), proof.headline).toBeCloseTo(longestGapSeconds, 0);
  });

  it.concurrent('a target that is stopped before the window opens is not idle', async () => {
    const redis = programs[1]!;
    process.kill(redis.pid, 'SIGSTOP');
    const { proof, code } = await check(accepting(redis, '10s', '0s'));
    expect(code).toBe(2);
    expect(proof.headline).toContain('stopped');
  });

  it.concurrent('a target that is stopped in the middle of the window is not idle', async () => {
    const redis = programs[2]!;
    const { proof, code } = await checkWhile(accepting(redis, '12s', '1s'), async ({ reached }) => {
      await reached('watching', 4);
      process.kill(redis.pid, 'SIGSTOP');
      await reached('watching', 8);
      process.kill(redis.pid, 'SIGCONT');
    });
    expect(code).toBe(2);
    expect(proof.headline).toContain('stopped');
  });

  it.skipIf(problems.length > 0)(
    'a target of which nobody can tell whether it was frozen is not idle',
    { timeout: 120_000 },
    async () => {
      const redis = programs[4]!;
      const group = join(FREEZER, `idleproof-test-${process.pid}`);
      mkdirSync(group);
      writeFileSync(join(group, 'cgroup.procs'), String(redis.pid));
      try {
        const args = [...accepting(redis, '10s', '0s'), '--rules', 'idle-budget'];
        const { proof, code } = await check(args, { inside: WITHOUT_FREEZER });
        expect({ code, headline: proof.headline }).toMatchObject({ code: 2 });
        expect(proof.rules.map(({ reason }) => reason)).toContainEqual(
          expect.stringContaining(
            `whether pid-${redis.pid} was stopped, frozen or held back is not known: the cgroup of redis-server (pid ${redis.pid})`,
          ),
        );
        const seen = await check(args);
        expect(seen.proof.headline).not.toContain('is not known');
      } finally {
        writeFileSync(join(FREEZER, 'cgroup.procs'), String(redis.pid));
        rmdirSync(group);
      }
    },
  );

  it.concurrent('a target that dies in the window is not idle', async () => {
    const redis = programs[3]!;
    const { proof, code } = await checkWhile(accepting(redis, '12s', '1s'), async ({ reached }) => {
      await reached('watching', 4);
      process.kill(redis.pid, 'SIGKILL');
    });
    expect(code).not.toBe(0);
    expect(proof.verdict).not.toBe('pass');
    expect(proof.window.closedBy).toBe('target');
  });
});
