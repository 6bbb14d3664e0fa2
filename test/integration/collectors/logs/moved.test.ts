import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasProgram } from '../../../support/programs.ts';
import { elsewhere, stopAll, Watch } from './harness.ts';

const RUNNABLE = process.platform === 'linux' && hasProgram('python3');
if (!RUNNABLE) console.log('skipped: there is no python3 to move the logs, or this is no Linux');

const NOTE = '[PERF] {"perf":"note"}\n';
const LINE = '[PERF] {"perf":"tool_run"}\n';
const BEGIN = `import ctypes, os, shutil, sys
folder, file, line = sys.argv[1:]
away = file + '.away'
def write(path):
    with open(path, 'a') as out: out.write(line)
`;
const SWAP = `os.rename(file, away); write(file); os.unlink(file); os.rename(away, file)
`;

let base: string;
let folder: string;
let file: string;
beforeEach(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'idleproof-moved-')));
  folder = join(base, 'logs');
  mkdirSync(folder);
  file = join(folder, 'app.log');
  writeFileSync(file, NOTE.repeat(20));
  // What follows is told from what was before by its time stamp.
  await sleep(50);
});
afterEach(() => {
  stopAll();
  rmSync(base, { recursive: true, force: true });
});

const move = (script: string): void => elsewhere(BEGIN + script, folder, file, LINE);
const gap = (what: string): string =>
  `${what} was moved, or its owner or permissions changed: another may have been in its place for a while`;

describe.skipIf(!RUNNABLE)('a log that another process moves away and back between two looks', () => {
  it.each<[string, string]>([
    ['by renaming it', SWAP],
    [
      'by a link of its own',
      'os.link(file, away); os.unlink(file); write(file); os.unlink(file); os.rename(away, file)',
    ],
    [
      'by links alone',
      'os.link(file, away); os.unlink(file); write(file); os.unlink(file); os.link(away, file); os.unlink(away)',
    ],
    [
      'by an exchange',
      `def exchange():
    if ctypes.CDLL(None).renameat2(-100, file.encode(), -100, away.encode(), 2) != 0: raise OSError('renameat2')
write(away); exchange(); write(file); exchange(); os.unlink(away)`,
    ],
  ])('is a gap: another may have been in its place (%s)', (_, script) => {
    const watch = new Watch(file, 'perf');
    watch.look();
    move(script);
    expect(watch.look()).toMatchObject({ found: [], reasons: [gap(file)] });
    expect(watch.look()).toMatchObject({ found: [], reasons: [] });
  });

  it('is one where it was written to afterwards, as the kernel tells', async () => {
    const watch = new Watch(file, 'perf');
    watch.look();
    appendFileSync(file, NOTE);
    move(`${SWAP}write(file)`);
    const found: string[] = [];
    const reasons: string[] = [];
    // News of it may come after the next look.
    for (let round = 0; round < 500 && reasons.length === 0; round += 1) {
      const look = watch.look();
      found.push(...look.found);
      reasons.push(...look.reasons);
      await sleep(20);
    }
    expect(found).toEqual(['note', 'tool_run']);
    expect(reasons).toEqual([gap(file)]);
  });

  it('is one where its folder was', () => {
    const watch = new Watch(file, 'perf');
    watch.look();
    move(`os.rename(folder, folder + '.away'); os.mkdir(folder); write(file)
shutil.rmtree(folder); os.rename(folder + '.away', folder)`);
    expect(watch.look()).toMatchObject({ found: [], reasons: [gap(`${folder}, on the way to ${file},`)] });
    expect(watch.look()).toMatchObject({ found: [], reasons: [] });
  });

  it('is one where a look came while it was not there', () => {
    const watch = new Watch(file, 'perf');
    watch.look();
    move('os.rename(file, away)');
    expect(watch.look()).toMatchObject({ found: [], reasons: [] });
    move('write(file); os.unlink(file); os.rename(away, file)');
    expect(watch.look()).toMatchObject({ found: [], reasons: [gap(file)] });
  });

  it('is one where a link was turned to another file and back', () => {
    const link = join(base, 'link.log');
    symlinkSync(file, link);
    const watch = new Watch(link, 'perf');
    watch.look();
    elsewhere(
      `import os, sys
link, file, line = sys.argv[1:]
def turn(to): os.unlink(link); os.symlink(to, link)
turn(file + '.other')
with open(link, 'a') as out: out.write(line)
turn(file)`,
      link,
      file,
      LINE,
    );
    expect(watch.look()).toMatchObject({ found: [], reasons: [gap(`${link}, on the way to ${file},`)] });
    expect(watch.look()).toMatchObject({ found: [], reasons: [] });
  });
});

// Its steps are done by hand as well.
const LOGROTATE = hasProgram('logrotate');

describe.skipIf(!RUNNABLE)('a log that is rotated honestly', () => {
  it('has no gap where it is renamed and made anew with its owner and mode, again and again', async () => {
    const watch = new Watch(file, 'perf');
    watch.look();
    for (let round = 0; round < 4; round += 1) {
      move(`write(file)
for n in range(4, 0, -1):
    if os.path.exists(f'{file}.{n}'): os.rename(f'{file}.{n}', f'{file}.{n + 1}')
os.rename(file, file + '.1')
fd = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
os.fchown(fd, os.getuid(), os.getgid()); os.fchmod(fd, 0o640); os.close(fd)
write(file)`);
      expect(watch.look()).toMatchObject({ found: ['tool_run', 'tool_run'], reasons: [] });
      // What the kernel told comes after the look.
      await sleep(30);
      expect(watch.look()).toMatchObject({ found: [], reasons: [] });
    }
  });

  it('has no gap where others come, go and are written beside it', async () => {
    const watch = new Watch(file, 'perf');
    watch.look();
    move(`write(file)
write(folder + '/other'); os.rename(folder + '/other', folder + '/another'); os.mkdir(folder + '/more')`);
    expect(watch.look()).toMatchObject({ found: ['tool_run'], reasons: [] });
    await sleep(30);
    expect(watch.look()).toMatchObject({ found: [], reasons: [] });
  });

  it('has one where its permissions change, which cannot be told from a move', () => {
    const watch = new Watch(file, 'perf');
    watch.look();
    chmodSync(file, 0o600);
    expect(watch.look().reasons).toEqual([gap(file)]);
  });

  it.skipIf(!LOGROTATE)('by logrotate, with `create` and with `copytruncate`', async () => {
    const watch = new Watch(file, 'perf');
    watch.look();
    for (const [how, gaps] of [
      ['create 0640', []],
      // Of the same size and text again, only its stamp tells.
      ['copytruncate', [expect.stringMatching(/was cut or written anew|did not grow/u)]],
    ] as const) {
      writeFileSync(join(base, 'rotate.conf'), `${file} {\n rotate 5\n ${how}\n}\n`);
      move(`write(file)
import subprocess
subprocess.run(['logrotate', '-f', '-s', folder + '/../state', folder + '/../rotate.conf'], check=True)
write(file)`);
      const first = watch.look();
      await sleep(30);
      expect([...first.reasons, ...watch.look().reasons]).toEqual(gaps);
    }
  });
});
