import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { KeptFile } from '../../../src/os/kept-file.ts';

const folder: string = mkdtempSync(join(tmpdir(), 'idleproof-kept-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('tells the text of a file once, and again when it has changed', () => {
  const path = join(folder, 'file');
  writeFileSync(path, 'one 1\n');
  const kept = new KeptFile(path);
  expect(kept.readIfChanged()).toBe('one 1\n');
  expect(kept.readIfChanged()).toBeNull();
  writeFileSync(path, 'one 2\n');
  expect(kept.readIfChanged()).toBe('one 2\n');
  writeFileSync(path, 'one');
  expect(kept.readIfChanged()).toBe('one');
  kept.close();
  expect(() => new KeptFile(join(folder, 'absent'))).toThrow('ENOENT');
});
