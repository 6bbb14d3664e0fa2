import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check, ruleOf } from '../support/cli.ts';
import { startNginx, startRedis, startSentinel } from '../support/debian-programs.ts';
import { hasProgram, isRoot, type Program } from '../support/programs.ts';
import { hasTrace } from '../support/tracing.ts';
import { expectLookedAt } from '../support/looked-at.ts';

/** As root the kernel tells everything; otherwise its counters show that nothing was missed. */
const TIER = hasTrace() ? 'zero-miss' : 'counter';
const WINDOW = ['--for', '12s', '--settle', '1s'];
let out: string;

beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'idleproof-e2e-'));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

describe.skipIf(!hasProgram('nginx'))('nginx (Debian)', () => {
  let nginx: Program;
  beforeAll(async () => {
    nginx = await startNginx();
  });
  afterAll(() => nginx.stop());

  it('passes: it runs no instruction while idle, which lifts sampling to «nothing was missed»', async (test) => {
    const { proof, code } = await check(['--port', String(nginx.port), ...WINDOW, '--out', out]);
    expect(proof.headline).toContain('events: not watched');
    expect(proof.targets[0]?.processes.map(({ name }) => name)).toEqual(['nginx', 'nginx']);
    expect(proof.targets[0]?.metrics['cpu.percent']).toEqual({ mean: 0, max: 0, p95: 0, atLeast: false });
    expect(ruleOf(proof, 'network-activity').tier).toBe(TIER);
    expectLookedAt(test, proof);
    expect([code, proof.verdict], proof.headline).toEqual([0, 'pass']);
    expect(ruleOf(proof, 'network-activity').verdict).toBe('pass');
  });
});

describe.skipIf(!hasProgram('redis-server') || !hasProgram('redis-sentinel'))(
  'redis-server and redis-sentinel (Debian)',
  () => {
    let redis: Program;
    let sentinel: Program;
    beforeAll(async () => {
      redis = await startRedis();
      sentinel = await startSentinel(redis.port);
    });
    afterAll(async () => {
      await sentinel?.stop();
      await redis?.stop();
    });

    it.concurrent('finds sentinel talking on a connection that it keeps open, and names the remote', async () => {
      const { proof, code } = await check(['--port', String(sentinel.port), ...WINDOW, '--out', out]);
      expect(code).toBe(1);
      const rule = ruleOf(proof, 'network-activity');
      expect(rule.verdict).toBe('fail');
      expect(rule.findings[0]?.subject).toMatchObject({
        'remote.ip': '127.0.0.1',
        'remote.port': redis.port,
      });
      expect(rule.findings[0]?.text).toContain(`127.0.0.1:${redis.port}`);
      expect(rule.findings[0]?.actors[0]?.pid).toBe(sentinel.pid);
    });
  },
);

const NAMESPACES = isRoot('a network namespace of its own') && hasProgram('unshare') && hasProgram('nsenter');

describe.skipIf(!NAMESPACES || !hasProgram('redis-sentinel'))(
  'redis-sentinel (Debian) where nobody else sends',
  () => {
    let redis: Program;
    let sentinel: Program;
    let inside: string[];
    beforeAll(async () => {
      redis = await startRedis(['unshare', '--net', '--', 'sh', '-c', 'ip link set lo up && exec "$0" "$@"']);
      inside = ['nsenter', '--target', String(redis.pid), '--net', '--'];
      sentinel = await startSentinel(redis.port, inside);
    });
    afterAll(async () => {
      await sentinel?.stop();
      await redis?.stop();
    });

    it('passes loopback-only: the counters of the namespace show nothing that was not seen', async (test) => {
      const args = ['--port', String(sentinel.port), ...WINDOW, '--rules', 'loopback-only', '--out', out];
      const { proof, code } = await check(args, { inside });
      expect(proof.rules).toMatchObject([{ id: 'beyond-loopback', tier: TIER }]);
      expectLookedAt(test, proof);
      expect(proof.rules[0]?.reason).toBe(null);
      expect(code, proof.headline).toBe(0);
    });

    it('has no pass for redis-server itself, whom sentinel talks to', async (test) => {
      const { proof } = await check(['--port', String(redis.port), ...WINDOW, '--out', out], { inside });
      expect(ruleOf(proof, 'network-inbound')).toMatchObject({ verdict: 'fail', severity: 'warn' });
      expect(ruleOf(proof, 'network-activity').tier).toBe(TIER);
      expectLookedAt(test, proof);
      expect(ruleOf(proof, 'network-activity').verdict).toBe('pass');
    });
  },
);

describe.skipIf(!hasProgram('redis-server'))('redis-server (Debian) alone', () => {
  let redis: Program;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  it('is not accused of network; its ten wakeups a second are in the report', async () => {
    const { proof, code } = await check(['--port', String(redis.port), ...WINDOW, '--out', out]);
    expect(proof.findings.filter(({ ruleId }) => ruleId === 'network-activity')).toEqual([]);
    expect(proof.targets[0]?.metrics['wakeups.rate']?.mean).toBeGreaterThan(8);
    expect(proof.targets[0]?.metrics['wakeups.rate']?.mean).toBeLessThan(15);
    expect([0, 2]).toContain(code);
    const rule = ruleOf(proof, 'network-activity');
    if (rule.verdict !== 'pass') expect(rule.reason).toMatch(/cannot say whose/);
  });
});
