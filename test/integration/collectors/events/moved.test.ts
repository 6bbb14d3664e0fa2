import { copyFileSync, mkdirSync, renameSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bench, SCHEMA, sleep } from './harness.ts';

let bench: Bench;
beforeEach(async () => {
  bench = new Bench();
  bench.sql(SCHEMA + insert('a'));
  // What follows is told from what was before by its time stamp.
  await sleep(50);
});
afterEach(() => bench.close());

const insert = (type: string): string => `INSERT INTO events (type) VALUES ('${type}');`;

/** Puts another database in the place of the file, with a row that nobody else will ever see, and takes it away again. */
function swapAway(path: string = bench.path): void {
  const away = join(bench.folder, 'away');
  const other = join(bench.folder, 'other');
  copyFileSync(path, other);
  renameSync(path, away);
  renameSync(other, path);
  bench.sql(insert('hidden'), path);
  renameSync(path, other);
  renameSync(away, path);
}

describe('a database that was moved away and back between two looks', () => {
  it.each(['DELETE', 'WAL'])('is a failure: another may have been in its place (journal mode %s)', (mode) => {
    bench.sql(`PRAGMA journal_mode = ${mode}; ${insert('b')}`);
    const watch = bench.collector();
    expect(watch.look().failures).toEqual([]);
    swapAway();
    const { rows, failures } = watch.look({ full: true });
    expect(rows).toEqual([]);
    expect(failures).toEqual([
      `${bench.path} was moved, or its owner or permissions changed: another may have been in its place for a while`,
    ]);
    expect(watch.look({ full: true }).failures).toEqual([]);
    expect(watch.stop()).toMatchObject({ status: 'partial' });
  });

  it('is one where it was written to afterwards, as the kernel tells', async () => {
    const watch = bench.collector();
    watch.look();
    // From then on its watcher tells of changes.
    while (watch.collector.dueAtMs?.() === 0) {
      await sleep(20);
      watch.look();
    }
    swapAway();
    bench.sql(insert('c'));
    const failures: string[] = [];
    while (failures.length === 0) {
      await sleep(20);
      failures.push(...watch.look().failures);
    }
    expect(failures[0]).toContain('was moved');
  });

  it('is one where a folder on the way was', () => {
    const folder = join(bench.folder, 'data');
    mkdirSync(folder);
    const path = join(folder, 'app.db');
    copyFileSync(bench.path, path);
    const watch = bench.collector({ sqlite: path });
    watch.look();
    const away = join(bench.folder, 'away');
    renameSync(folder, away);
    mkdirSync(folder);
    renameSync(folder, join(bench.folder, 'gone'));
    renameSync(away, folder);
    expect(watch.look({ full: true }).failures[0]).toContain(`${folder}, on the way to ${path}, was moved`);
  });

  it('is one where a link was turned to another and back', () => {
    const link = join(bench.folder, 'link.db');
    symlinkSync('app.db', link);
    const watch = bench.collector({ sqlite: link });
    watch.look();
    unlinkSync(link);
    symlinkSync('other.db', link);
    unlinkSync(link);
    symlinkSync('app.db', link);
    expect(watch.look({ full: true }).failures[0]).toContain(
      `${link}, on the way to ${bench.path}, was moved`,
    );
  });
});

describe('a database that stays where it is', () => {
  it.each(['DELETE', 'TRUNCATE', 'WAL'])(
    'may be written to as often as it likes (journal mode %s)',
    async (mode) => {
      bench.sql(`PRAGMA journal_mode = ${mode}`);
      const watch = bench.collector();
      watch.look();
      for (const type of ['b', 'c', 'd']) {
        bench.sql(insert(type));
        await sleep(20);
        expect(watch.look({ full: true })).toMatchObject({ rows: [{ type }], failures: [] });
      }
      bench.sql('VACUUM');
      await sleep(20);
      expect(watch.look({ full: true }).failures).toEqual([]);
    },
  );

  it('may have others come and go beside it', async () => {
    const watch = bench.collector();
    watch.look();
    const beside = join(bench.folder, 'beside');
    copyFileSync(bench.path, beside);
    renameSync(beside, `${beside}-2`);
    await sleep(20);
    expect(watch.look({ full: true }).failures).toEqual([]);
  });
});
