import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { hasProgram } from '../../../support/programs.ts';
import { Watched } from './harness.ts';

const watched: Watched[] = [];
afterEach(() => {
  for (const one of watched.splice(0)) one.remove();
});

async function watch(...args: ConstructorParameters<typeof Watched>): Promise<Watched> {
  const one = new Watched(...args);
  watched.push(one);
  return await one.begin();
}

const withFiles = (folder: string): void => {
  for (const name of ['a', 'b', 'c']) writeFileSync(join(folder, name), `content of ${name}`);
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'sub', 'd'), 'content of d');
};

/** What events alone tell, and what comparisons alone would. */
describe.each([
  ['told by inotify', false],
  ['with comparisons', true],
])('files written by another process, %s', (_, full) => {
  it.each([
    ['a file is made', 'echo x > new', ['create new']],
    ['a file is appended to', 'echo x >> a', ['write a']],
    ['a file is truncated', ': > a', ['write a']],
    ['a file is deleted', 'rm b', ['delete b']],
    ['a file is renamed', 'mv b e', ['rename e']],
    ['a file moves to another folder', 'mv b sub/e', ['rename sub/e']],
    ['a file in a subfolder is written', 'echo x >> sub/d', ['write sub/d']],
    ['a file gets a second name', 'ln a hard', ['create hard']],
    ['a link is made', 'ln -s /nowhere link', ['create link']],
    ['permissions change', 'chmod 600 a; chmod 700 sub', []],
    ['a file is read', 'cat a sub/d > /dev/null', []],
    ['a time stamp is set', 'touch -d 2020-01-01 a', ['write a']],
    ['a folder is made', 'mkdir new', ['create new']],
    ['a folder is renamed', 'mv sub other', ['rename other']],
    ['a folder is deleted with all it holds', 'rm -r sub', ['delete sub', 'delete sub/d']],
    ['a folder leaves', 'mv sub ..', ['delete sub', 'delete sub/d']],
    ['a file leaves', 'mv a ..', ['delete a']],
    ['nothing happens', ':', []],
  ])('%s', async (_what, script, expected) => {
    const one = await watch(withFiles);
    expect((await one.after(script, full, expected.length)).sort()).toEqual(expected);
    expect(one.failures).toEqual([]);
    expect(one.collector.stop()).toMatchObject({ status: 'ok', tier: 'counter', reason: null, lost: 0 });
  });

  it.skipIf(!hasProgram('python3'))(
    'a file is written over, and its time stamp set back: nobody can tell',
    async () => {
      const one = await watch(withFiles);
      const hidden =
        'import os; s = os.stat("a"); f = os.open("a", os.O_WRONLY); os.write(f, b"C"); os.utime("a", ns=(s.st_atime_ns, s.st_mtime_ns))';
      // Nobody looks in between.
      execFileSync('python3', ['-c', hidden], { cwd: one.folder });
      expect(await one.told(full)).toEqual([]);
      await one.until(() => one.look(full).length === 0 && one.collector.report?.().status === 'partial');
      expect(one.collector.stop()).toMatchObject({ reason: expect.stringContaining('a was touched') });
    },
  );

  it('a file is replaced by another one', async () => {
    const one = await watch(withFiles);
    const seen = await one.after('echo new > .tmp; sleep 0.05; mv .tmp a', full, 2);
    expect(seen).toEqual(['create .tmp', 'rename a']);
  });

  it('a log is rotated', async () => {
    const one = await watch(withFiles);
    expect((await one.after('mv a a.1; echo x > a', full, 2)).sort()).toEqual(['create a', 'rename a.1']);
  });

  it('folders are made one in another, and written to at once', async () => {
    const one = await watch(withFiles);
    const seen = await one.after('mkdir -p x/y/z && echo x > x/y/z/f && echo y > x/y/g', full, 5);
    expect(seen.sort()).toEqual(['create x', 'create x/y', 'create x/y/g', 'create x/y/z', 'create x/y/z/f']);
    expect(await one.after('echo more >> x/y/z/f', full)).toEqual(['write x/y/z/f']);
  });

  it('a folder is deleted and made again under the same name', async () => {
    const one = await watch(withFiles);
    const seen = await one.after('rm -r sub; mkdir sub; echo x > sub/e', full, 4);
    expect(seen).toEqual(
      expect.arrayContaining(['create sub', 'create sub/e', 'delete sub', 'delete sub/d']),
    );
    expect(await one.after('echo more >> sub/e', full)).toEqual(['write sub/e']);
  });

  it('1,000 files come at once', async () => {
    const one = await watch(withFiles);
    const seen = await one.after('for i in $(seq 1000); do echo $i > many-$i; done', full, 1_000);
    expect(new Set(seen).size).toBe(1000);
    expect(seen.every((line) => line.startsWith('create many-'))).toBe(true);
  });
});

describe('what happens more than once', () => {
  it('is told once a look', async () => {
    const one = await watch(withFiles);
    const seen: string[] = [];
    for (let round = 0; round < 3; round += 1) seen.push(...(await one.after('echo x >> a; echo y >> a')));
    expect(seen).toEqual(['write a', 'write a', 'write a']);
  });
});

describe('a file that comes and goes', () => {
  it('is told by inotify, also where nobody could look at it', async () => {
    const one = await watch(withFiles);
    expect(await one.after('echo x > t; rm t', false, 2)).toEqual(['create t', 'delete t']);
  });

  it('is known to have been there by its folder, where inotify has not told', () => {
    const one = new Watched(withFiles);
    watched.push(one);
    // chokidar is not ready: the event loop has not turned since the first look.
    writeFileSync(one.path('t'), 'x');
    const { unlinkSync } = process.getBuiltinModule('node:fs');
    unlinkSync(one.path('t'));
    expect(one.look(true)).toEqual([]);
    expect(one.look(true)).toMatchObject([{ op: 'write', path: one.folder }]);
    expect(one.collector.stop()).toMatchObject({
      status: 'partial',
      reason: `something came and went in ${one.folder}, and inotify did not tell what`,
    });
  });
});

describe('the time', () => {
  it('is that of the event, not of the look', async () => {
    const one = await watch(withFiles);
    const before = Date.now();
    writeFileSync(one.path('a'), 'other');
    await one.until(() => one.isWoken);
    const after = Date.now();
    const [activity] = one.look();
    expect(activity?.atMs).toBeGreaterThanOrEqual(before);
    expect(activity?.atMs).toBeLessThanOrEqual(after);
    expect(activity).toMatchObject({ processId: null, target: 'app', collector: 'files' });
  });

  it('is not that of all writes by a name of the file that is not in the folder: there may have been more', async () => {
    const one = await watch((folder) => {
      withFiles(folder);
      linkSync(join(folder, 'a'), join(folder, '..', 'outside'));
    });
    await one.told();
    one.look(true);
    const comparedMs = Date.now();
    for (const text of ['once', 'again']) writeFileSync(join(one.base, 'outside'), text);
    writeFileSync(one.path('b'), 'told');
    await one.until(() => one.isWoken);
    const found = one.look(true);
    expect(found.map(({ op, path }) => `${op} ${path.slice(one.folder.length + 1)}`).sort()).toEqual([
      'write a',
      'write b',
    ]);
    const [outside, told] = ['a', 'b'].map((name) => found.find(({ path }) => path === one.path(name)));
    expect(outside?.sinceMs).toBeLessThanOrEqual(comparedMs);
    expect(told).not.toHaveProperty('sinceMs');
    const toldMs = Date.now();
    writeFileSync(one.path('a'), 'told, too');
    await one.until(() => one.isWoken);
    expect(one.look()[0]).not.toHaveProperty('sinceMs');
    writeFileSync(join(one.base, 'outside'), 'and not');
    expect(one.look(true)[0]?.sinceMs).toBeGreaterThanOrEqual(toldMs);
  });

  it('is the time stamp of the file where a comparison finds it', () => {
    const one = new Watched(withFiles);
    watched.push(one);
    const { utimesSync } = process.getBuiltinModule('node:fs');
    const before = Date.now();
    writeFileSync(one.path('a'), 'other');
    const [activity] = one.look(true);
    expect(activity).toMatchObject({ op: 'write' });
    expect(activity?.atMs).toBeGreaterThan(before - 20);
    utimesSync(one.path('b'), 1, 1);
    const lookedMs = Date.now();
    // A stamp from another time says nothing about when.
    expect(one.look(true)[0]?.atMs).toBeGreaterThanOrEqual(lookedMs);
  });
});

describe("the watchdog's own folder", () => {
  it('does not count', async () => {
    const one = await watch(withFiles);
    const script = 'echo x > own/evidence.db; mkdir own/deep; echo y > own/deep/f';
    expect(await one.after(script, true, 0)).toEqual([]);
  });
});

describe('a quiet folder', () => {
  it('costs nothing at a look', async () => {
    const one = await watch(withFiles);
    await one.told();
    expect(one.collector.dueAtMs?.()).toBe(Number.POSITIVE_INFINITY);
    expect(one.isWoken).toBe(false);
  });
});

describe('a folder that goes away', () => {
  it('is a gap until it is back, and what it held is deleted', async () => {
    const one = await watch(withFiles);
    const seen = await one.after(`mv ${one.folder} ${one.base}/aside`, false, 5);
    expect(seen).toEqual(expect.arrayContaining(['delete a', 'delete sub/d']));
    expect(one.failures[0]).toEqual({ target: 'app', reason: `${one.folder} was not there` });
    mkdirSync(one.folder);
    await one.told();
    one.failures = [];
    expect(await one.after('echo x > again')).toEqual(['create again']);
    expect(one.failures).toEqual([]);
  });
});

describe('more files than are watched', () => {
  it('is partial, and says so', async () => {
    const one = new Watched(withFiles, { mostEntries: 4 });
    watched.push(one);
    await one.begin();
    expect(one.collector.probe([])).toMatchObject({
      status: 'partial',
      reason: `${one.folder} holds more than 4 files and folders; the others are not watched`,
    });
    expect(await one.after('echo x > further', true)).toEqual(['create further']);
    expect(one.collector.stop().status).toBe('partial');
  });
});

describe.skipIf(!hasProgram('sqlite3'))('sqlite3 (Debian)', () => {
  it('writing through a write-ahead log is seen', async () => {
    const one = await watch(withFiles);
    await one.after('sqlite3 app.db "PRAGMA journal_mode=WAL; CREATE TABLE t (a)"');
    const seen = await one.after('sqlite3 app.db "INSERT INTO t VALUES (1)"', true, 3);
    expect(seen).toEqual(expect.arrayContaining(['create app.db-wal', 'delete app.db-wal', 'write app.db']));
  });
});
