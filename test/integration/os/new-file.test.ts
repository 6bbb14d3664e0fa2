import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeNewFile } from '../../../src/os/new-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-new-file-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);

describe('writeNewFile', () => {
  it('writes all of it, as any file is made', () => {
    const text = 'grün\n'.repeat(100_000);
    writeNewFile(at('a'), text);
    writeFileSync(at('b'), '');
    expect(readFileSync(at('a'), 'utf8')).toBe(text);
    expect(statSync(at('a'))).toMatchObject({ mode: statSync(at('b')).mode, nlink: 1 });
    expect(readdirSync(folder).sort()).toEqual(['a', 'b']);
  });

  it('never takes the place of another file, nor follows a link', () => {
    writeFileSync(at('a'), 'mine');
    symlinkSync('nowhere', at('b'));
    for (const name of ['a', 'b']) expect(() => writeNewFile(at(name), 'new')).toThrow(/EEXIST/);
    expect(readFileSync(at('a'), 'utf8')).toBe('mine');
    expect(readdirSync(folder).sort()).toEqual(['a', 'b']);
  });

  it('leaves nothing where it cannot write', () => {
    expect(() => writeNewFile(at('gone/a'), 'new')).toThrow(/ENOENT/);
    expect(readdirSync(folder)).toEqual([]);
  });
});
