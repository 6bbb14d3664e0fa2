import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../../src/collectors/files/entry.ts';
import { EntryTree } from '../../../../src/collectors/files/entry-tree.ts';

const entry = (identity: string): Entry => ({
  identity,
  kind: 'file',
  sizeBytes: 0n,
  modifiedNs: 0n,
  changedNs: 0n,
  attributes: '',
});

function treeOf(...paths: string[]): EntryTree {
  const tree = new EntryTree();
  for (const path of paths) tree.add(path, entry(`identity of ${path}`));
  return tree;
}

describe('EntryTree', () => {
  it('finds what is below a folder, the folder itself and its namesakes left out', () => {
    const tree = treeOf('/r', '/r/x', '/r/x/y', '/r/x/y/f', '/r/xy', '/r/xy/g');
    expect(tree.below('/r/x')).toEqual(['/r/x/y', '/r/x/y/f']);
    expect(tree.below('/r')).toEqual(['/r/x', '/r/x/y', '/r/x/y/f', '/r/xy', '/r/xy/g']);
    expect(tree.below('/elsewhere')).toEqual([]);
  });

  it('still finds what was below a folder that is gone', () => {
    const tree = treeOf('/r', '/r/x', '/r/x/y', '/r/x/y/f');
    tree.delete('/r/x');
    tree.delete('/r/x/y');
    expect(tree.below('/r')).toEqual(['/r/x/y/f']);
    tree.delete('/r/x/y/f');
    expect(tree.below('/r')).toEqual([]);
    expect(tree.size).toBe(1);
  });

  it('moves everything below a folder, which can be found by its identity then', () => {
    const tree = treeOf('/r/a', '/r/a/b', '/r/a/b/f');
    tree.moveBelow('/r/a', '/r/z');
    expect(tree.below('/r')).toEqual(['/r/a', '/r/z/b', '/r/z/b/f']);
    expect(tree.pathOf('identity of /r/a/b/f')).toBe('/r/z/b/f');
  });

  it('forgets where an identity was, unless it was found elsewhere since', () => {
    const tree = treeOf('/r/a', '/r/b');
    tree.add('/r/c', entry('identity of /r/b'));
    tree.delete('/r/a');
    tree.delete('/r/b');
    expect(tree.pathOf('identity of /r/a')).toBeUndefined();
    expect(tree.pathOf('identity of /r/b')).toBe('/r/c');
  });

  it('takes out fifty thousand names one by one without a look at all the others', () => {
    const paths = Array.from({ length: 50_000 }, (_, index) => `/r/${index}`);
    const tree = treeOf(...paths);
    let found = 0;
    // Of this process alone, so that it is the same on a busy host.
    const before = process.cpuUsage();
    for (const path of paths) {
      found += tree.below(path).length;
      tree.delete(path);
    }
    expect(found).toBe(0);
    expect(tree.size).toBe(0);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(2);
  });
});
