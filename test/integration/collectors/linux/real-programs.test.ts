import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { NetworkActivity } from '../../../../src/model/activity.ts';
import { Procfs } from '../../../../src/os/procfs.ts';
import { startNginx, startRedis, startSentinel } from '../../../support/debian-programs.ts';
import { hasProgram, type Program } from '../../../support/programs.ts';
import { until } from '../../../support/until.ts';
import { Watching, watched } from '../../../support/watching.ts';

const programs: Program[] = [];
const started = async (starting: Promise<Program>): Promise<Program> => {
  const program = await starting;
  programs.unshift(program);
  return program;
};
afterEach(async () => {
  for (const program of programs.splice(0)) await program.stop();
});

describe.skipIf(!hasProgram('nginx'))('nginx', () => {
  it('does nothing at all: no look finds anything to read', async () => {
    const nginx = await started(startNginx());
    const children = (): number[] =>
      (new Procfs().read(`${nginx.pid}/task/${nginx.pid}/children`) ?? '')
        .split(' ')
        .filter(Boolean)
        .map(Number);
    const watching = new Watching([nginx.pid, ...children()].map((pid) => watched(pid)));
    // It is still starting, for as long as a busy host lets it.
    let quietLooks = 0;
    while (quietLooks < 5) {
      await sleep(100);
      quietLooks = watching.look().look.moved.size === 0 ? quietLooks + 1 : 0;
    }
    for (let look = 0; look < 5; look += 1) {
      await sleep(100);
      const seen = watching.look();
      expect(seen.look.moved.size).toBe(0);
      expect([...seen.of.values()].every((one) => Object.keys(one).length === 0)).toBe(true);
    }
    watching.stop();
  });
});

/** Connections that are established to a port of loopback: a sentinel keeps two. See proc_pid_net(5). */
function connectionsTo(port: number): number {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = new RegExp(`: [0-9A-F]+:[0-9A-F]{4} 0100007F:${hex} 01 `, 'gu');
  return readFileSync('/proc/self/net/tcp', 'latin1').match(rows)?.length ?? 0;
}

describe.skipIf(!hasProgram('redis-server') || !hasProgram('redis-sentinel'))(
  'redis-sentinel and redis-server',
  () => {
    it('talk over connections that stay open, seen from both ends', async () => {
      const redis = await started(startRedis());
      const sentinel = await started(startSentinel(redis.port));
      await until(() => connectionsTo(redis.port) === 2);
      const watching = new Watching([
        watched(sentinel.pid, { target: 'sentinel' }),
        watched(redis.pid, { target: 'redis' }),
      ]);
      watching.look();
      const network: NetworkActivity[] = [];
      while (network.length < 4) {
        await sleep(100);
        for (const one of watching.look().activities ?? []) if (one.kind === 'network') network.push(one);
      }
      expect(network).toContainEqual(
        expect.objectContaining({
          op: 'send',
          target: 'sentinel',
          direction: 'outbound',
          remote: { ip: '127.0.0.1', port: redis.port, process: 'redis-server', target: 'redis' },
          bytesSent: expect.any(Number),
        }),
      );
      expect(
        network.filter(({ target }) => target === 'redis').map(({ direction }) => direction),
      ).not.toContain('outbound');
      expect(network.some(({ op }) => op === 'connect' || op === 'accept')).toBe(false);
      watching.stop();
    });
  },
);
