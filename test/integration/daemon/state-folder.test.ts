import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeStateFolder } from '../../../src/daemon/state-folder.ts';

let folder: string;
beforeEach(() => (folder = join(mkdtempSync(join(tmpdir(), 'idleproof-state-')), 'state')));
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const code = (wanted: string, problem: RegExp) =>
  expect.objectContaining({ code: wanted, message: expect.stringMatching(problem) as string });

describe('a state folder', () => {
  it('belongs to one daemon at a time, and to nobody else', () => {
    const state = takeStateFolder(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(() => takeStateFolder(folder)).toThrowError(code('STATE_TAKEN', new RegExp(String(process.pid))));
    state.release();
    takeStateFolder(folder).release();
    chmodSync(folder, 0o755);
    expect(() => takeStateFolder(folder)).toThrowError(code('STATE_FOLDER', /open to others/));
  });

  it('says what is wrong with a lock that is none', () => {
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(join(folder, 'daemon.lock'), 'x'.repeat(5_000));
    expect(() => takeStateFolder(folder)).toThrowError(code('STATE_FOLDER', /daemon\.lock/));
  });

  it('is taken although nobody can be told who has it', () => {
    mkdirSync(join(folder, 'daemon.pid'), { recursive: true });
    chmodSync(folder, 0o700);
    const state = takeStateFolder(folder);
    rmSync(join(folder, 'daemon.pid'), { recursive: true });
    state.release();
  });
});
