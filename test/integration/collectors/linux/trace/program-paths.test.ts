import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LookReader } from '../../../../../src/collectors/linux/look-reader.ts';
import { Lives } from '../../../../../src/collectors/linux/trace/lives.ts';
import { ProgramPaths } from '../../../../../src/collectors/linux/trace/program-paths.ts';
import { ProgramStarts } from '../../../../../src/collectors/linux/trace/program-starts.ts';
import { TracedProcesses } from '../../../../../src/collectors/linux/trace/traced-processes.ts';
import { systemClock } from '../../../../../src/os/clock.ts';
import { Procfs } from '../../../../../src/os/procfs.ts';
import { type Driver, startDriver } from '../../../../support/driver.ts';
import { hasTrace, Tracing } from '../../../../support/tracing.ts';
import { watched } from '../../../../support/watching.ts';

let folder: string;
const folders: string[] = [];
let driver: Driver | undefined;
let tracing: Tracing | undefined;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'idleproof-programs-')));
});
afterEach(async () => {
  tracing?.close();
  tracing = undefined;
  await driver?.stop();
  driver = undefined;
  for (const one of [folder, ...folders.splice(0)]) rmSync(one, { recursive: true, force: true });
});

/** The programs of children that came and went while a process did something. */
async function programsWhile(statement: string): Promise<(string | null)[]> {
  const running = (driver ??= await startDriver());
  tracing?.close();
  tracing = new Tracing([running.pid], {
    events: ['sched/sched_process_exec', 'sched/sched_process_exit', 'task/task_newtask'],
  });
  const lives = new Lives();
  lives.adopt(watched(running.pid, { exe: '/driver' }), [running.pid]);
  await running.run(statement);
  for (const record of tracing.records()) lives.record(record);
  const reader = new LookReader(new Procfs());
  const clock = systemClock();
  const programs = new ProgramPaths(reader, (ns) => clock.fromBootNs(ns));
  let lastId = 0;
  const processes = new TracedProcesses(
    (glimpse) => ({ process: { id: (lastId += 1), ...glimpse }, isWatched: false }),
    (ns) => ns / 1e6,
    {
      startTicksOf: (pid) => reader.startTicks(pid),
      cmdlineOf: (pid) => reader.cmdline(pid),
      pathOf: (life, program) => programs.of(life, program),
    },
  );
  const toMs = (ns: number): number => ns / 1e6;
  return new ProgramStarts({ lives, processes, toMs, isWhole: () => true })
    .take(lives.take(Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER, true)
    .filter(({ op }) => op === 'spawn')
    .map(({ exe }) => exe);
}

/** What /proc says of a process that was executed so and lives long enough to be asked. */
async function exeOf(command: string): Promise<string> {
  const running = (driver ??= await startDriver());
  // Beside the programs it would look as if something was changed among these.
  const own = realpathSync(mkdtempSync(join(tmpdir(), 'idleproof-asked-')));
  folders.push(own);
  const link = join(own, 'asked');
  await running.run(
    [
      `p = subprocess.Popen([${JSON.stringify(command)}], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)`,
      // subprocess returns when the program was executed.
      `os.symlink(os.readlink('/proc/%d/exe' % p.pid), ${JSON.stringify(link)})`,
      'p.stdin.close(); p.wait()',
    ].join('; '),
  );
  const found = readlinkSync(link);
  return found;
}

/** What was made in the same moment as it is executed could have been made after it. */
const aged = (): Promise<void> => sleep(200);

const run = (command: string): string =>
  `subprocess.run([${JSON.stringify(command)}], input=b'', capture_output=True, check=True)`;

describe.skipIf(!hasTrace())('a program that ran shortly', () => {
  it('has the path that one that is looked at has: by a link, as it is, by a script', async () => {
    const script = join(folder, 'script');
    const link = join(folder, 'link');
    // It reads what it is sent first, so that it lasts until it is looked at.
    writeFileSync(script, '#! /bin/cat -\n', { mode: 0o755 });
    symlinkSync('/bin/cat', link);
    await aged();
    for (const command of ['/bin/cat', realpathSync('/bin/cat'), script, link]) {
      const looked = await exeOf(command);
      expect(await programsWhile(run(command))).toEqual([looked]);
      expect(looked).toBe(realpathSync('/bin/cat'));
    }
  });

  it('has that of its own root, as it is seen from ours', async () => {
    const jail = join(folder, 'jail');
    const place = (from: string, to: string): void => {
      mkdirSync(dirname(join(jail, to)), { recursive: true });
      copyFileSync(from, join(jail, to));
    };
    place('/bin/cat', '/tools/cat');
    for (const [library] of execFileSync('ldd', ['/bin/cat'], { encoding: 'utf8' }).matchAll(/\/\S+/gu)) {
      place(library, library);
    }
    symlinkSync('/tools', join(jail, 'bin'));
    await aged();
    driver = await startDriver();
    await driver.run(`os.chroot(${JSON.stringify(jail)})`);
    expect(await programsWhile(run('/bin/cat'))).toEqual([`${jail}/tools/cat`]);
  });

  it('is marked where a link that it was executed by, or a file, was turned to another since', async () => {
    // What is put into a folder leaves what it lies in untouched; into the one above these, others may put something at any time.
    const changing = join(folder, 'changing');
    mkdirSync(changing);
    const link = join(changing, 'turned');
    const file = join(changing, 'file');
    const kept = join(folder, 'kept');
    symlinkSync('/bin/cat', link);
    symlinkSync('/bin/cat', kept);
    copyFileSync('/bin/cat', file);
    copyFileSync('/bin/true', `${file}-new`);
    await aged();
    const statements = [
      run(kept),
      run(link),
      `os.unlink(${JSON.stringify(link)}); os.symlink('/bin/true', ${JSON.stringify(link)})`,
      run(file),
      `os.rename(${JSON.stringify(`${file}-new`)}, ${JSON.stringify(file)})`,
    ];
    expect(await programsWhile(statements.join('; '))).toEqual([
      realpathSync('/bin/cat'),
      `${link} (unresolved)`,
      `${file} (unresolved)`,
    ]);
  });

  it('is told as it was asked for where nobody can tell any more to what that led', async () => {
    const link = join(folder, 'gone');
    symlinkSync('/bin/cat', link);
    symlinkSync('/bin/cat', join(folder, 'here'));
    const statements = [
      run(link),
      `os.unlink(${JSON.stringify(link)})`,
      `subprocess.run(['./here'], input=b'', cwd=${JSON.stringify(folder)})`,
    ];
    expect(await programsWhile(statements.join('; '))).toEqual([
      `${link} (unresolved)`,
      './here (unresolved)',
    ]);
  });
});
