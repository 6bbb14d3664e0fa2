import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { type Diagnosis, diagnose, type DiagnosisRequest } from '../../../../src/session/doctor/diagnose.ts';

const pids: number[] = [];
afterEach(() => {
  for (const pid of pids.splice(0)) process.kill(pid, 'SIGKILL');
});

/** Starts a process that is no child of ours: those of the watchdog are no targets. */
function startSleep(): number {
  const script = 'setsid sleep 600 < /dev/null > /dev/null 2>&1 & echo $!';
  const pid = Number(execFileSync('sh', ['-c', script], { encoding: 'utf8' }));
  pids.push(pid);
  // It is a copy of the shell, then setsid, until it executes its program.
  while (!readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith('sleep\0'));
  return pid;
}

const REQUEST: DiagnosisRequest = {
  targets: [],
  durationMs: 60_000,
  tickMs: 1000,
  collectors: 'native',
  toolVersion: '0.0.0',
};

const statusOf = ({ collectors }: Diagnosis, name: string): string | undefined =>
  collectors.find((one) => one.name === name)?.status;

describe('diagnose', () => {
  it('takes the watchdog itself for an example where no target is named', async () => {
    const diagnosis = await diagnose(REQUEST);
    expect(diagnosis).toMatchObject({
      schemaVersion: 1,
      isExample: true,
      targets: [{ name: 'idleproof itself', processes: 1 }],
      circumstances: { userId: process.geteuid?.(), targetUserIds: [process.geteuid?.()] },
      window: { durationSeconds: 60, tickSeconds: 1 },
    });
    // Whoever one is, oneself can be seen.
    for (const name of ['cpu', 'memory', 'wakeups', 'io', 'processes', 'sockets']) {
      expect(statusOf(diagnosis, name), name).toBe('ok');
    }
    expect(diagnosis.window.excludes.atWork.periodSeconds?.max).toBeCloseTo(63.16, 1);
  });

  it('tells what the user named but what is not there', async () => {
    const pid = startSleep();
    const events = { sqlite: '/nowhere/app.db', table: 'events' };
    const target = { name: 'app', select: { by: 'pid' as const, pid }, tree: true, events };
    const { collectors, isExample } = await diagnose({ ...REQUEST, targets: [target] });
    expect(isExample).toBe(false);
    expect(collectors.find(({ name }) => name === 'events')).toMatchObject({
      target: 'app',
      status: 'partial',
      reason: '/nowhere/app.db does not exist',
    });
  });

  it('refuses a target that there is not, as a check does', async () => {
    const select = { by: 'name' as const, name: 'no-such-program' };
    const targets = [{ name: 'app', select, tree: true, events: null }];
    await expect(diagnose({ ...REQUEST, targets })).rejects.toMatchObject({ code: 'TARGET_NOT_FOUND' });
  });

  it('leaves nothing behind', async () => {
    await diagnose(REQUEST);
    const before = descriptors();
    for (let round = 0; round < 5; round += 1) await diagnose(REQUEST);
    expect(difference(descriptors(), before)).toEqual([]);
  });
});

/** What this process holds open, by what it leads to. */
function descriptors(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}

function difference(these: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return these.filter((one) => {
    const index = left.indexOf(one);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}
