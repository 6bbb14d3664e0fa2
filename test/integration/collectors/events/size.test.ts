import { chmodSync, existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COPIED_BYTES } from '../../../../src/collectors/events/database.ts';
import { Bench, SCHEMA } from './harness.ts';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => {
  chmodSync(bench.folder, 0o700);
  bench.close();
});

const insert = (type: string): string => `INSERT INTO events (type) VALUES ('${type}');`;

describe('a database too large to be copied', () => {
  it.each(['DELETE', 'WAL'])('is read under a short lock, and only now and then, journal mode %s', (mode) => {
    bench.sql(
      `PRAGMA journal_mode=${mode}; ${SCHEMA} CREATE TABLE ballast (b); INSERT INTO ballast VALUES (zeroblob(${COPIED_BYTES}));`,
    );
    const watch = bench.collector();
    let nowMs = Date.now();
    expect(watch.look({ nowMs }).failures).toEqual([]);
    bench.sql(insert('a'));
    expect(watch.types({ nowMs: (nowMs += 1000), full: false })).toEqual([]);
    expect(watch.types({ nowMs: (nowMs += 29_000), full: false })).toEqual(['a']);
    bench.sql(insert('b'));
    expect(watch.types({ nowMs: (nowMs += 1000), full: true })).toEqual(['b']);
    expect(watch.stop()).toMatchObject({ status: 'ok', lost: 0 });
  });

  const filled = (rows: number, mode: string): string =>
    `PRAGMA journal_mode=${mode}; ${SCHEMA} CREATE TABLE ballast (b); INSERT INTO ballast VALUES (zeroblob(${COPIED_BYTES}));
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ${rows}) INSERT INTO events (type) SELECT 'note' FROM n;`;

  it.each(['DELETE', 'WAL'])(
    'has some ten thousand older rows compared all the same, journal mode %s',
    (mode) => {
      bench.sql(filled(12_000, mode));
      const watch = bench.collector();
      watch.look();
      for (const id of [1, 5000, 9999]) {
        bench.sql(`UPDATE events SET type = 'tool_run' WHERE id = ${id}; ${insert('a')}`);
        expect(watch.types().toSorted()).toEqual(['a', 'tool_run']);
      }
      expect(watch.stop()).toMatchObject({ status: 'ok', lost: 0 });
    },
  );

  it('has more than that compared as soon as it has a write-ahead log', async () => {
    bench.sql(filled(15_000, 'WAL'));
    const watch = bench.collector();
    watch.look();
    bench.sql("INSERT INTO events (id, type) VALUES (-5, 'hidden')");
    expect(watch.types()).toEqual(['hidden']);
    const writer = await bench.hold(
      `import sqlite3,sys
c=sqlite3.connect(sys.argv[1],isolation_level=None); print('ready')
for line in sys.stdin:
    c.execute(line); print('ok')`,
    );
    await writer.tell("INSERT INTO events (type) VALUES ('a')");
    expect(watch.types()).toEqual(['a']);
    await writer.tell("UPDATE events SET type = 'tool_run' WHERE id = 77");
    expect(watch.types()).toEqual(['tool_run']);
    expect(watch.stop()).toMatchObject({ status: 'ok', lost: 0 });
  });
});

describe('a folder that we may not write to', () => {
  it('is no obstacle, and nothing is made in it', async (context) => {
    bench.sql(`PRAGMA journal_mode=WAL; ${SCHEMA} ${insert('a')}`);
    chmodSync(bench.folder, 0o500);
    const watch = bench.collector();
    expect(watch.look()).toMatchObject({ failures: [], rows: [{ type: 'a' }] });
    expect(existsSync(`${bench.path}-wal`)).toBe(false);
    if (process.getuid?.() === 0) {
      console.log('skipped: root may write into every folder');
      context.skip();
    }
    chmodSync(bench.folder, 0o700);
    // It has its log in there already.
    const writer = await bench.hold(
      "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1],isolation_level=None)\nfor t in 'ab':\n  c.execute(\"insert into events(type) values(?)\",(t,)); print('done'); sys.stdin.readline()",
    );
    chmodSync(bench.folder, 0o500);
    const beside = bench.collector();
    expect(beside.look({ pids: [writer.pid] })).toMatchObject({ failures: [] });
    await writer.tell('on');
    expect(beside.look({ pids: [writer.pid] })).toMatchObject({ failures: [], rows: [{ type: 'b' }] });
  });
});
