import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lastingNode } from '../../../src/service/command.ts';
import { removeDefinition, writeDefinition } from '../../../src/service/definition.ts';
import { changeableByOthers } from '../../../src/service/trust.ts';

let folder: string;
beforeEach(() => (folder = realpathSync(mkdtempSync(join(tmpdir(), 'idleproof-service-')))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('writes a definition once, and does not replace another one unless it is forced to', () => {
  const path = join(folder, 'system', 'idleproof.service');
  expect(writeDefinition(path, 'mine\n', false)).toBe('new');
  expect(writeDefinition(path, 'mine\n', false)).toBe('unchanged');
  writeFileSync(path, 'edited by hand\n');
  expect(() => writeDefinition(path, 'mine\n', false)).toThrow(/- edited by hand\n\+ mine/);
  expect(readFileSync(path, 'utf8')).toBe('edited by hand\n');
  expect(writeDefinition(path, 'mine\n', true)).toBe('replaced');
  removeDefinition(path);
  expect(() => removeDefinition(path)).toThrow(/cannot be changed: ENOENT/);
});

it('names Node by a path that outlives an update, if there is one', () => {
  const versioned = join(folder, 'node-v20');
  writeFileSync(versioned, '');
  const lasting = join(folder, 'node');
  const other = join(folder, 'other');
  writeFileSync(other, '');
  expect(lastingNode(versioned, [other, lasting])).toBe(versioned);
  symlinkSync(versioned, lasting);
  expect(lastingNode(versioned, [other, lasting])).toBe(lasting);
});

const isRoot = process.geteuid?.() === 0;
if (!isRoot) console.log('skipped: giving files away needs root');

it.skipIf(!isRoot)('names what others than root could change', () => {
  const safe = join(folder, 'safe.yaml');
  writeFileSync(safe, '');
  expect(changeableByOthers([safe])).toEqual([]);
  chmodSync(safe, 0o666);
  expect(changeableByOthers([safe])).toEqual([{ path: safe, reason: `${safe} can be written by others` }]);
  const home = join(folder, 'home');
  mkdirSync(home);
  chownSync(home, 65_534, 65_534);
  const below = join(home, 'main.js');
  writeFileSync(below, '');
  expect(changeableByOthers([below])).toEqual([{ path: below, reason: `${home} belongs to user 65534` }]);
  const link = join(folder, 'link.js');
  symlinkSync(below, link);
  expect(changeableByOthers([link])).toEqual([{ path: link, reason: `${home} belongs to user 65534` }]);
});
