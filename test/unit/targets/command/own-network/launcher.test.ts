import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listenerCommand, offlineStages } from '../../../../../src/targets/command/own-network/launcher.ts';
import type { NetworkTools } from '../../../../../src/targets/command/own-network/tools.ts';

const TOOLS: NetworkTools = {
  sh: '/bin/sh',
  unshare: '/u',
  setpriv: '/s',
  nsenter: '/n',
  ip: '/bin/true',
  ss: '/ss',
  stdbuf: '/b',
};
/** Prints its arguments, each ended by NUL, instead of dropping rights. */
const PRINT = ['/bin/sh', '-c', String.raw`printf '%s\0' "$@"`, 'print'];

describe('offlineStages', () => {
  it('ends in the command as it was given, through every stage', () => {
    const [first, prepare, last] = offlineStages(TOOLS, false, ['app', '--flag', 'a b']);
    expect(first.slice(-prepare.length)).toEqual(prepare);
    expect(prepare.slice(-last.length)).toEqual(last);
    expect(last.slice(-4)).toEqual(['--', 'app', '--flag', 'a b']);
  });

  it('gives root no user namespace and takes nothing from it', () => {
    const [first] = offlineStages(TOOLS, true, ['app']);
    expect(first.join(' ')).not.toMatch(/--user|caps/);
  });

  it('passes every argument through the shell unchanged', () => {
    fc.assert(
      fc.property(fc.array(fc.string().filter((text) => !text.includes('\0'))), (args) => {
        const [, prepare, last] = offlineStages(TOOLS, true, args);
        const argv = [...prepare.slice(1, -last.length), ...PRINT, ...args];
        const { stdout } = spawnSync('/bin/sh', argv, { encoding: 'utf8' });
        expect(stdout).toBe(args.length === 0 ? '\0' : args.map((arg) => `${arg}\0`).join(''));
      }),
      { numRuns: 20 },
    );
  });
});

describe('listenerCommand', () => {
  it('is there where its programs are', () => {
    expect(listenerCommand(TOOLS, false, 7)?.join(' ')).toContain(
      '/n --user --preserve-credentials --net --target 7',
    );
    expect(listenerCommand({ ...TOOLS, ss: null }, false, 7)).toBeNull();
    expect(listenerCommand({ ...TOOLS, stdbuf: null }, true, 7)).toBeNull();
  });
});
