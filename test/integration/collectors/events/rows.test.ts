import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UNTOLD } from '../../../../src/core/parse/cut-text.ts';
import { Bench, SCHEMA } from './harness.ts';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

const insert = (type: string): string => `INSERT INTO events (type) VALUES ('${type}');`;

describe('ids', () => {
  it('a rowid that is used again does not hide the new row', () => {
    bench.sql(
      "CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT, ts REAL DEFAULT (unixepoch('subsec')))",
    );
    bench.sql("INSERT INTO events (type, ts) VALUES ('a', 1750000000.5), ('b', 1750000001.5)");
    const watch = bench.collector();
    watch.look();
    bench.sql(
      `DELETE FROM events WHERE id = 2; INSERT INTO events (type, ts) VALUES ('c', strftime('%s','now'));`,
    );
    expect(watch.types()).toEqual(['c']);
    bench.sql('DELETE FROM events');
    watch.look();
    bench.sql(`INSERT INTO events (type, ts) VALUES ('d', strftime('%s','now'));`);
    expect(watch.types()).toEqual(['d']);
    expect(watch.stop()).toMatchObject({ status: 'partial', reason: expect.stringContaining('deleted') });
  });

  it.each([
    ['blobs of a size', "X'0A0B'", "X'0A0C'"],
    ['blobs that are no text', "X'80FE'", "X'80FF'"],
    ['long texts', "printf('%.300c', 'x') || 'a'", "printf('%.300c', 'x') || 'b'"],
    ['a number and its text', '5', "'5'"],
    ['numbers of many digits', '1750000000.1234565', '1750000000.123457'],
    ['a text and its bytes', "'ab'", "X'6162'"],
  ])('a rowid that is used again at the same time does not hide another id: %s', (_, first, second) => {
    bench.sql('CREATE TABLE events (id ANY PRIMARY KEY, type TEXT, ts TEXT) STRICT');
    const row = (id: string): string => `INSERT INTO events VALUES (${id}, 'a', '2026-01-01 10:00:00');`;
    bench.sql(`${row("'first'")}${row(first)}`);
    const watch = bench.collector();
    watch.look();
    bench.sql(`DELETE FROM events WHERE rowid = 2; ${row(second)}`);
    expect(watch.types()).toEqual(['a']);
    expect(watch.types()).toEqual([]);
  });

  it('rows that were deleted again are counted as lost where AUTOINCREMENT tells', () => {
    bench.sql(SCHEMA + insert('a'));
    const watch = bench.collector();
    watch.look();
    bench.sql(`${insert('b')}${insert('c')} DELETE FROM events WHERE type = 'b';`);
    expect(watch.types()).toEqual(['c']);
    bench.sql(`${insert('d')} DELETE FROM events WHERE type = 'd';`);
    expect(watch.types()).toEqual([]);
    expect(watch.stop()).toMatchObject({
      status: 'partial',
      lost: 2,
      reason: expect.stringContaining('given out'),
    });
  });

  it('a row whose other columns are updated is told again only where its stamp is set, too', () => {
    bench.sql(`${SCHEMA} INSERT INTO events (type, payload) VALUES ('job', 'queued');`);
    const watch = bench.collector();
    watch.look();
    bench.sql(`UPDATE events SET payload = 'running'; ${insert('b')}`);
    expect(watch.types()).toEqual(['b']);
    bench.sql(
      `UPDATE events SET payload = 'done', created_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE type = 'job'`,
    );
    expect(watch.look().rows).toMatchObject([
      { type: 'job', data: { payload: 'done' }, stampDoubtful: false },
    ]);
  });

  it('old rows that an app prunes are no loss', () => {
    bench.sql(SCHEMA + insert('a') + insert('b'));
    const watch = bench.collector();
    watch.look();
    bench.sql(`DELETE FROM events; ${insert('c')}`);
    expect(watch.types()).toEqual(['c']);
    expect(watch.stop()).toMatchObject({ status: 'ok', lost: 0 });
  });

  it.each([
    ['no id of its own', 'CREATE TABLE events (type TEXT, ts REAL);'],
    ['an id that is only given out', SCHEMA],
  ])('a row below all ids, of a table with %s, is told', (_, schema) => {
    bench.sql(schema + insert('a') + insert('b'));
    const watch = bench.collector();
    watch.look();
    bench.sql(`INSERT INTO events (rowid, type) VALUES (-3, 'hidden');`);
    expect(watch.types()).toEqual(['hidden']);
    bench.sql(insert('c'));
    expect(watch.types()).toEqual(['c']);
    bench.sql(`INSERT INTO events (rowid, type) VALUES (-1, 'hidden too');`);
    expect(watch.types()).toEqual(['hidden too']);
    expect(watch.stop()).toMatchObject({ status: 'ok', lost: 0 });
  });

  describe.each([
    ['no id of its own', 'CREATE TABLE events (type TEXT, ts REAL)'],
    ['an id that the app may choose', 'CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT, ts REAL)'],
    [
      'an id that is only given out',
      'CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT, ts REAL)',
    ],
  ])('of a table with %s, beyond the rows that are known one by one', (_, schema) => {
    const fill = (from: number, to: number): string =>
      `WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n LIMIT ${to - from + 1})
       INSERT INTO events (rowid, type, ts) SELECT i, 'note', strftime('%s', 'now') - 90000 + i FROM n;`;
    const begin = (): ReturnType<Bench['collector']> => {
      bench.sql(`${schema}; ${fill(10, 3000)}`);
      const watch = bench.collector();
      watch.look();
      return watch;
    };

    it.each([
      [
        'is used again for an event (a ring)',
        "UPDATE events SET type = 'tool_run', ts = strftime('%s', 'now') WHERE rowid = 10",
        { id: '10', type: 'tool_run', stampDoubtful: false },
      ],
      [
        'is used again for one of the same type',
        "UPDATE events SET ts = strftime('%s', 'now') WHERE rowid = 10",
        { id: '10', type: 'note', stampDoubtful: false },
      ],
      [
        'becomes another type',
        "UPDATE events SET type = 'nose' WHERE rowid = 11",
        { id: '11', type: 'nose', stampDoubtful: true },
      ],
      [
        'is exchanged for another',
        "DELETE FROM events WHERE rowid = 12; INSERT INTO events (rowid, type, ts) VALUES (5, 'tool_run', 1)",
        { id: '5', type: 'tool_run', stampDoubtful: true },
      ],
      [
        'goes, and another becomes an event',
        "DELETE FROM events WHERE rowid = 12; UPDATE events SET type = 'tool_run', ts = strftime('%s', 'now') WHERE rowid = 10",
        { id: '10', type: 'tool_run', stampDoubtful: false },
      ],
      [
        'goes, and another becomes one with an earlier time',
        "DELETE FROM events WHERE rowid = 12; UPDATE events SET type = 'tool_run', ts = ts - 5 WHERE rowid = 10",
        { id: '10', type: 'tool_run', stampDoubtful: true },
      ],
      [
        'comes',
        "INSERT INTO events (rowid, type, ts) VALUES (5, 'tool_run', 1)",
        { id: '5', type: 'tool_run', stampDoubtful: true },
      ],
    ])('one that %s is told', (_what, sql, row) => {
      const watch = begin();
      expect(watch.types()).toEqual([]);
      bench.sql(sql);
      expect(watch.look().rows).toMatchObject([row]);
      expect(watch.types()).toEqual([]);
      expect(watch.stop()).toMatchObject({ status: 'ok', lost: 0 });
    });

    it('those that are pruned, and those that become older, are no loss', () => {
      const watch = begin();
      bench.sql(fill(3001, 3400));
      expect(watch.look().rows).toHaveLength(400);
      bench.sql('DELETE FROM events WHERE rowid < 700');
      expect(watch.types()).toEqual([]);
      bench.sql(`DELETE FROM events WHERE rowid < 1500; ${fill(3401, 3410)}`);
      expect(watch.look().rows).toHaveLength(10);
      expect(watch.types()).toEqual([]);
      expect(watch.stop()).toMatchObject({ status: 'ok', lost: 0 });
    });
  });

  it('a rowid that is given to a row with another id, of the same type and without a time', () => {
    bench.sql(
      "CREATE TABLE events (id TEXT PRIMARY KEY, type TEXT); INSERT INTO events VALUES ('one', 'tool_run')",
    );
    const watch = bench.collector();
    watch.look();
    bench.sql("DELETE FROM events; INSERT INTO events VALUES ('two', 'tool_run')");
    expect(watch.types()).toEqual(['tool_run']);
  });

  it('ids in no order, and a row that becomes an event of another type', () => {
    bench.sql(
      "CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT, at TEXT DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')))",
    );
    bench.sql("INSERT INTO events (id, type) VALUES (9000000000000000000, 'a'), (77, 'b')");
    const watch = bench.collector();
    watch.look();
    bench.sql("INSERT INTO events (id, type) VALUES (500, 'c'), (-5, 'd')");
    expect(watch.types()).toEqual(['c', 'd']);
    bench.sql("UPDATE events SET type = 'tool_run' WHERE id = 77");
    expect(watch.types()).toEqual(['tool_run']);
    expect(watch.stop()).toMatchObject({ status: 'ok', lost: 0 });
  });

  it.each([
    ['text key', 'CREATE TABLE events (id TEXT PRIMARY KEY, type TEXT, ts INTEGER)'],
    [
      'text key without rowid',
      'CREATE TABLE events (id TEXT PRIMARY KEY, type TEXT, ts INTEGER) WITHOUT ROWID',
    ],
    [
      'key of two columns',
      'CREATE TABLE events (ts INTEGER, id TEXT, type TEXT, PRIMARY KEY (ts, id)) WITHOUT ROWID',
    ],
  ])('%s', (_, schema) => {
    bench.sql(`${schema}; INSERT INTO events (id, type, ts) VALUES ('m', 'a', strftime('%s','now'));`);
    const watch = bench.collector();
    expect(watch.look()).toMatchObject({ failures: [], rows: [{ id: 'm', type: 'a' }] });
    bench.sql(
      "INSERT INTO events (id, type, ts) VALUES ('z', 'b', strftime('%s','now')), ('a', 'c', strftime('%s','now'))",
    );
    expect(
      watch
        .look()
        .rows.map((row) => `${row.id}:${row.type}`)
        .sort(),
    ).toEqual(['a:c', 'z:b']);
    expect(watch.types({ full: true })).toEqual([]);
    expect(watch.stop()).toMatchObject({ status: 'ok' });
  });

  it('a burst comes in parts and nothing of it is dropped', () => {
    bench.sql(SCHEMA);
    const watch = bench.collector();
    watch.look();
    bench.sql(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 25000) INSERT INTO events(type) SELECT 't' || (i % 300) FROM n",
    );
    const ids = new Set<string>();
    const sizes: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      const { rows } = watch.look();
      sizes.push(rows.length);
      for (const row of rows) ids.add(row.id);
      expect(watch.collector.pending?.()).toBe(n < 2);
    }
    expect(sizes).toEqual([10_000, 10_000, 5000, 0]);
    expect(ids.size).toBe(25_000);
    expect(watch.collector.eventTypes()).toHaveLength(200);
    expect(watch.stop()).toMatchObject({ status: 'ok', lost: 0 });
  });
});

describe('columns and cells', () => {
  it('bounds what it takes over, and keeps large integers exact', () => {
    const extra = Array.from({ length: 30 }, (_, n) => `c${n} TEXT`).join(', ');
    bench.sql(
      `CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT, big INTEGER, bin BLOB, long TEXT, ${extra})`,
    );
    const watch = bench.collector();
    watch.look();
    bench.sql(
      "INSERT INTO events VALUES (9007199254740993, NULL, 9007199254740995, zeroblob(70000), printf('%.5000c', 'x')" +
        ", 'v'".repeat(30) +
        ')',
    );
    const [row] = watch.look().rows;
    expect(row).toMatchObject({ id: '9007199254740993', type: '', stampedAtMs: null, stampDoubtful: false });
    expect(row?.data).toMatchObject({
      big: '9007199254740995',
      bin: 'blob of 70000 bytes',
      long: `${'x'.repeat(200)}…`,
    });
    expect(row?.data['…']).toBe(13);
    expect(Object.keys(row?.data ?? {})).toHaveLength(21);
    expect(watch.collector.columns()).toEqual([
      'id',
      'type',
      'big',
      'bin',
      'long',
      ...Array.from({ length: 30 }, (_, n) => `c${n}`),
    ]);
  });

  it('does not take a number for nothing that it cannot keep', () => {
    bench.sql('CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT, large REAL, small REAL, none REAL)');
    const watch = bench.collector();
    watch.look();
    bench.sql("INSERT INTO events VALUES (1, 'a', 1e400, -1e400, NULL)");
    expect(watch.look().rows[0]?.data).toEqual({ large: UNTOLD, small: UNTOLD, none: null });
  });

  it('tells a short blob as SQL writes it, so that a row can be found by its id', () => {
    bench.sql('CREATE TABLE events (id BLOB PRIMARY KEY, type TEXT, digest BLOB, more BLOB)');
    const watch = bench.collector();
    watch.look();
    bench.sql("INSERT INTO events VALUES (X'00FF27', CAST('tool_run' AS BLOB), zeroblob(32), zeroblob(33))");
    expect(watch.look().rows[0]).toMatchObject({
      id: "blob X'00FF27'",
      type: "blob X'746F6F6C5F72756E'",
      data: { digest: `blob X'${'00'.repeat(32)}'`, more: 'blob of 33 bytes' },
    });
  });

  it('marks what was cut, and only that', () => {
    bench.sql('CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT, a TEXT, b TEXT, c TEXT)');
    const watch = bench.collector();
    watch.look();
    bench.sql(
      "INSERT INTO events VALUES (1, 'note', printf('%.200c', 'x'), printf('%.201c', 'x'), 'to' || char(0) || 'o')",
    );
    expect(watch.look().rows[0]).toMatchObject({
      type: 'note',
      data: { a: 'x'.repeat(200), b: `${'x'.repeat(200)}…`, c: 'to\uFFFD…' },
    });
  });

  it.each([
    [
      'a view',
      'CREATE TABLE t (id INTEGER PRIMARY KEY, type TEXT); CREATE VIEW events AS SELECT * FROM t',
      {},
      'is a view',
    ],
    ['a virtual table', 'CREATE VIRTUAL TABLE events USING fts5(type)', {}, 'virtual table'],
    ['no type column', 'CREATE TABLE events (id INTEGER PRIMARY KEY, tpye TEXT)', {}, 'nearest is «tpye»'],
    [
      'two type columns',
      'CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT, event_type TEXT)',
      {},
      'could each be',
    ],
    ['a named column that is not there', SCHEMA, { time: 'created' }, 'nearest is «created_at»'],
  ])('%s: said in words', (_, schema, columns, words) => {
    bench.sql(schema);
    const watch = bench.collector({ columns });
    expect(watch.look().failures[0]).toContain(words);
    expect(watch.look().failures).toHaveLength(1);
  });

  it('takes columns that are named, quotes and all', () => {
    bench.sql(
      'CREATE TABLE "my ""events" (nr INTEGER PRIMARY KEY, "what is it" TEXT, "w" INTEGER, type TEXT)',
    );
    const watch = bench.collector({
      table: 'my "events',
      columns: { id: 'nr', type: 'what is it', time: 'w' },
    });
    watch.look();
    bench.sql(`INSERT INTO "my ""events" VALUES (5, 'tool_run', ${Date.now()}, 'q')`);
    expect(watch.look().rows).toMatchObject([
      { id: '5', type: 'tool_run', stampDoubtful: false, data: { type: 'q' } },
    ]);
  });
});
