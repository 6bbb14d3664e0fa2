import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
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
import { BEGIN_MARKER, END_MARKER } from '../../../../src/render/between-markers.ts';
import { writeInto } from '../../../../src/session/proofs/write-into.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-into-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);

describe('writeInto', () => {
  it('keeps every other byte, the mode and the link', () => {
    const before = Buffer.from([0xff, 0xfe, 0x00, 0x0a]);
    const markers = Buffer.from(`${BEGIN_MARKER}\nold\n${END_MARKER}\n`);
    const after = Buffer.from([0xc3, 0x28, 0x0d, 0x0a]);
    writeFileSync(at('page.md'), Buffer.concat([before, markers, after]));
    chmodSync(at('page.md'), 0o640);
    symlinkSync('page.md', at('link.md'));
    expect(writeInto(at('link.md'), 'grün')).toBe(true);
    expect(writeInto(at('link.md'), 'grün')).toBe(false);
    const block = Buffer.from(`${BEGIN_MARKER}\n\ngrün\n\n${END_MARKER}\n`);
    expect(readFileSync(at('page.md'))).toEqual(Buffer.concat([before, block, after]));
    expect(statSync(at('page.md')).mode & 0o777).toBe(0o640);
    expect(lstatSync(at('link.md')).isSymbolicLink()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['link.md', 'page.md']);
  });

  it.skipIf(process.getuid?.() !== 0)('leaves the file to its owner (as root)', () => {
    writeFileSync(at('page.md'), `${BEGIN_MARKER}\n${END_MARKER}\n`);
    chownSync(at('page.md'), 65_534, 65_534);
    writeInto(at('page.md'), 'x');
    expect(statSync(at('page.md'))).toMatchObject({ uid: 65_534, gid: 65_534 });
  });

  it.skipIf(process.getuid?.() === 0)('writes into no file that is read-only (not as root)', () => {
    const page = `${BEGIN_MARKER}\n${END_MARKER}\n`;
    writeFileSync(at('page.md'), page, { mode: 0o444 });
    expect(() => writeInto(at('page.md'), 'x')).toThrow(/EACCES/);
    expect(readFileSync(at('page.md'), 'utf8')).toBe(page);
  });

  it('changes nothing where there is no place for it', () => {
    writeFileSync(at('page.md'), `a\n${BEGIN_MARKER}\n`);
    expect(() => writeInto(at('page.md'), 'x')).toThrow(/page\.md, line 2: .* is never closed/);
    expect(readFileSync(at('page.md'), 'utf8')).toBe(`a\n${BEGIN_MARKER}\n`);
    mkdirSync(at('folder'));
    expect(() => writeInto(at('folder'), 'x')).toThrow(/it is not a file/);
    expect(() => writeInto(at('none.md'), 'x')).toThrow(/none\.md: ENOENT/);
    expect(readdirSync(folder).sort()).toEqual(['folder', 'page.md']);
  });
});
