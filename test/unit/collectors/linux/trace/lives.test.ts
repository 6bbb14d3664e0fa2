import { describe, expect, it } from 'vitest';
import { Lives, nearestProcess } from '../../../../../src/collectors/linux/trace/lives.ts';
import type { KernelRecord } from '../../../../../src/model/kernel-record.ts';
import { someProcess } from '../../../../support/proc-folder.ts';

const THREAD_FLAGS = 0x10000;
const IO_WORKER_FLAGS = 0x80000000 + 0x00800000 + THREAD_FLAGS;

const base = { context: 'task' as const };
const created = (tid: number, newTid: number, cloneFlags = 0, atNs = 1e9): KernelRecord => ({
  ...base,
  event: 'new-task',
  tid,
  newTid,
  atNs,
  name: 'app',
  isThread: (cloneFlags & THREAD_FLAGS) !== 0,
  cloneFlags,
});
const ended = (tid: number, isLast: boolean | null, atNs = 2e9): KernelRecord => ({
  ...base,
  event: 'exit',
  tid,
  atNs,
  name: 'app',
  isLast,
});

function watched(): Lives {
  const lives = new Lives();
  lives.adopt(someProcess(100), [100, 101]);
  return lives;
}

describe('Lives', () => {
  it('knows the threads of a process, those that are created later, and nobody else’s', () => {
    const lives = watched();
    lives.record(created(101, 102, THREAD_FLAGS));
    lives.record(created(7, 8));
    expect([100, 101, 102].map((tid) => lives.of(tid)?.pid)).toEqual([100, 100, 100]);
    expect(lives.of(8)).toBeNull();
  });

  it('follows children of children, with what they execute, until their last thread ends', () => {
    const lives = watched();
    lives.record(created(100, 200));
    lives.record(created(200, 300));
    lives.record({ ...base, event: 'exec', tid: 300, oldTid: 300, filename: '/bin/true', atNs: 1.5e9 });
    expect(lives.unnamed().map(({ pid }) => pid)).toEqual([200, 300]);
    lives.record(created(300, 301, THREAD_FLAGS));
    lives.record(ended(300, false));
    expect(lives.take(2e9).ended).toEqual([]);
    lives.record(ended(301, true));
    expect(lives.take(2e9).ended).toMatchObject([
      { pid: 300, program: { filename: '/bin/true' }, parent: { pid: 200 } },
    ]);
  });

  it('belongs where its nearest ancestor does that is known, until it is known itself', () => {
    const lives = watched();
    lives.record(created(100, 200));
    lives.record(created(200, 300));
    expect(nearestProcess(lives.of(300))?.pid).toBe(100);
    lives.of(200)!.process = someProcess(200);
    expect([200, 300].map((tid) => nearestProcess(lives.of(tid))?.pid)).toEqual([200, 200]);
    expect(nearestProcess(lives.of(7))).toBeNull();
  });

  it('counts the threads itself where the kernel does not say which is the last', () => {
    const lives = watched();
    lives.record(ended(101, null));
    expect(lives.take(2e9).ended).toEqual([]);
    lives.record(ended(100, null));
    expect(lives.take(2e9).ended).toMatchObject([{ pid: 100 }]);
  });

  it('remembers the dead for a while, since what they did can be told later', () => {
    const lives = watched();
    lives.record(created(100, 200));
    lives.record(ended(200, true, 2e9));
    lives.take(3e9);
    expect(lives.of(200)?.pid).toBe(200);
    lives.take(13e9);
    expect(lives.of(200)?.pid).toBe(200);
    lives.take(14e9);
    expect(lives.of(200)).toBeNull();
  });

  it('tells a pid that was given again from the one before', () => {
    const lives = watched();
    lives.record(created(100, 200, 0, 5e9));
    expect(lives.isKnown({ pid: 200, startTicks: 500 })).toBe(true);
    expect(lives.isKnown({ pid: 200, startTicks: 900 })).toBe(false);
    expect(lives.isKnown({ pid: 999, startTicks: 500 })).toBe(false);
  });

  it('names the workers of io_uring, which nobody follows by itself', () => {
    const lives = watched();
    lives.record(created(100, 150, IO_WORKER_FLAGS));
    lives.record(created(100, 151, THREAD_FLAGS));
    expect(lives.take(2e9).workers).toEqual([150]);
    expect(lives.of(150)?.pid).toBe(100);
  });
});
