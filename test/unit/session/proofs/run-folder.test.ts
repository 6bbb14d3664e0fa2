import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dropRunFolder, makeRunFolder } from '../../../../src/session/proofs/run-folder.ts';

const at = new Date(2026, 10, 5, 7, 3);
let parent: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'idleproof-folder-'));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

describe('makeRunFolder', () => {
  it('names the folder by local time and target, and never takes one twice', () => {
    const names = [1, 2, 3].map(() => makeRunFolder(parent, at, ['backend']));
    expect(names).toEqual([
      join(parent, '2026-11-05_0703_backend'),
      join(parent, '2026-11-05_0703_backend-2'),
      join(parent, '2026-11-05_0703_backend-3'),
    ]);
  });

  it('makes missing parents and keeps a name from leaving its parent', () => {
    expect(makeRunFolder(join(parent, 'a', 'b'), at, ['../../etc', 'x y'])).toBe(
      join(parent, 'a', 'b', '2026-11-05_0703_etc+x-y'),
    );
  });

  it('says which folder cannot be written', () => {
    const file = join(parent, 'file');
    writeFileSync(file, '');
    expect(() => makeRunFolder(file, at, ['x'])).toThrowError(
      expect.objectContaining({ code: 'REPORT_FOLDER', exitCode: 3 }),
    );
  });

  it('is taken back whole', () => {
    const folder = makeRunFolder(parent, at, ['x']);
    writeFileSync(join(folder, 'x.log'), '');
    dropRunFolder(folder);
    expect(existsSync(folder)).toBe(false);
  });
});
