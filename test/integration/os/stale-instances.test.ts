import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { parseProcStat } from '../../../src/core/parse/proc-stat.ts';
import { removeStaleInstances } from '../../../src/os/stale-instances.ts';
import { openTraceInstance } from '../../../src/os/trace-instance.ts';
import { type Driver, startDriver } from '../../support/driver.ts';
import { hasProgram } from '../../support/programs.ts';
import { hasTrace } from '../../support/tracing.ts';

const TRACEFS = '/sys/kernel/tracing';
/** Above the largest pid that there can be. */
const NOBODY = 4_194_305;

const drivers: Driver[] = [];
const folders: string[] = [];
const fds: number[] = [];

afterEach(async () => {
  await Promise.all(drivers.splice(0).map((driver) => driver.stop()));
  for (const fd of fds.splice(0)) closeSync(fd);
  for (const folder of folders.splice(0)) if (existsSync(folder)) rmdirSync(folder);
});

function pathOf(pid: number, startTicks: number): string {
  const folder = `${TRACEFS}/instances/idleproof-${pid}-${startTicks}-9`;
  folders.push(folder);
  return folder;
}

const nameOf = (folder: string): string => folder.replace(/.*\//, '');
const startTicksOf = (pid: number): number =>
  parseProcStat(readFileSync(`/proc/${pid}/stat`, 'utf8')).startTicks;

/** Removed by this call, or by a watchdog of another test that has started meanwhile. */
async function isRemoved(folder: string): Promise<boolean> {
  for (; existsSync(folder); await sleep(5)) removeStaleInstances(TRACEFS);
  return true;
}

/** Makes an instance of nobody and opens it, before somebody removes it for that. */
function openOfNobody(): string {
  const folder = pathOf(NOBODY, 1);
  while (fds.length === 0) {
    try {
      mkdirSync(folder, { recursive: true });
      fds.push(openSync(`${folder}/per_cpu/cpu0/trace_pipe_raw`, 'r'));
    } catch (error) {
      // ENODEV: it is being removed.
      if (!['ENOENT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  return folder;
}

describe.skipIf(!hasTrace())('instances that were left behind', () => {
  it.skipIf(!hasProgram('python3'))('are removed when their process was killed, not before', async () => {
    const owner = await startDriver();
    drivers.push(owner);
    const folder = pathOf(owner.pid, startTicksOf(owner.pid));
    await owner.run(`os.mkdir('${folder}')`);
    await owner.run(`print(1, file=open('${folder}/events/sched/sched_waking/enable', 'w'))`);
    expect(removeStaleInstances(TRACEFS)).not.toContain(nameOf(folder));
    await owner.stop();
    expect(await isRemoved(folder)).toBe(true);
  });

  it('are removed where their pid was given to another process', async () => {
    const folder = pathOf(process.pid, startTicksOf(process.pid) - 1);
    mkdirSync(folder);
    expect(await isRemoved(folder)).toBe(true);
  });

  it('stay where somebody has them open, such as a process in another pid namespace', async () => {
    const folder = openOfNobody();
    expect(removeStaleInstances(TRACEFS)).not.toContain(nameOf(folder));
    expect(existsSync(folder)).toBe(true);
    closeSync(fds.pop() ?? -1);
    expect(await isRemoved(folder)).toBe(true);
  });

  it.skipIf(!hasProgram('python3'))('may be removed by another start at the same time', async () => {
    const other = await startDriver();
    drivers.push(other);
    const left = Array.from({ length: 8 }, (_, index) => pathOf(NOBODY, index + 1));
    for (const folder of left) mkdirSync(folder);
    const each = `for folder in ${JSON.stringify(left)}:\\n try: os.rmdir(folder)\\n except OSError: pass`;
    const removed = other.run(`exec('''${each}''')`);
    while (left.every((folder) => existsSync(folder))) await sleep(1);
    expect(() => removeStaleInstances(TRACEFS)).not.toThrow();
    await removed;
    expect(left.filter((folder) => existsSync(folder))).toEqual([]);
  });

  it('are not those of others', () => {
    const folder = `${TRACEFS}/instances/idleproof-test-of-others-${process.pid}`;
    folders.push(folder);
    mkdirSync(folder);
    removeStaleInstances(TRACEFS);
    expect(existsSync(folder)).toBe(true);
  });

  it('are not our own', () => {
    const instance = openTraceInstance({ bufferKb: 8 });
    try {
      expect(removeStaleInstances(TRACEFS)).not.toContain(nameOf(instance.folder));
      expect(existsSync(instance.folder)).toBe(true);
    } finally {
      instance.close();
    }
    expect(existsSync(instance.folder)).toBe(false);
  });
});
