import { type ChildProcess, spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../src/session/doctor/diagnose.ts';
import { type CliOptions, runCli } from '../support/cli.ts';

const IS_ROOT = process.geteuid?.() === 0;
const NOBODY = 65_534;
let sleeper: ChildProcess;

beforeAll(() => {
  sleeper = spawn('sleep', ['600']);
});
afterAll(() => sleeper.kill('SIGKILL'));

async function doctor(args: readonly string[], options: CliOptions = {}): Promise<Diagnosis> {
  const { code, stdout, stderr } = await runCli(['doctor', '--json', ...args], options);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Diagnosis;
}

const collector = ({ collectors }: Diagnosis, name: string): Diagnosis['collectors'][number] | undefined =>
  collectors.find((one) => one.name === name);

describe('idleproof doctor', () => {
  it('prints a shape that scripts can rely on', async () => {
    const diagnosis = await doctor([]);
    expect(Object.keys(diagnosis)).toEqual([
      'schemaVersion',
      'tool',
      'host',
      'circumstances',
      'targets',
      'isExample',
      'collectors',
      'window',
      'lifts',
    ]);
    expect(Object.keys(diagnosis.window.excludes)).toEqual(['atRest', 'atWork']);
    for (const one of diagnosis.collectors) {
      expect(Object.keys(one).sort()).toEqual(['name', 'reason', 'status', 'target', 'tier']);
    }
  });

  it('says in words what a window would exclude', async () => {
    const { code, stdout } = await runCli(['doctor', '--for', '10m']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^cpu +ok +counter$/m);
    expect(stdout).toContain('periods      up to 631 s, at 95 %');
  });

  it.each([
    [['--for', '1s'], '--for: 1s is shorter than two looks'],
    [['--for', 'long'], 'not a duration'],
    [['--pid', '1'], 'cannot be a target'],
    [['--nme', 'x'], 'unknown option'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await runCli(['doctor', ...args]);
    expect(code).toBe(3);
    expect(stderr).toContain(message);
  });

  it.skipIf(!IS_ROOT)('tells root and nobody apart (needs root)', async () => {
    const target = ['--pid', String(sleeper.pid)];
    const [root, nobody] = await Promise.all([doctor(target), doctor(target, { uid: NOBODY })]);
    for (const name of ['cpu', 'memory', 'io', 'sockets']) expect(collector(root, name)?.status).toBe('ok');
    expect(root.lifts.map(({ command }) => command)).not.toContain('sudo idleproof check …');

    expect(collector(nobody, 'cpu')).toMatchObject({ status: 'ok', tier: 'counter' });
    expect(collector(nobody, 'wakeups')?.status).toBe('ok');
    for (const name of ['memory', 'io', 'sockets']) {
      expect(collector(nobody, name)).toMatchObject({
        status: 'partial',
        reason: expect.stringContaining('no permission'),
      });
    }
    expect(collector(nobody, 'trace')).toMatchObject({
      status: 'unavailable',
      reason: expect.stringContaining('needs root'),
    });
    expect(nobody.window.excludes.atWork.connectionLifetimeSeconds).toBeNull();
    expect(nobody.lifts[0]).toMatchObject({
      command: 'sudo idleproof check …',
      collectors: ['memory', 'io', 'sockets', 'trace'],
    });
    expect(nobody.circumstances.userId).toBe(NOBODY);
  });

  it.skipIf(!IS_ROOT)('shows nobody what nobody can see of its own (needs root)', async () => {
    const nobody = await doctor([], { uid: NOBODY });
    expect(collector(nobody, 'sockets')?.status).toBe('ok');
    const { atRest, atWork } = nobody.window.excludes;
    expect(atRest.connectionLifetimeSeconds).toEqual({ min: 0 });
    expect(atWork.connectionLifetimeSeconds).toEqual({ min: 1 });
  });

  if (!IS_ROOT) console.log('skipped: what root and nobody see differs only where one can be both');
});
