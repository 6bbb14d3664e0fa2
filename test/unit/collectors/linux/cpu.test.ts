import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CpuCollector } from '../../../../src/collectors/linux/cpu.ts';
import { type ProcFolder, procFolder, someProcess, statLine } from '../../../support/proc-folder.ts';
import { lookAt } from './look.ts';

let proc: ProcFolder;
let clocks: Map<number, number>;
const clock = (pid: number): number | null => clocks.get(pid) ?? null;

beforeEach(() => {
  proc = procFolder();
  clocks = new Map([[7, 1000]]);
  proc.write('7/stat', statLine(7, { reaped: 3 }));
  proc.write('7/status', 'State:\tS\nSigIgn:\t0\n');
});
afterEach(() => proc.remove());

describe('the gate', () => {
  it('moves when it is new and when the clock moved, and not otherwise', () => {
    const gate = new CpuCollector(proc.procfs, clock);
    const app = someProcess(7);
    expect(gate.gate([app])).toEqual({ moved: new Set([7]), gone: new Set() });
    expect(gate.gate([app])).toEqual({ moved: new Set(), gone: new Set() });
    clocks.set(7, 1001);
    expect(gate.gate([app]).moved).toEqual(new Set([7]));
  });

  it('gives up a process that ended', () => {
    const gate = new CpuCollector(proc.procfs, clock);
    gate.gate([someProcess(7)]);
    clocks.delete(7);
    proc.remove('7');
    expect(gate.gate([someProcess(7)])).toEqual({ moved: new Set(), gone: new Set([7]) });
  });

  it.each([
    ['further back', 5],
    ['further on', 5000],
  ])('does not go on with another process of that pid whose clock is %s', (_, ns) => {
    const gate = new CpuCollector(proc.procfs, clock);
    gate.gate([someProcess(7)]);
    clocks.set(7, ns);
    proc.write('7/stat', statLine(7, { start: 101 }));
    expect(gate.gate([someProcess(7)])).toEqual({ moved: new Set(), gone: new Set([7]) });
  });

  it('takes a live process whose clock cannot be read as moved, at every call, and says so', () => {
    clocks.delete(7);
    const cpu = new CpuCollector(proc.procfs, clock);
    const app = someProcess(7);
    expect(cpu.probe([app])).toMatchObject({ status: 'partial' });
    for (let call = 0; call < 2; call += 1) {
      expect(cpu.gate([app])).toEqual({ moved: new Set([7]), gone: new Set() });
    }
    const { metrics, failures } = cpu.sample(lookAt([app]));
    expect(metrics?.get(7)).not.toHaveProperty('cpuNs');
    expect(failures).toHaveLength(1);
  });

  it('forgets processes that are no longer watched', () => {
    clocks.set(8, 1);
    proc.write('8/stat', statLine(8));
    const gate = new CpuCollector(proc.procfs, clock);
    gate.gate([someProcess(7), someProcess(8)]);
    gate.gate([someProcess(7)]);
    expect(gate.gate([someProcess(7), someProcess(8)]).moved).toEqual(new Set([8]));
  });
});

describe('the collector', () => {
  it('tells the CPU time of those that moved, and of children that were waited for', () => {
    const cpu = new CpuCollector(proc.procfs, clock);
    const app = someProcess(7);
    cpu.gate([app]);
    expect(cpu.sample(lookAt([app])).metrics?.get(7)).toEqual({ cpuNs: 1000, reapedCpuNs: 30e6 });
    expect(cpu.sample(lookAt([app], { moved: new Set() }))).toEqual({});
    expect(cpu.stop()).toEqual({ status: 'ok', tier: 'counter', reason: null, lost: 0 });
  });

  it('says that it loses the children’s time where SIGCHLD is ignored', () => {
    proc.write('7/status', 'State:\tS\nSigIgn:\t0000000000010000\n');
    const cpu = new CpuCollector(proc.procfs, clock);
    cpu.gate([someProcess(7)]);
    cpu.sample(lookAt([someProcess(7)]));
    expect(cpu.stop()).toMatchObject({ tier: 'sampled', reason: expect.stringContaining('SIGCHLD') });
  });

  it('without the native clock sums the threads, never runs backwards, and is only sampled', () => {
    proc.write('7/task/7/schedstat', '500 0 1\n');
    proc.write('7/task/8/schedstat', '300 0 1\n');
    const cpu = new CpuCollector(proc.procfs);
    const read = (): number | undefined => {
      cpu.gate([someProcess(7)]);
      return cpu.sample(lookAt([someProcess(7)])).metrics?.get(7)?.cpuNs;
    };
    expect(read()).toBe(800);
    proc.remove('7/task/8');
    expect(read()).toBe(800);
    proc.write('7/task/7/schedstat', '600 0 1\n');
    expect(read()).toBe(900);
    expect(cpu.stop()).toMatchObject({ status: 'ok', tier: 'sampled' });
  });
});
