import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Proof } from '../../src/model/proof.ts';
import { ruleOf, startCli } from '../support/cli.ts';
import {
  ANSWERS_AND_CLOSES,
  beat,
  checkMidway,
  driven,
  instancesOf,
  type Midway,
  stopped,
  untilFollowed,
} from '../support/midway.ts';
import { startTold } from '../support/phases.ts';
import { hasProgram, startPython } from '../support/programs.ts';
import { hasTrace } from '../support/tracing.ts';
import { until } from '../support/until.ts';

const RUNNABLE = hasTrace() && hasProgram('python3');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-watchdogs-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Children of a process, and theirs. */
function treeOf(pid: number): number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  const children = existsSync(path) ? readFileSync(path, 'utf8').trim().split(' ').filter(Boolean) : [];
  return children.map(Number).flatMap((child) => [child, ...treeOf(child)]);
}

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`);

const untilGone = (pids: readonly number[]): Promise<void> => until(() => !pids.some(isAlive));

/** Null of one that has ended. */
function networkOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return null;
  }
}

/** Processes of anybody in one of these networks. */
const membersOf = (networks: ReadonlySet<string | null>): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .map(Number)
    .filter((pid) => networks.has(networkOf(pid)));

const foundBeats = (proof: Proof): unknown => {
  const { tier, findings } = ruleOf(proof, 'network-activity');
  return { tier, counts: findings.map(({ count, subject }) => [subject['remote.port'], count]) };
};

describe.skipIf(!RUNNABLE).concurrent('several watchdogs', () => {
  it('at once on one target: each finds the same, and leaves the others alone', async (test) => {
    const { port } = await stopped(startPython(ANSWERS_AND_CLOSES, true), test);
    const target = await driven(test);
    const seen: string[][] = [];
    let second: Midway | undefined;
    const first = await checkMidway(
      target.pid,
      folder,
      async ({ pid }) => {
        const before = instancesOf(pid);
        second = await checkMidway(
          target.pid,
          folder,
          async (other) => {
            seen.push(before, instancesOf(pid), instancesOf(other.pid));
            for (let count = 0; count < 3; count += 1) await target.run(`${beat(port)}; time.sleep(0.5)`);
          },
          ['--for', '10s'],
        );
      },
      ['--for', '20s'],
    );
    const [before = [], after = [], others = []] = seen;
    expect(before.length).toBeGreaterThan(1);
    expect(after).toEqual(before);
    expect(others).toHaveLength(before.length);
    const beats = { tier: 'zero-miss', counts: [[port, 3]] };
    expect([first, second].map((run) => run && foundBeats(run.proof))).toEqual([beats, beats]);
    expect([first, second].flatMap((run) => instancesOf(run?.pid))).toEqual([]);
  });

  it('one of which was killed: the next start removes what it left, and nothing of a living one', async (test) => {
    const { port } = await stopped(startPython(ANSWERS_AND_CLOSES, true), test);
    const target = await driven(test);
    let killed: number | undefined;
    const living = await checkMidway(
      target.pid,
      folder,
      async ({ pid }) => {
        const own = instancesOf(pid);
        const out = mkdtempSync(join(folder, 'out-'));
        const args = ['check', '--pid', `${target.pid}`, '--for', '60s', '--settle', '0s', '--out', out];
        const { child, result } = startCli(args);
        await untilFollowed(child, target.pid);
        killed = child.pid;
        const children = treeOf(killed ?? 0);
        expect(instancesOf(killed).length).toBeGreaterThan(1);
        child.kill('SIGKILL');
        await result;
        await untilGone(children);
        const next = await checkMidway(
          target.pid,
          folder,
          async () => {
            expect(instancesOf(killed)).toEqual([]);
            expect(instancesOf(pid)).toEqual(own);
            await target.run(beat(port));
          },
          ['--for', '10s'],
        );
        expect(foundBeats(next.proof)).toEqual({ tier: 'zero-miss', counts: [[port, 1]] });
      },
      ['--for', '30s'],
    );
    expect(instancesOf(killed)).toEqual([]);
    expect(foundBeats(living.proof)).toEqual({ tier: 'zero-miss', counts: [[port, 1]] });
  });

  it('killed while its command runs offline: command, helpers and network go, traces at the next start', async (test) => {
    const out = mkdtempSync(join(folder, 'out-'));
    const window = ['--for', '60s', '--settle', '0s', '--ready', 'log:ready', '--out', out];
    const command = ['python3', '-c', "import signal; print('ready', flush=True); signal.pause()"];
    const { child, result, reached } = startTold(['check', '--offline', ...window, '--', ...command]);
    const pid = child.pid ?? 0;
    await reached('watching', 1);
    expect(instancesOf(pid).length).toBeGreaterThanOrEqual(3);
    const tree = treeOf(pid);
    const networks = new Set(tree.map(networkOf));
    for (const one of [null, networkOf(process.pid)]) networks.delete(one);
    expect(networks.size).toBe(1);
    expect(membersOf(networks).length).toBeGreaterThanOrEqual(2);
    child.kill('SIGKILL');
    await result;
    await untilGone(tree);
    expect(membersOf(networks)).toEqual([]);
    const target = await driven(test);
    const next = await checkMidway(target.pid, folder, () => target.run('pass'), ['--for', '10s']);
    expect([pid, next.pid].flatMap(instancesOf)).toEqual([]);
  });
});
