import { describe, expect, it } from 'vitest';
import { entriesOf } from '../../../../../src/collectors/linux/trace/entries.ts';
import type { KernelRecord } from '../../../../../src/model/kernel-record.ts';

const FOLLOWED = 70;
const lives = { isAliveAt: (tid: number) => tid === FOLLOWED };
const toMs = (ns: number): number => ns / 1e6;

const moved = (attachedTid: number): KernelRecord => ({
  event: 'cgroup-attach',
  atNs: 3e9,
  tid: 5,
  context: 'task',
  attachedTid,
  name: 'ba\u001B[1msh',
  path: '/system.slice/app.service',
});
const created = (tid: number): KernelRecord => ({
  event: 'new-task',
  atNs: 4e9,
  tid,
  context: 'task',
  newTid: 92,
  name: 'runc',
  isThread: false,
  cloneFlags: 0,
});

describe('who comes into a control group', () => {
  it('is told with the group where the kernel says it, and without control characters', () => {
    expect(entriesOf([moved(91), created(6)], lives, toMs)).toEqual([
      { pid: 91, name: 'ba\\x1b[1msh', path: '/system.slice/app.service', atMs: 3_000, atTicks: 300 },
      { pid: 92, name: 'runc', path: null, atMs: 4_000, atTicks: 400 },
    ]);
  });

  it('is nobody new where a target moves or creates it itself', () => {
    expect(entriesOf([moved(FOLLOWED), created(FOLLOWED)], lives, toMs)).toEqual([]);
  });
});
