import { closeSync, mkdtempSync, openSync, realpathSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Leaderless } from '../../../support/leaderless.ts';
import { hasProgram } from '../../../support/programs.ts';
import { stopAll, Watch } from './harness.ts';

let folder: string;
let file: string;
let held: number[];

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'idleproof-logs-')));
  file = join(folder, 'app.log');
  held = [openSync(file, 'a')];
});
afterEach(() => {
  stopAll();
  for (const fd of held) closeSync(fd);
  rmSync(folder, { recursive: true, force: true });
});

/** By this very process. */
const look = (watch: Watch): string[] => watch.look(true, [process.pid]).reasons;

describe('a log that the target holds open', () => {
  it('is a gap where the target also holds a deleted one of that name', () => {
    unlinkSync(file);
    held.push(openSync(file, 'a'));
    expect(look(new Watch(file))).toEqual([
      `python3 (pid ${process.pid}) holds a deleted ${file}: what it writes goes where nobody else can read it`,
    ]);
  });

  it.skipIf(!hasProgram('python3'))('is a gap where the first thread of who holds it has ended', async () => {
    const app = new Leaderless([file]);
    unlinkSync(file);
    held.push(openSync(file, 'a'));
    const { reasons } = new Watch(file).look(true, [app.pid]);
    await app.stop();
    expect(reasons).toEqual([
      `python3 (pid ${app.pid}) holds a deleted ${file}: what it writes goes where nobody else can read it`,
    ]);
  });

  it('is none where the other one was renamed, and is read to its end', () => {
    const watch = new Watch(file);
    expect(look(watch)).toEqual([]);
    renameSync(file, `${file}.1`);
    held.push(openSync(file, 'a'));
    expect(look(watch)).toEqual([]);
  });
});
