import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LookReader } from '../../../../src/collectors/linux/look-reader.ts';
import { OwedUsage } from '../../../../src/collectors/linux/owed-usage.ts';
import type { Look } from '../../../../src/model/collector.ts';
import { type ProcFolder, procFolder, someProcess, statLine } from '../../../support/proc-folder.ts';
import { lookAt } from './look.ts';

const parent = someProcess(7);
const child = someProcess(8, { parentId: parent.id });

let proc: ProcFolder;
let owed: OwedUsage;
let nowMs: number;
beforeEach(() => {
  proc = procFolder();
  owed = new OwedUsage(new LookReader(proc.procfs));
  nowMs = 1000;
  faults(parent.pid, 500, 0);
  faults(child.pid, 40, 2);
  look([parent, child]);
});
afterEach(() => proc.remove());

/** Fields 10 and 11 of proc_pid_stat(5). */
function faults(pid: number, own: number, reaped: number): void {
  const line = statLine(pid);
  const open = line.lastIndexOf(')') + 2;
  const fields = line.slice(open).split(' ');
  fields[7] = String(own);
  fields[8] = String(reaped);
  proc.write(`${pid}/stat`, line.slice(0, open) + fields.join(' '));
}

function look(processes: Look['processes'], over: Partial<Look> = {}): (string | null)[] {
  const previousMs = nowMs;
  nowMs += 1000;
  return owed.lost(lookAt(processes, { nowMs, previousMs, ...over })).map(({ target }) => target);
}

const ended = { ended: [{ process: child, exitCode: null }] };
const quiet = { moved: new Set<number>() };

describe('what a child used last', () => {
  it('is its parent’s where that waited, before the look or between its two parts', () => {
    faults(parent.pid, 500, 60);
    proc.remove('8');
    expect(look([parent], ended)).toEqual([]);
    expect(owed.open).toBeNull();
  });

  it('is its parent’s where that had waited when the look before read it', () => {
    faults(parent.pid, 500, 42);
    look([parent, child]);
    proc.remove('8');
    expect(look([parent], { ...ended, ...quiet })).toEqual([]);
    expect(owed.open).toBeNull();
  });

  it('is lost where the child is gone and nobody waited, told at the next look', () => {
    faults(parent.pid, 500, 41);
    proc.remove('8');
    expect(look([parent], ended)).toEqual([]);
    expect(owed.open).toContain('has not waited for it so far');
    expect(owed.dueAtMs()).toBe(0);
    expect(look([parent], quiet)).toEqual([child.target]);
    expect(owed.open).toBeNull();
    expect(owed.dueAtMs()).toBe(Number.POSITIVE_INFINITY);
  });

  it('is told of one that no look has read: its parent has the faults of one more, or nobody waited', () => {
    const unread = someProcess(9, { parentId: parent.id });
    faults(parent.pid, 500, 1);
    look([parent, child]);
    owed.owe(unread);
    expect(owed.open).toBeNull();
    owed.owe(unread);
    expect(owed.open).not.toBeNull();
    expect(look([parent, child], quiet)).toEqual([]);
    expect(look([parent, child], quiet)).toEqual([unread.target]);
    expect(owed.open).toBeNull();
  });

  it('is nothing that a parent would take over where a sibling created it', () => {
    owed.owe(someProcess(9, { parentId: parent.id, isSibling: true }));
    expect(owed.open).toBeNull();
  });

  it('is open while it is a zombie, however long', () => {
    expect(look([parent], ended)).toEqual([]);
    for (let nth = 0; nth < 5; nth += 1) expect(look([parent], quiet)).toEqual([]);
    expect(owed.open).not.toBeNull();
    faults(parent.pid, 500, 42);
    proc.remove('8');
    expect(look([parent])).toEqual([]);
    expect(owed.open).toBeNull();
  });
});
