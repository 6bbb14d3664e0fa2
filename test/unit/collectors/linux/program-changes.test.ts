import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LookReader } from '../../../../src/collectors/linux/look-reader.ts';
import { ProcessesCollector } from '../../../../src/collectors/linux/processes.ts';
import type { Look, Observations } from '../../../../src/model/collector.ts';
import type { WatchedProcess } from '../../../../src/model/process.ts';
import { type ProcFolder, procFolder, someProcess, statLine } from '../../../support/proc-folder.ts';
import { lookAt } from './look.ts';

let proc: ProcFolder;
let app: WatchedProcess;

beforeEach(() => {
  proc = procFolder();
  proc.write('stat', 'processes 4711\n');
  proc.write('self/mountinfo', '');
  app = someProcess(7);
  runs(7, '/bin/app', 111);
});
afterEach(() => proc.remove());

/** @param stack where its stack begins; 0: that may not be seen */
function runs(pid: number, exe: string, stack: number, name = 'app'): void {
  const line = statLine(pid).trimEnd().replace('(app)', `(${name})`);
  proc.write(`${pid}/stat`, `${line} 1 1 1 ${stack}${' 0'.repeat(20)}\n`);
  proc.write(`${pid}/cmdline`, `${name}\0-x\0`);
  proc.write(`${pid}/cgroup`, '0::/\n');
  proc.link(`${pid}/exe`, exe);
}

const collector = (): ProcessesCollector => new ProcessesCollector(new LookReader(proc.procfs));
const told = (one: ProcessesCollector, over?: Partial<Look>, processes = [app]): Observations =>
  one.sample(lookAt(processes, over));
const programs = ({ activities = [] }: Observations): unknown[] =>
  activities.map((one) => one.kind === 'process' && [one.op, one.exe, one.replaced]);

describe('a process that is looked at', () => {
  it('has executed another program where its memory is laid out anew, the same one too', () => {
    const one = collector();
    expect(programs(told(one, { previousMs: null }))).toEqual([]);
    expect(programs(told(one))).toEqual([]);
    runs(7, '/bin/other', 222, 'other');
    const seen = told(one);
    expect(programs(seen)).toEqual([['spawn', '/bin/other', '/bin/app']]);
    expect(seen.activities).toMatchObject([{ collector: 'processes', processId: 7, atMs: 2000 }]);
    expect(seen.processes).toEqual([app]);
    const program = { name: 'other', cmdline: 'other -x', exe: '/bin/other' };
    expect(app.executions).toEqual([{ atMs: 1000, program }]);
    expect(programs(told(one))).toEqual([]);
    runs(7, '/bin/other', 333, 'other');
    expect(programs(told(one))).toEqual([['spawn', '/bin/other', '/bin/other']]);
  });

  it('is told of once where a trace has told of it', () => {
    const one = collector();
    told(one, { previousMs: null });
    runs(7, '/bin/other', 222);
    app.executions = [{ atMs: 1500, program: { name: 'other', cmdline: '', exe: '/bin/other' } }];
    expect(programs(told(one))).toEqual([]);
    runs(7, '/bin/third', 333);
    expect(programs(told(one))).toEqual([['spawn', '/bin/third', '/bin/other']]);
  });

  it('has executed another one between the moment when it was found and that at which it is looked at', () => {
    runs(7, '/bin/other', 222);
    expect(programs(told(collector(), { previousMs: null }))).toEqual([['spawn', '/bin/other', '/bin/app']]);
  });

  it('says so where its memory may not be seen, and fails where its name changes', () => {
    runs(7, '/bin/app', 0);
    const one = collector();
    const seen = told(one, { previousMs: null });
    expect(seen).toMatchObject({ processes: [{ id: 7, hidesPrograms: true }], failures: [] });
    runs(7, '/bin/app', 0, 'other');
    const changed = told(one);
    expect(changed.processes).toEqual([]);
    expect(changed.failures).toMatchObject([
      { target: 'app', reason: 'app (pid 7) has changed its name: it may have executed another program' },
    ]);
  });

  it('says so where its first thread had ended before it was looked at, and another may execute a program', () => {
    proc.write('7/stat', statLine(7, { state: 'Z', threads: 2 }));
    const seen = told(collector(), { previousMs: null });
    expect(seen).toMatchObject({ processes: [{ id: 7, hidesPrograms: true }], failures: [] });
  });

  it('has executed another program where its first thread ended after it was looked at', () => {
    const one = collector();
    told(one, { previousMs: null });
    proc.write('7/stat', statLine(7, { state: 'Z', threads: 2 }));
    expect(told(one)).toMatchObject({ activities: [], processes: [], failures: [] });
    runs(7, '/bin/other', 222);
    expect(programs(told(one))).toEqual([['spawn', '/bin/other', '/bin/app']]);
  });

  it('is left alone when it has ended and nobody has waited for it', () => {
    const one = collector();
    told(one, { previousMs: null });
    proc.write('7/stat', statLine(7, { state: 'Z' }));
    expect(told(one)).toMatchObject({ activities: [], processes: [], failures: [] });
  });
});

describe('a process that is created', () => {
  const child = (): WatchedProcess =>
    someProcess(8, { id: 8, parentId: 7, startedAtMs: 1_990, membership: 'child' });

  it('is one start with the program that it is about to execute', () => {
    const one = collector();
    told(one, { previousMs: null });
    const fresh = child();
    runs(8, '/bin/app', 111);
    expect(programs(told(one, { started: [fresh] }, [app, fresh]))).toEqual([]);
    expect(one.dueAtMs()).toBe(0);
    // Targets correct what they know of it when it has run again.
    fresh.exe = '/bin/sh';
    runs(8, '/bin/sh', 222);
    expect(programs(told(one, { nowMs: 3000 }, [app, fresh]))).toEqual([['spawn', '/bin/sh', undefined]]);
    runs(8, '/bin/curl', 333);
    expect(programs(told(one, { nowMs: 4000 }, [app, fresh]))).toEqual([['spawn', '/bin/curl', '/bin/sh']]);
  });

  it.each<[string, Partial<Look>, number]>([
    ['at the last look of a window', { full: true }, 1_990],
    ['where it has had its time', {}, 500],
  ])('is not waited for %s', (_, over, startedAtMs) => {
    const one = collector();
    told(one, { previousMs: null });
    const fresh = { ...child(), startedAtMs };
    runs(8, '/bin/app', 111);
    const seen = told(one, { ...over, started: [fresh] }, [app, fresh]);
    expect(programs(seen)).toEqual([['spawn', '/bin/app', undefined]]);
    runs(8, '/bin/sh', 222);
    const later = told(one, { nowMs: 3000 }, [app, fresh]);
    expect(programs(later)).toEqual([['spawn', '/bin/sh', '/bin/app']]);
  });

  it('is told with its end where it did not last until the next look', () => {
    const one = collector();
    told(one, { previousMs: null });
    const fresh = child();
    runs(8, '/bin/app', 111);
    told(one, { started: [fresh] }, [app, fresh]);
    const ended = [{ process: fresh, exitCode: null }];
    expect(programs(told(one, { nowMs: 3000, ended }))).toEqual([
      ['spawn', '/bin/app', undefined],
      ['exit', '/bin/app', undefined],
    ]);
  });
});
