import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { IoCollector } from '../../../../src/collectors/linux/io.ts';
import { LookReader } from '../../../../src/collectors/linux/look-reader.ts';
import { MemoryCollector } from '../../../../src/collectors/linux/memory.ts';
import { WakeupsCollector } from '../../../../src/collectors/linux/wakeups.ts';
import {
  type ProcFolder,
  procFolder,
  recorded,
  someProcess,
  statLine,
} from '../../../support/proc-folder.ts';
import { lookAt } from './look.ts';

let proc: ProcFolder;
const app = someProcess(7);
const status = (switches: number, rss = 100, huge = 0): string =>
  `State:\tS\nVmHWM:\t  300 kB\nVmRSS:\t  ${rss} kB\nHugetlbPages:\t  ${huge} kB\nSigIgn:\t0\nvoluntary_ctxt_switches:\t${switches}\n`;

beforeEach(() => {
  proc = procFolder();
  proc.write('7/stat', statLine(7));
  proc.write('7/status', status(5));
  proc.write('7/smaps_rollup', recorded('smaps_rollup'));
  proc.write('7/io', 'rchar: 5\nread_bytes: 4096\nwrite_bytes: 8192\n');
  proc.link('7/fd/0', '/dev/null');
});
afterEach(() => proc.remove());

const quiet = { moved: new Set<number>() };

describe('memory', () => {
  const pss = (memory: MemoryCollector, over: Parameters<typeof lookAt>[1]): number | undefined =>
    memory.sample(lookAt([app], over)).metrics?.get(7)?.pssBytes;

  it('tells rss, peak and pss', () => {
    const { metrics } = new MemoryCollector(new LookReader(proc.procfs)).sample(lookAt([app]));
    expect(metrics?.get(7)).toEqual({ rssBytes: 102400, peakRssBytes: 307200, pssBytes: expect.any(Number) });
  });

  it('reads the PSS of a process that runs at most every 10 s', () => {
    const memory = new MemoryCollector(new LookReader(proc.procfs));
    expect(pss(memory, { nowMs: 1000 })).toBeDefined();
    expect(pss(memory, { nowMs: 5000 })).toBeUndefined();
    expect(pss(memory, { nowMs: 6000, full: true })).toBeDefined();
    expect(pss(memory, { nowMs: 600_000 })).toBeDefined();
  });

  it('reads that of a sleeping one whenever everything is read, since others can change it', () => {
    const memory = new MemoryCollector(new LookReader(proc.procfs));
    pss(memory, { nowMs: 1000, full: true });
    expect(pss(memory, { nowMs: 31_000, ...quiet })).toBeUndefined();
    expect(pss(memory, { nowMs: 31_000, full: true, ...quiet })).toBeDefined();
    expect(pss(memory, { nowMs: 33_000, full: true, ...quiet })).toBeDefined();
  });

  it('reads that of one that has taken huge pages at once, and counts them', () => {
    const memory = new MemoryCollector(new LookReader(proc.procfs));
    const before = pss(memory, { nowMs: 1000 }) ?? Number.NaN;
    proc.write('7/status', status(5, 100, 4096));
    const huge = recorded('smaps_rollup')
      .toString()
      .replace(/^Private_Hugetlb: .*$/mu, 'Private_Hugetlb: 4096 kB');
    proc.write('7/smaps_rollup', huge);
    expect(pss(memory, { nowMs: 2000 })).toBe(before + 4096 * 1024);
    expect(pss(memory, { nowMs: 3000 })).toBeUndefined();
  });

  it('leaves out what a zombie does not have', () => {
    proc.write('7/status', 'State:\tZ\n');
    proc.remove('7/smaps_rollup');
    expect(new MemoryCollector(new LookReader(proc.procfs)).sample(lookAt([app]))).toEqual({
      metrics: new Map(),
    });
  });

  it('counts each DRM client once, and is silent without one', () => {
    const text = (client: number): string => `drm-client-id: ${client}\ndrm-resident-vram: 10 KiB\n`;
    for (const [fd, client] of [
      ['3', 1],
      ['4', 1],
      ['5', 2],
    ] as const) {
      proc.link(`7/fd/${fd}`, '/dev/dri/renderD128');
      proc.write(`7/fdinfo/${fd}`, text(client));
    }
    proc.write('7/fdinfo/0', text(9));
    const read = () => new MemoryCollector(new LookReader(proc.procfs)).sample(lookAt([app])).metrics?.get(7);
    expect(read()?.gpuBytes).toBe(20 * 1024);
    proc.remove('7/fdinfo');
    expect(read()).not.toHaveProperty('gpuBytes');
  });
});

describe('io', () => {
  it('tells bytes and open files', () => {
    const { metrics } = new IoCollector(new LookReader(proc.procfs), () => null).sample(lookAt([app]));
    expect(metrics?.get(7)).toMatchObject({
      readBytes: 4096,
      writtenBytes: 8192,
      openFiles: expect.any(Number),
    });
  });

  it('leaves out what the kernel does not tell', () => {
    proc.write('7/io', 'rchar: 5\n');
    const { metrics } = new IoCollector(new LookReader(proc.procfs), () => null).sample(lookAt([app]));
    expect(metrics?.get(7)).not.toHaveProperty('readBytes');
    expect(metrics?.get(7)).not.toHaveProperty('writtenBytes');
  });

  it('reads nothing of a process that did not run', () => {
    const io = new IoCollector(new LookReader(proc.procfs), () => null);
    expect(io.sample(lookAt([app], { ...quiet, full: true }))).toEqual({});
  });
});

describe('wakeups', () => {
  const thread = (tid: number, switches: number, ns = 0): void => {
    proc.write(`7/task/${tid}/status`, status(switches));
    proc.write(`7/task/${tid}/schedstat`, `${ns} 0 1\n`);
  };
  const read = (wakeups: WakeupsCollector) => wakeups.sample(lookAt([app])).metrics?.get(7);

  it('sums all threads', () => {
    thread(7, 10, 100);
    thread(8, 5, 100);
    const wakeups = new WakeupsCollector(new LookReader(proc.procfs), () => 200);
    expect(read(wakeups)).toEqual({ wakeups: 15, threads: 2 });
    expect(wakeups.stop()).toMatchObject({ status: 'ok', tier: 'counter' });
  });

  it('keeps the count of a thread that ended, and says that it is a lower bound', () => {
    thread(7, 10, 100);
    thread(8, 5, 100);
    const wakeups = new WakeupsCollector(new LookReader(proc.procfs), () => 200);
    read(wakeups);
    proc.remove('7/task/8');
    thread(7, 11, 100);
    expect(read(wakeups)).toEqual({ wakeups: 16, threads: 1 });
    thread(8, 2, 0);
    expect(read(wakeups)).toEqual({ wakeups: 18, threads: 2 });
    expect(wakeups.stop()).toMatchObject({
      tier: 'sampled',
      reason: expect.stringContaining('thread of app (pid 7) ended'),
    });
  });

  it('notices threads that came and went between two looks by the CPU time that they left', () => {
    thread(7, 10, 100);
    let total = 100;
    const wakeups = new WakeupsCollector(new LookReader(proc.procfs), () => total);
    read(wakeups);
    total = 150;
    thread(7, 11, 120);
    read(wakeups);
    expect(wakeups.stop()).toMatchObject({
      tier: 'sampled',
      reason: expect.stringContaining('come and gone'),
    });
  });

  it('is only sampled once a process ended, and without the native clock', () => {
    const ended = new WakeupsCollector(new LookReader(proc.procfs), () => 1);
    ended.sample(lookAt([], { ended: [{ process: app, exitCode: null }] }));
    expect(ended.stop().tier).toBe('sampled');
    expect(new WakeupsCollector(new LookReader(proc.procfs), null).stop().tier).toBe('sampled');
  });

  it('does not guess where the kernel does not count', () => {
    proc.write('7/task/7/status', 'State:\tS\n');
    expect(read(new WakeupsCollector(new LookReader(proc.procfs), () => 1))).toEqual({ threads: 1 });
  });
});
