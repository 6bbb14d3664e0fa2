import { describe, expect, it } from 'vitest';
import { Lives } from '../../../../../src/collectors/linux/trace/lives.ts';
import { TracedProcesses } from '../../../../../src/collectors/linux/trace/traced-processes.ts';
import type { KernelRecord } from '../../../../../src/model/kernel-record.ts';
import type { WatchedProcess } from '../../../../../src/model/process.ts';
import { someProcess } from '../../../../support/proc-folder.ts';

const exec = (filename: string, atNs: number): KernelRecord => ({
  event: 'exec',
  context: 'task',
  tid: 100,
  oldTid: 100,
  filename,
  atNs,
});

/** A watched process that executes these, all between two looks. */
function executing(...filenames: string[]): { process: WatchedProcess; told: WatchedProcess[] } {
  const process = someProcess(100);
  const lives = new Lives();
  lives.adopt(process, [100]);
  for (const [index, filename] of filenames.entries()) lives.record(exec(filename, (index + 1) * 1e6));
  const processes = new TracedProcesses(
    () => null,
    (ns) => ns / 1e6,
    {
      startTicksOf: () => null,
      cmdlineOf: () => 'curl -s x',
      pathOf: (_, { filename }) => `/resolved${filename}`,
    },
  );
  processes.executed(lives.take(1e9).executed);
  return { process, told: processes.takeEnlisted() };
}

describe('programs that a watched process executes', () => {
  it('are told with their times; the command line is that of the last one, and of the others not known', () => {
    const { process, told } = executing('/bin/sh', '/usr/bin/curl');
    expect(told.at(-1)).toBe(process);
    expect(process.executions).toEqual([
      { atMs: 1, program: { name: 'sh', cmdline: '', exe: '/resolved/bin/sh' } },
      { atMs: 2, program: { name: 'curl', cmdline: 'curl -s x', exe: '/resolved/usr/bin/curl' } },
    ]);
  });

  it('are bounded: after a hundred nobody says which it is', () => {
    const { executions = [] } = executing(...Array<string>(500).fill('/bin/sh')).process;
    expect(executions).toHaveLength(101);
    expect(executions.filter(({ program }) => program === null)).toEqual([{ atMs: 101, program: null }]);
  });
});
