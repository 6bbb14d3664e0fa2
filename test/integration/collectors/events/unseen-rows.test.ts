import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Failure } from '../../../../src/model/collector.ts';
import { Bench, type LookResult, sleep, type Watch } from './harness.ts';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

const UNSEEN = /some may have come and gone between two looks/;
const CAME_AND_WENT = "INSERT INTO events (type) VALUES ('hidden'); DELETE FROM events WHERE type = 'hidden'";
/** Runs statements in a connection that stays, each line as one; SQL of several statements is a commit each. */
const APP = `import sqlite3,sys
c=sqlite3.connect(sys.argv[1],isolation_level=None); print('ready')
for line in sys.stdin:
    for s in line.split(';'): c.execute(s)
    print('ok')`;

interface App {
  sql: (text: string) => Promise<string>;
  watch: Watch;
  /** A look that has time to see a change from the one before. */
  look: () => Promise<LookResult>;
}

/** An app with a table of so many rows, of 200 bytes each, and a watch that has seen them. */
async function watchedApp(
  rows: number,
  {
    journal = 'DELETE',
    vacuum = 'NONE',
    before = '',
    schema = 'id INTEGER PRIMARY KEY, type TEXT, payload TEXT',
  } = {},
): Promise<App> {
  bench.sql(`PRAGMA auto_vacuum=${vacuum}; PRAGMA journal_mode=${journal}; CREATE TABLE events (${schema}); CREATE TABLE other (a);
    INSERT INTO other VALUES (1);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ${rows})
    INSERT INTO events (type, payload) SELECT 'a', printf('%0200d', i) FROM n WHERE ${rows} > 0`);
  const { tell } = await bench.hold(APP);
  for (const pragma of ['wal_autocheckpoint=0', before].filter((text) => text !== ''))
    await tell(`PRAGMA ${pragma}`);
  const watch = bench.collector();
  const look = async (): Promise<LookResult> => {
    await sleep(20);
    return watch.look({ full: false });
  };
  watch.look();
  await look();
  return { sql: tell, watch, look };
}

describe.each(['DELETE', 'TRUNCATE', 'PERSIST', 'WAL'])(
  'rows that came and went between two looks (%s)',
  (journal) => {
    describe.each([
      ['an empty table', 0],
      ['one page', 10],
      ['a few pages', 200],
      ['more than can be copied', 45_000],
    ])('%s', (_, rows) => {
      it.each([
        ['in one transaction', `BEGIN; ${CAME_AND_WENT}; COMMIT`],
        ['in two', CAME_AND_WENT],
      ])('%s, time and again', async (_what, sql) => {
        const app = await watchedApp(rows, { journal, before: 'secure_delete=OFF' });
        for (let time = 0; time < 2; time += 1) {
          await app.sql(sql.replaceAll('hidden', `hidden ${time}`));
          const { rows: seen, failures } = app.watch.look();
          expect(seen).toEqual([]);
          expect(failures).toEqual([expect.stringMatching(UNSEEN)]);
          expect((await app.look()).failures).toEqual([]);
        }
      });
    });

    it('that are wiped, and always the same', async () => {
      const app = await watchedApp(10, { journal, before: 'secure_delete=ON' });
      for (let time = 0; time < 3; time += 1) {
        await app.sql(CAME_AND_WENT);
        expect((await app.look()).failures).toEqual([expect.stringMatching(UNSEEN)]);
      }
    });

    it('that were others meanwhile', async () => {
      const app = await watchedApp(100, { journal });
      const to = (type: string): string => `UPDATE events SET type = '${type}' WHERE id > 90`;
      for (let time = 0; time < 2; time += 1) {
        // Of another length, so that something is left of it also where there is no log.
        await app.sql(`${to(`hidden ${time}`)}; ${to('a')}`);
        expect((await app.look()).failures).toEqual([expect.stringMatching(UNSEEN)]);
      }
    });

    it('that came into a table which stood in for the other meanwhile', async () => {
      const app = await watchedApp(10, { journal });
      for (let time = 0; time < 2; time += 1) {
        await app.sql(
          "ALTER TABLE events RENAME TO away; CREATE TABLE events (id, type); INSERT INTO events VALUES (1, 'hidden'); DROP TABLE events; ALTER TABLE away RENAME TO events",
        );
        expect((await app.look()).failures).toEqual([expect.stringMatching(UNSEEN)]);
        expect((await app.look()).failures).toEqual([]);
      }
    });

    it('says nothing where rows stay, become others, are pruned, and where others are written', async () => {
      const app = await watchedApp(300, { journal });
      const cases: [string, string[]][] = [
        ["INSERT INTO events (type) VALUES ('b')", ['b']],
        ["UPDATE events SET payload = 'other' WHERE id = (SELECT max(id) FROM events)", []],
        ["UPDATE events SET payload = 'other' WHERE id < 100", []],
        ["UPDATE events SET type = 'c' WHERE id = 17", ['c']],
        ['DELETE FROM events WHERE id < 60', []],
        ['DELETE FROM events WHERE id = (SELECT max(id) FROM events)', []],
        ['DELETE FROM events WHERE id BETWEEN 200 AND 270', []],
        ['INSERT INTO other VALUES (2)', []],
        ['INSERT INTO other VALUES (3); DELETE FROM other WHERE a = 3; UPDATE other SET a = a + 1', []],
        ['CREATE TABLE scratch (a); INSERT INTO scratch VALUES (1); DROP TABLE scratch', []],
        ['CREATE TABLE more (a)', []],
        ['CREATE TABLE most (a); ALTER TABLE more ADD COLUMN b; ALTER TABLE more RENAME TO moved', []],
        ['ALTER TABLE events ADD COLUMN b; ALTER TABLE events ADD COLUMN c', []],
        ['PRAGMA user_version = 7', []],
        ['BEGIN IMMEDIATE; COMMIT', []],
        ["BEGIN; INSERT INTO events (type) VALUES ('never'); ROLLBACK", []],
        ["UPDATE events SET payload = 'same'; UPDATE events SET payload = 'same'", []],
        ['PRAGMA wal_checkpoint(PASSIVE)', []],
        ['PRAGMA wal_checkpoint(TRUNCATE)', []],
        ['INSERT INTO other VALUES (4)', []],
        ['VACUUM', []],
        ['PRAGMA wal_checkpoint(RESTART)', []],
        ['INSERT INTO other VALUES (5)', []],
      ];
      for (const [sql, types] of cases) {
        await app.sql(sql);
        const { rows, failures } = await app.look();
        expect([sql, rows.map(({ type }) => type), failures]).toEqual([sql, types, []]);
        expect([sql, (await app.look()).failures]).toEqual([sql, []]);
      }
    });
  },
);

/** Numbers that are the same each time, from 0 to below `most`. */
function numbers(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * most);
  };
}

describe('an app that writes this and that', () => {
  const text = (bytes: number): string => `printf('%0${bytes}d', 1)`;
  const add = (type: string, bytes: number): string =>
    `INSERT INTO events (type, payload) VALUES ('${type}', ${text(bytes)})`;
  /** Whatever leaves something that is seen; deletions first, so that nothing comes and goes. */
  const visible = (below: (most: number) => number): string[] => {
    const from = below(400);
    const write = [
      `DELETE FROM events WHERE id >= ${from} AND id < ${from + 1 + below(40)}`,
      `DELETE FROM events WHERE id = (SELECT max(id) - ${below(20)} FROM events)`,
      `DELETE FROM events WHERE id <= (SELECT min(id) + ${below(30)} FROM events)`,
      `DELETE FROM events WHERE id % 3 = ${below(3)}`,
      `DELETE FROM other WHERE rowid % 5 = ${below(5)}`,
      add('b', 1 + below(6000)),
      `INSERT INTO other VALUES (${text(1 + below(6000))})`,
      `UPDATE events SET payload = ${text(1 + below(600))} WHERE id = (SELECT max(id) - ${below(60)} FROM events)`,
      `UPDATE events SET payload = ${text(1 + below(1800))} WHERE id % 7 = ${below(7)}`,
    ];
    return Array.from({ length: 1 + below(3) }, () => below(write.length))
      .sort((a, b) => a - b)
      .map((nth) => write[nth] ?? '');
  };

  it.each([
    ['WAL', 'NONE', 1000],
    ['WAL', 'FULL', 0],
    ['WAL', 'INCREMENTAL', 10],
    ['DELETE', 'NONE', 0],
    ['DELETE', 'FULL', 0],
  ])(
    'is doubted where a row came and went, and nowhere else (%s, auto_vacuum %s)',
    async (journal, vacuum, checkpoint) => {
      const app = await watchedApp(200, { journal, vacuum, before: `wal_autocheckpoint=${checkpoint}` });
      await app.sql('CREATE INDEX by_type ON events (type)');
      app.watch.look();
      const below = numbers(checkpoint + 7);
      const missed: string[] = [];
      for (let round = 0; round < 100; round += 1) {
        const isHidden = below(3) === 0;
        const hidden = `${add('hidden', 1 + below(6000))}; DELETE FROM events WHERE type = 'hidden'`;
        const sql = isHidden
          ? below(2) === 0
            ? hidden
            : `BEGIN; ${hidden}; COMMIT`
          : visible(below).join('; ');
        await app.sql(sql);
        const { failures } = await app.look();
        if (!isHidden) expect([round, sql, failures]).toEqual([round, sql, []]);
        else if (failures.length === 0) missed.push(`${round}: ${sql}`);
      }
      // Without a log, only what is left in the pages tells: as good as always something. A file that shrinks at once moves pages as they are.
      if (journal === 'WAL' && vacuum !== 'FULL') expect(missed).toEqual([]);
      else expect(missed.length).toBeLessThan(10);
    },
  );
});

it('each time by a connection of its own, which leaves no write-ahead log', async () => {
  bench.sql('PRAGMA journal_mode=WAL; CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT)');
  const watch = bench.collector();
  watch.look();
  for (let time = 0; time < 3; time += 1) {
    await sleep(20);
    bench.sql(`PRAGMA secure_delete=ON; ${CAME_AND_WENT}`);
    expect(watch.look({ full: false }).failures).toEqual([expect.stringMatching(UNSEEN)]);
    expect(watch.look().failures).toEqual([]);
  }
});

it('rows of a table without rowids are missed only where others are written, too', async () => {
  const schema = "id TEXT PRIMARY KEY DEFAULT 'x', type TEXT, payload TEXT";
  const app = await watchedApp(0, {
    schema: `${schema}) WITHOUT ROWID; CREATE TABLE more (a`,
    before: 'secure_delete=ON',
  });
  for (let time = 0; time < 3; time += 1) {
    await app.sql(CAME_AND_WENT);
    expect((await app.look()).failures.join()).toMatch(time === 0 ? /^$|come and gone/ : UNSEEN);
  }
});

it('while the app never stops to write something else into its write-ahead log', async () => {
  bench.sql(
    'PRAGMA journal_mode=WAL; CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT); CREATE TABLE other (a); INSERT INTO other VALUES (1)',
  );
  const busy = await bench.hold(`import sqlite3,sys,time
c=sqlite3.connect(sys.argv[1],isolation_level=None,timeout=60); c.execute('PRAGMA synchronous=OFF'); c.execute('PRAGMA wal_autocheckpoint=0'); print('ready')
while True: c.execute('UPDATE other SET a = a + 1'); time.sleep(0.0003)`);
  const { tell } = await bench.hold(APP);
  await tell('PRAGMA busy_timeout=60000; PRAGMA wal_autocheckpoint=0');
  const watch = bench.collector();
  watch.look();
  for (let time = 0; time < 10; time += 1) {
    expect(watch.look().failures).toEqual([]);
    await tell(CAME_AND_WENT);
    expect(watch.look().failures).toEqual([expect.stringMatching(UNSEEN)]);
  }
  process.kill(busy.pid, 'SIGKILL');
  await busy.ended;
});

it('of many small rows on large pages the oldest may be deleted', async () => {
  const app = await watchedApp(0, { before: 'user_version=1' });
  await app.sql(
    "PRAGMA page_size=65536; VACUUM; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 6000) INSERT INTO events (type) SELECT 'a' FROM n",
  );
  app.watch.look();
  for (let oldest = 1; oldest < 1000; oldest += 200) {
    await app.sql(`DELETE FROM events WHERE id < ${oldest + 200}`);
    expect((await app.look()).failures).toEqual([]);
  }
});

it('of a database that is read now and then came since it was read before', async () => {
  const app = await watchedApp(45_000);
  const { collector } = app.watch;
  const atMs = Date.now();
  const sample = (nowMs: number, full = false): readonly Failure[] => {
    const span = { nowMs, previousMs: nowMs - 1000 };
    const none = { processes: [], moved: new Set<number>(), started: [], ended: [] };
    return collector.sample({ ...span, ...none, full }).failures ?? [];
  };
  expect(sample(atMs + 1000, true)).toEqual([]);
  await app.sql(CAME_AND_WENT);
  await sleep(20);
  const found: Failure[] = [];
  let lookMs = atMs + 2000;
  for (; found.length === 0 && lookMs < atMs + 60_000; lookMs += 1000) found.push(...sample(lookMs));
  expect(found).toMatchObject([{ reason: expect.stringMatching(UNSEEN), sinceMs: expect.any(Number) }]);
  expect(lookMs).toBeGreaterThan(atMs + 30_000);
  expect(found[0]?.sinceMs).toBeLessThanOrEqual(Date.now());
});

it.each(['NONE', 'INCREMENTAL'])(
  'of a file that gives back free pages none has come (auto_vacuum %s)',
  async (vacuum) => {
    const app = await watchedApp(10, { vacuum, before: 'secure_delete=ON' });
    await app.sql('INSERT INTO other VALUES (zeroblob(100000)); DELETE FROM other WHERE length(a) > 1000');
    await app.look();
    for (let time = 0; time < 3; time += 1) {
      await app.sql('PRAGMA incremental_vacuum(5)');
      expect((await app.look()).failures).toEqual([]);
      await app.sql(CAME_AND_WENT);
      expect((await app.look()).failures).toEqual([expect.stringMatching(UNSEEN)]);
    }
  },
);
