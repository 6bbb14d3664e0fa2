import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bench, type LookResult, SCHEMA } from './harness.ts';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

const insert = (type: string): string => `INSERT INTO events (type) VALUES ('${type}');`;
const HOLD = `import sqlite3,sys
c=sqlite3.connect(sys.argv[1],isolation_level=None); print('ready')
for line in sys.stdin:
    c.execute(line); print('ok')`;

describe('a file that is not there at first', () => {
  it('fails at each look until it appears, and then all its rows are new', () => {
    const watch = bench.collector();
    expect(watch.collector.probe([])).toMatchObject({
      status: 'partial',
      reason: expect.stringContaining('does not exist'),
    });
    expect(watch.look().failures).toEqual([`${bench.path} does not exist`]);
    expect(watch.look().failures).toHaveLength(1);
    bench.sql(SCHEMA + insert('tool_run'));
    expect(watch.look()).toMatchObject({ failures: [], rows: [{ type: 'tool_run', stampDoubtful: false }] });
    expect(watch.stop()).toMatchObject({
      status: 'partial',
      reason: expect.stringContaining('does not exist'),
    });
  });

  it('waits for the folder, for the table and for content', () => {
    const path = join(bench.folder, 'data', 'app.db');
    const watch = bench.collector({ sqlite: path });
    expect(watch.look().failures).toEqual([`${path} does not exist`]);
    mkdirSync(join(bench.folder, 'data'));
    writeFileSync(path, '');
    expect(watch.look().failures[0]).toContain('is empty (0 bytes)');
    bench.sql('CREATE TABLE evens (a); CREATE TABLE other (b)', path);
    expect(watch.look().failures[0]).toContain(
      'no table «events»; tables: evens, other. The nearest is «evens».',
    );
    bench.sql(SCHEMA + insert('a'), path);
    expect(watch.types()).toEqual(['a']);
  });

  it('is unavailable when it never appears', () => {
    const watch = bench.collector();
    watch.look();
    expect(watch.stop()).toMatchObject({ status: 'unavailable' });
  });
});

describe('a file that changes under us', () => {
  beforeEach(() => {
    bench.sql(SCHEMA + insert('a') + insert('b'));
  });

  it('replaced: says so, and sees rows that it did not know', () => {
    const watch = bench.collector();
    watch.look();
    const other = join(bench.folder, 'other.db');
    bench.sql(`VACUUM INTO '${other}'`);
    bench.sql(insert('c'), other);
    renameSync(other, bench.path);
    expect(watch.look()).toMatchObject({ failures: [], rows: [{ type: 'c' }] });
    expect(watch.stop()).toMatchObject({ status: 'partial', reason: expect.stringContaining('replaced') });
  });

  it('deleted and made again: every row counts', () => {
    const watch = bench.collector();
    watch.look();
    rmSync(bench.path);
    expect(watch.look().failures).toHaveLength(1);
    bench.sql(SCHEMA + insert('x') + insert('y'));
    expect(watch.types()).toEqual(['x', 'y']);
  });

  it('truncated, overwritten, turned into a folder, a symbolic link to itself', () => {
    const watch = bench.collector();
    watch.look();
    truncateSync(bench.path, 0);
    expect(watch.look().failures[0]).toContain('empty');
    writeFileSync(bench.path, 'x'.repeat(9000));
    expect(watch.look().failures[0]).toContain('not an SQLite database');
    expect(watch.look().failures).toHaveLength(1);
    rmSync(bench.path);
    mkdirSync(bench.path);
    expect(watch.look().failures[0]).toContain('is a folder');
    rmSync(bench.path, { recursive: true });
    symlinkSync('app.db', bench.path);
    expect(watch.look().failures[0]).toContain('leads to itself');
  });

  it('corrupt: says so', () => {
    for (let n = 0; n < 5; n += 1)
      bench.sql(`INSERT INTO events (type, payload) VALUES ('p', hex(randomblob(4000)));`);
    const watch = bench.collector();
    watch.look();
    truncateSync(bench.path, 4096 * 2);
    expect(watch.look().failures[0]).toMatch(/is corrupt|cannot be read/);
  });

  it('the table dropped, and made again', () => {
    const watch = bench.collector();
    watch.look();
    bench.sql('DROP TABLE events');
    expect(watch.look().failures[0]).toContain('it has no tables');
    bench.sql(SCHEMA + insert('z'));
    expect(watch.types()).toEqual(['z']);
  });

  it('not readable for this user', (context) => {
    if (process.getuid?.() === 0) {
      console.log('skipped: root may read everything');
      context.skip();
    }
    chmodSync(bench.path, 0);
    expect(bench.collector().look().failures[0]).toContain('may not be read');
  });
});

describe('locks', () => {
  it.each(['WAL', 'DELETE'])('an exclusive lock that lasts is a failure, journal mode %s', async (mode) => {
    bench.sql(`PRAGMA journal_mode=${mode}; ${SCHEMA} ${insert('a')}`);
    const writer = await bench.hold(HOLD);
    const watch = bench.collector();
    watch.look();
    await writer.tell('PRAGMA locking_mode=EXCLUSIVE');
    await writer.tell('BEGIN EXCLUSIVE');
    await writer.tell(insert('b'));
    watch.look();
    expect(watch.look({ full: true }).failures[0]).toContain('locked exclusively');
    expect(watch.look().failures).toHaveLength(1);
    expect(watch.collector.pending?.()).toBe(true);
    await writer.tell('COMMIT');
    // In WAL mode that leaves a log without its -shm file: it is recovered, as any reader would do.
    process.kill(writer.pid, 'SIGKILL');
    await writer.ended;
    expect(watch.look({ full: true })).toMatchObject({ failures: [], rows: [{ type: 'b' }] });
  });

  it('a lock of a commit, met where reading takes one, hides nothing unless it lasts', async () => {
    bench.sql(`PRAGMA journal_mode=DELETE; ${SCHEMA} ${insert('a')}`);
    // Too large to be copied.
    bench.sql("INSERT INTO events (type, payload) VALUES ('a', zeroblob(9000000))");
    const writer = await bench.hold(HOLD);
    const watch = bench.collector();
    const firstMs = Date.now();
    const lookAfter = (seconds: number): LookResult =>
      watch.look({ nowMs: firstMs + seconds * 1000, full: seconds === 0 });
    lookAfter(0);
    await writer.tell(insert('b'));
    await writer.tell('BEGIN EXCLUSIVE');
    expect(lookAfter(31)).toEqual({ rows: [], failures: [] });
    await writer.tell('COMMIT');
    expect(lookAfter(32)).toMatchObject({ rows: [{ type: 'b' }], failures: [] });
    await writer.tell(insert('c'));
    await writer.tell('BEGIN EXCLUSIVE');
    expect(lookAfter(63).failures).toEqual([]);
    expect(lookAfter(65).failures[0]).toContain('locked exclusively');
  });

  it('a hot journal that nobody rolls back is a failure', async () => {
    bench.sql(`PRAGMA journal_mode=DELETE; ${SCHEMA} ${insert('a')}`);
    const watch = bench.collector();
    watch.look();
    const writer = await bench.hold(HOLD);
    await writer.tell('PRAGMA cache_size=2');
    await writer.tell('PRAGMA cache_spill=1');
    await writer.tell('BEGIN');
    await writer.tell(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000) INSERT INTO events(type, payload) SELECT 'big', hex(randomblob(500)) FROM n",
    );
    process.kill(writer.pid, 'SIGKILL');
    await writer.ended;
    watch.look();
    expect(watch.look().failures[0]).toContain('hot journal');
    bench.sql('SELECT count(*) FROM events');
    expect(watch.look({ full: true })).toEqual({ rows: [], failures: [] });
  });
});
