import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RotatedFile } from '../../../../src/daemon/log/rotated-file.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'idleproof-log-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (): RotatedFile =>
  new RotatedFile({ path: join(folder, 'state', 'idleproof.log'), maxBytes: 100, kept: 2 });
const read = (name: string): string => readFileSync(join(folder, 'state', name), 'utf8');

it('keeps the newest lines, in order, in files that stay small, for its owner only', () => {
  let file = open();
  for (let line = 10; line < 60; line += 1) {
    file.write(`this is line ${line}\n`);
    // A restart goes on where the last one ended.
    if (line % 7 === 0) {
      file.close();
      file = open();
    }
  }
  file.close();
  expect(readdirSync(join(folder, 'state')).sort()).toEqual([
    'idleproof.log',
    'idleproof.log.1',
    'idleproof.log.2',
  ]);
  const all = read('idleproof.log.2') + read('idleproof.log.1') + read('idleproof.log');
  const lines = all.trim().split('\n');
  expect(lines.at(-1)).toBe('this is line 59');
  expect(lines.map((line) => Number(line.slice(-2)))).toEqual(
    Array.from({ length: lines.length }, (_, index) => 60 - lines.length + index),
  );
  for (const name of readdirSync(join(folder, 'state'))) {
    const { size, mode } = statSync(join(folder, 'state', name));
    expect(size).toBeLessThanOrEqual(100);
    expect(mode & 0o777).toBe(0o600);
  }
});

it('writes a line that is longer than a file may be, once', () => {
  const file = open();
  file.write('short\n');
  file.write(`${'x'.repeat(300)}\n`);
  file.write('after\n');
  file.close();
  expect(read('idleproof.log')).toBe('after\n');
  expect(read('idleproof.log.1')).toBe(`${'x'.repeat(300)}\n`);
});
