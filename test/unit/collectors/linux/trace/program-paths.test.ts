import { chmodSync, mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LookReader } from '../../../../../src/collectors/linux/look-reader.ts';
import type { Life, Program } from '../../../../../src/collectors/linux/trace/lives.ts';
import { ProgramPaths } from '../../../../../src/collectors/linux/trace/program-paths.ts';
import { STAMP_GRAIN_MS } from '../../../../../src/os/stamp-grain.ts';
import { type ProcFolder, procFolder, someProcess, statLine } from '../../../../support/proc-folder.ts';

const ELF = '\u007FELF';
/** The process that was there before the trace, and the root that it sees. */
const APP = 100;

let proc: ProcFolder;
/** Another root than ours, as in a container. */
let jail: string;

beforeEach(() => {
  executedMs = Number.POSITIVE_INFINITY;
  proc = procFolder();
  jail = join(proc.root, 'jail');
  const jailed = (path: string, text: string): void => {
    mkdirSync(dirname(join(jail, path)), { recursive: true });
    writeFileSync(join(jail, path), text);
  };
  jailed('usr/bin/busybox', ELF);
  jailed('usr/bin/script', '#!/bin/sh -e\n');
  jailed('usr/bin/odd', '#!sh\n');
  jailed('usr/bin/picture.jar', 'PK');
  symlinkSync('usr/bin', join(jail, 'bin'));
  symlinkSync('/bin/busybox', join(jail, 'usr/bin/sh'));
  proc.write(`${APP}/stat`, statLine(APP));
  proc.link(`${APP}/root`, jail);
});
afterEach(() => proc.remove());

const app: Life = {
  pid: APP,
  bornNs: null,
  diedNs: null,
  name: 'app',
  program: null,
  parent: null,
  hasExecuted: false,
  hasOwnMounts: false,
  isSibling: false,
  process: someProcess(APP),
};

const program = (filename: string): Program => ({ filename, atNs: 2e9, path: null });

/** One that was created by the app, executed this, and is gone. */
const gone = (filename: string, over: Partial<Life> = {}): Life & { program: Program } => ({
  ...app,
  pid: 200,
  bornNs: 2e9,
  diedNs: 3e9,
  parent: app,
  process: null,
  ...over,
  program: program(filename),
});

/** Executed at the time of the trace that is this one by the wall clock; mostly long after all files were put there. */
let executedMs = Number.POSITIVE_INFINITY;
const paths = (): ProgramPaths => new ProgramPaths(new LookReader(proc.procfs), () => executedMs);
const pathOf = (life: Life & { program: Program }): string => paths().of(life, life.program);

describe('the program of a process that is gone', () => {
  it.each([
    ['by a link', '/bin/sh'],
    ['as it is', '/usr/bin/busybox'],
    ['by a script, whose interpreter is executed', '/bin/script'],
  ])('is looked up in the root of its parent: %s', (_, filename) => {
    expect(pathOf(gone(filename))).toBe(`${jail}/usr/bin/busybox`);
  });

  it.each([
    ['a relative path, whose folder nobody knows any more', './sh'],
    ['a descriptor of its own', '/dev/fd/3'],
    ['its own program', '/proc/self/exe'],
    ['a file that is not there any more', '/usr/bin/gone'],
    ['what the kernel executes by somebody else', '/usr/bin/picture.jar'],
    ['a script with an interpreter by a relative path', '/usr/bin/odd'],
    ['a folder', '/usr/bin'],
  ])('is marked where it cannot be told: %s', (_, filename) => {
    expect(pathOf(gone(filename))).toBe(`${filename} (unresolved)`);
  });

  it('is marked where it had mounts of its own', () => {
    expect(pathOf(gone('/bin/sh', { hasOwnMounts: true }))).toBe('/bin/sh (unresolved)');
  });

  it('is marked where everybody whose root it had is gone, or their number was given to another', () => {
    const parent = { ...app, diedNs: 4e9 };
    expect(pathOf(gone('/bin/sh', { parent }))).toBe('/bin/sh (unresolved)');
    proc.write(`${APP}/stat`, statLine(APP, { start: 777 }));
    expect(pathOf(gone('/bin/sh'))).toBe('/bin/sh (unresolved)');
  });

  it('is looked up in the root of a grandparent where its parent is gone, too', () => {
    const parent = gone('/bin/sh', { pid: 150 });
    expect(pathOf(gone('/bin/sh', { parent }))).toBe(`${jail}/usr/bin/busybox`);
  });

  it('is marked where it would have to be cut, and harmless for a line', () => {
    const deep = `/usr/bin/../bin${'/.'.repeat(600)}/sh`;
    expect(pathOf(gone(deep))).toBe(`${jail}/usr/bin/busybox`);
    expect(pathOf(gone(`/tmp/\u202E${'x'.repeat(5000)}`))).toMatch(
      /^\/tmp\/\\u202ex{900,1000} \(unresolved\)$/u,
    );
  });

  it('is marked where it may not be read', ({ skip }) => {
    if (process.geteuid?.() === 0) {
      console.log('skipped: root reads everything');
      skip();
    }
    chmodSync(join(jail, 'usr/bin/busybox'), 0o111);
    expect(pathOf(gone('/bin/sh'))).toBe('/bin/sh (unresolved)');
  });
});

describe('the program of a process that lives', () => {
  const living = (filename: string): Life & { program: Program } => gone(filename, { diedNs: null });

  it('is what /proc says, however it was asked for', () => {
    proc.write('200/stat', statLine(200, { start: 200 }));
    proc.link('200/exe', '/opt/java/bin/java (deleted)');
    proc.write('200/comm', 'picture.jar\n');
    expect(pathOf(living('./picture.jar'))).toBe('/opt/java/bin/java');
  });

  it('is marked where it may have executed another one since the trace was read', () => {
    proc.write('200/stat', statLine(200, { start: 200 }));
    proc.link('200/exe', '/usr/bin/curl');
    proc.write('200/comm', 'curl\n');
    expect(pathOf(living('/bin/sh'))).toBe('/bin/sh (unresolved)');
    expect(pathOf(living('./a-name-of-more-than-15-bytes'))).toBe(
      './a-name-of-more-than-15-bytes (unresolved)',
    );
    proc.write('200/comm', 'a-name-of-more-\n');
    expect(pathOf(living('./a-name-of-more-than-15-bytes'))).toBe('/usr/bin/curl');
    // Whoever calls himself otherwise runs what was asked for nevertheless.
    proc.link('200/root', jail);
    proc.link('200/exe', `${jail}/usr/bin/busybox`);
    proc.write('200/comm', 'MainThread\n');
    expect(pathOf(living('/bin/sh'))).toBe(`${jail}/usr/bin/busybox`);
  });

  it('is not that of another process with its number', () => {
    proc.write('200/stat', statLine(200, { start: 777 }));
    proc.link('200/exe', '/opt/other');
    expect(pathOf(living('/bin/sh'))).toBe(`${jail}/usr/bin/busybox`);
  });

  it('is not what it executed afterwards', () => {
    proc.write('200/stat', statLine(200, { start: 200 }));
    proc.link('200/root', jail);
    proc.link('200/exe', '/opt/later');
    const life = living('/opt/later');
    expect(paths().of(life, program('/bin/sh'))).toBe(`${jail}/usr/bin/busybox`);
  });
});

describe('a path that leads elsewhere since', () => {
  it.each<[string, () => void]>([
    [
      'a link that was turned',
      () => {
        unlinkSync(join(jail, 'usr/bin/sh'));
        symlinkSync('busybox', join(jail, 'usr/bin/sh'));
      },
    ],
    [
      'a link that was moved away and back',
      () => {
        renameSync(join(jail, 'usr/bin/sh'), join(jail, 'away'));
        renameSync(join(jail, 'away'), join(jail, 'usr/bin/sh'));
      },
    ],
    [
      'a folder that another has taken the place of',
      () => {
        renameSync(join(jail, 'usr'), join(jail, 'away'));
        renameSync(join(jail, 'away'), join(jail, 'usr'));
      },
    ],
    ['a program that was written anew', () => writeFileSync(join(jail, 'usr/bin/busybox'), ELF)],
  ])('is marked: %s', async (_, change) => {
    expect(pathOf(gone('/bin/sh'))).toBe(`${jail}/usr/bin/busybox`);
    await sleep(2 * STAMP_GRAIN_MS);
    executedMs = Date.now();
    expect(pathOf(gone('/bin/sh'))).toBe(`${jail}/usr/bin/busybox`);
    change();
    expect(pathOf(gone('/bin/sh'))).toBe('/bin/sh (unresolved)');
  });

  it.each(['.', 'usr', 'usr/bin'])('is not one beside which others come and go: %s', async (folder) => {
    await sleep(2 * STAMP_GRAIN_MS);
    executedMs = Date.now();
    writeFileSync(join(jail, folder, 'new'), '');
    expect(pathOf(gone('/usr/bin/busybox'))).toBe(`${jail}/usr/bin/busybox`);
  });
});

describe('a storm of programs', () => {
  it('is looked up once a path and look, and bounded', () => {
    const programs = paths();
    const found = Array.from({ length: 300 }, (_, index) => {
      const name = `/usr/bin/tool-${index}`;
      writeFileSync(join(jail, name), ELF);
      const life = gone(name);
      return programs.of(life, life.program);
    });
    expect(found.filter((path) => path.endsWith('(unresolved)'))).toHaveLength(100);
    expect(programs.of(gone('/usr/bin/tool-0'), program('/usr/bin/tool-0'))).toBe(`${jail}/usr/bin/tool-0`);
    programs.forget();
    expect(programs.of(gone('/usr/bin/tool-299'), program('/usr/bin/tool-299'))).toBe(
      `${jail}/usr/bin/tool-299`,
    );
  });
});
