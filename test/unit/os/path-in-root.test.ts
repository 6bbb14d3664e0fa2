import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pathInRoot } from '../../../src/os/path-in-root.ts';

let root: string;

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'idleproof-root-')));
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  mkdirSync(join(root, 'etc'));
  mkdirSync(join(root, 'proc'));
  writeFileSync(join(root, 'usr/bin/tool'), '');
  writeFileSync(join(root, 'proc/tool'), '');
  const link = (target: string, path: string): void => symlinkSync(target, join(root, path));
  link('usr/bin', 'bin');
  link('/usr/bin/tool', 'etc/absolute');
  link('../usr/bin/tool', 'etc/relative');
  link('../../../../../usr/bin/tool', 'etc/outside');
  link('/etc/chain', 'etc/loop');
  link('/etc/loop', 'etc/chain');
  link('/proc/tool', 'etc/process');
  link('gone', 'etc/dangling');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a path as somebody with another root sees it', () => {
  it.each([
    ['as it is', '/usr/bin/tool'],
    ['in a folder that is a link', '/bin/tool'],
    ['by a link to an absolute path, which begins at that root', '/etc/absolute'],
    ['by a link to a relative path', '/etc/relative'],
    ['by a link that would lead out of it', '/etc/outside'],
    ['with more in it than there need be', '//usr/./../usr/bin//tool'],
    ['from above the root', '/../../usr/bin/tool'],
  ])('%s', (_, path) => {
    expect(pathInRoot(root, path)?.path).toBe('/usr/bin/tool');
  });

  it.each([
    ['a file that is not there', '/usr/bin/other'],
    ['a folder that is not there', '/opt/bin/../tool'],
    ['a link to nothing', '/etc/dangling'],
    ['links that lead to each other', '/etc/loop'],
    ['a file as a folder', '/usr/bin/tool/x'],
    ['what is another for each process', '/proc/tool'],
    ['a link to that', '/etc/process'],
  ])('is not known for %s', (_, path) => {
    expect(pathInRoot(root, path)).toBeNull();
  });

  it('is the real path in our own root', () => {
    expect(pathInRoot('', process.execPath)?.path).toBe(realpathSync(process.execPath));
    expect(pathInRoot('', join(root, 'bin/tool'))?.path).toBe(join(root, 'usr/bin/tool'));
  });
});
