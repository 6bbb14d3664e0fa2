import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Orphan } from '../../../../src/model/target.ts';
import { Procfs } from '../../../../src/os/procfs.ts';
import { resolveTargets, type TargetSet } from '../../../../src/targets/target-set.ts';
import { until } from '../../../support/until.ts';
import { type Stage, setStage, spec } from '../programs.ts';

let stage: Stage;
let selfPid: number;
beforeEach(async () => {
  stage = setStage();
  selfPid = await stage.standIn();
});
afterEach(() => stage.clear());

/** Runs a script that starts one program in a session of its own and forgets it; returns that program's pid. */
async function daemonize(program: string): Promise<number> {
  const path = join(stage.folder, `pid-${program.replaceAll(/\W/gu, '')}`);
  const shell = spawn('sh', ['-c', `setsid sh -c '${program} 300 & echo $! > ${path}' &`], {
    stdio: 'ignore',
  });
  await once(shell, 'exit');
  await until(() => existsSync(path) && readFileSync(path, 'utf8').endsWith('\n'));
  const pid = Number(readFileSync(path, 'utf8'));
  stage.alsoKill(pid);
  await until(() => /^\d+ \((?!sh\))[^)]*\) \S 1 /u.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
  return pid;
}

const resolve = (pid: number): TargetSet =>
  resolveTargets([spec('app', { by: 'pid', pid })], {
    procfs: new Procfs(),
    nowMs: () => Date.now(),
    selfPid,
  });

const told = (set: TargetSet): Orphan[] => set.reports()[0]?.orphans ?? [];
const orphansOf = (pid: number): Orphan[] => told(resolve(pid));

describe('helpers that daemonized before we came', () => {
  it('are told when their program lies in the target’s own folder, or below it', async () => {
    const folder = join(stage.folder, 'app');
    mkdirSync(join(folder, 'libexec'), { recursive: true });
    for (const program of [join(folder, 'app'), join(folder, 'libexec', 'helper')]) {
      copyFileSync('/bin/sleep', program);
      chmodSync(program, 0o755);
    }
    const helper = await daemonize(join(folder, 'libexec', 'helper'));
    const app = await stage.start(join(folder, 'app'), ['300'], () => true);
    const orphans = orphansOf(app.pid ?? 0);
    expect(orphans).toMatchObject([{ pid: helper, name: 'helper' }]);
    expect(orphans[0]?.reason).toBe(
      `it lost its parent and its program lies in the target's folder ${folder}: it may be a helper which daemonized`,
    );
  });

  it('are told of the time in which they lived, and no more when they are gone', async () => {
    const folder = join(stage.folder, 'app');
    mkdirSync(folder);
    copyFileSync('/bin/sleep', join(folder, 'app'));
    copyFileSync('/bin/sleep', join(folder, 'helper'));
    const helper = await daemonize(join(folder, 'helper'));
    const app = await stage.start(join(folder, 'app'), ['300'], () => true);
    const set = resolve(app.pid ?? 0);
    set.forgetOrphans();
    expect(told(set)).toMatchObject([{ pid: helper }]);
    process.kill(helper, 'SIGKILL');
    await until(() => !existsSync(`/proc/${helper}`));
    expect(told(set)).toMatchObject([{ pid: helper }]);
    set.forgetOrphans();
    expect(told(set)).toEqual([]);
  });

  it('are not made of neighbours: a shared folder says nothing', async () => {
    const neighbour = await daemonize('sleep');
    const app = await stage.start('sleep', ['300'], () => true);
    expect(orphansOf(app.pid ?? 0).map(({ pid }) => pid)).not.toContain(neighbour);
  });

  it('are told when they are in the session of the target, whose leader is gone', async () => {
    const path = join(stage.folder, 'both');
    const shell = spawn(
      'sh',
      ['-c', `setsid sh -c 'sleep 300 & sleep 300 & echo $! $(($!-1)) > ${path}' &`],
      {
        stdio: 'ignore',
      },
    );
    await once(shell, 'exit');
    await until(() => existsSync(path) && readFileSync(path, 'utf8').endsWith('\n'));
    const second = Number(readFileSync(path, 'utf8').split(' ')[0]);
    const session = sessionOf(second);
    const procfs = new Procfs();
    await until(() => !procfs.pids().includes(session));
    const first = procfs.pids().find((pid) => pid !== second && sessionOf(pid) === session) ?? 0;
    for (const pid of [first, second]) stage.alsoKill(pid);
    expect(orphansOf(first)).toMatchObject([{ pid: second }]);
  });
});

function sessionOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]);
  } catch {
    return 0;
  }
}
