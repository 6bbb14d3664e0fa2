import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bench, sleep, type Watch } from './harness.ts';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

const fill = (from: number, to: number): string =>
  `WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n LIMIT ${to - from + 1})
   INSERT INTO events (id, type, ts) SELECT i, 'note', strftime('%s', 'now') - 900000 FROM n;`;
const begin = (last: number, ts = 'ts INTEGER'): Watch => {
  bench.sql(
    `PRAGMA journal_mode = WAL; CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT, ${ts}); ${fill(101, last)}`,
  );
  const watch = bench.collector();
  watch.look();
  return watch;
};
const NOTE = "INSERT INTO events (type, ts) VALUES ('note', strftime('%s', 'now'));";
const TOOL = "UPDATE events SET type = 'tool_run', ts = strftime('%s', 'now') WHERE id = ";

/** Looks in part, after one more row came, until that is told; what else is told. */
async function partly(watch: Watch): Promise<string[]> {
  bench.sql(NOTE);
  for (;;) {
    const types = watch.types({ full: false });
    if (types.includes('note')) return types.filter((type) => type !== 'note');
    await sleep(20);
  }
}

describe('rows older than those that are known one by one', () => {
  it.each([101, 5000, 20_000, 38_000])('number %d of 40,000 is told at a look at everything', (id) => {
    const watch = begin(40_000);
    bench.sql(TOOL + id);
    expect(watch.look().rows).toMatchObject([{ id: String(id), type: 'tool_run', stampDoubtful: false }]);
    expect(watch.types()).toEqual([]);
    expect(watch.stop()).toMatchObject({ status: 'ok', lost: 0 });
  });

  it.each([101, 20_000, 38_000])(
    'number %d of 40,000 is told after some looks, as many as there are ten thousands, and not twice',
    async (id) => {
      const watch = begin(40_000);
      bench.sql(TOOL + id);
      const told: string[] = [];
      for (let n = 0; n < 5; n += 1) told.push(...(await partly(watch)));
      expect(told).toEqual(['tool_run']);
      for (let n = 0; n < 5; n += 1) told.push(...(await partly(watch)));
      expect(told).toEqual(['tool_run']);
      expect(watch.types()).toEqual([]);
      expect(watch.stop()).toMatchObject({ status: 'ok', lost: 0 });
    },
  );

  it.each([
    ['its stamp tells when', "strftime('%s', 'now') - 20", { stampDoubtful: false }, 0],
    ['its stamp does not tell when', 'ts', { stampDoubtful: true }, 1],
    ['its stamp is from before', "strftime('%s', 'now') - 600", { stampDoubtful: true }, 1],
  ])('one that a look in part has left out, where %s', async (_, ts, times, lost) => {
    const watch = begin(60_000);
    const startMs = Date.now();
    watch.look({ nowMs: startMs - 40_000 });
    // The tenth ten thousand is not reached by the first of these looks.
    bench.sql(`UPDATE events SET type = 'tool_run', ts = ${ts} WHERE id = 45000; ${NOTE}`);
    while (watch.types({ full: false, nowMs: Date.now() - 5000 }).length === 0) await sleep(20);
    const { rows } = watch.look();
    expect(rows).toMatchObject([{ id: '45000', ...times }]);
    if (lost > 0) expect(rows).toMatchObject([{ notBeforeMs: startMs - 40_000 }]);
    const report = watch.stop();
    expect(report).toMatchObject({ status: lost > 0 ? 'partial' : 'ok', lost });
    if (lost > 0) expect(report.reason).toContain('nothing tells when');
  });

  it('one without any time is as exact as a look where all are looked at each time', async () => {
    bench.sql(
      `PRAGMA journal_mode = WAL; CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT);
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 9000) INSERT INTO events SELECT i, 'note' FROM n;`,
    );
    const watch = bench.collector();
    watch.look({ nowMs: Date.now() - 40_000 });
    bench.sql("UPDATE events SET type = 'tool_run' WHERE id = 500");
    expect(await watch.told()).toEqual(['tool_run']);
    expect(watch.stop()).toMatchObject({ status: 'ok', lost: 0 });
  });

  it('those that come among older ids, some of them too many to be told one by one', () => {
    const watch = begin(9000);
    bench.sql('DELETE FROM events WHERE id >= 2000 AND id < 6000');
    expect(watch.types()).toEqual([]);
    bench.sql(fill(2000, 2499));
    expect(watch.look().rows).toHaveLength(500);
    bench.sql(fill(2500, 5599));
    expect(watch.look().rows).toHaveLength(1000);
    bench.sql(`${TOOL} 4321; DELETE FROM events WHERE id = 4322`);
    expect(watch.look().rows).toMatchObject([{ id: '4321', type: 'tool_run' }]);
    expect(watch.stop()).toMatchObject({
      status: 'partial',
      lost: 2100,
      reason: expect.stringContaining('2100 older rows came or became others at once'),
    });
  });

  it('those that were new once, whether many came at once or one by one', () => {
    const watch = begin(3000);
    bench.sql(fill(3001, 9000));
    expect(watch.look().rows).toHaveLength(6000);
    bench.sql(`${TOOL} 3500`);
    expect(watch.look().rows).toMatchObject([{ id: '3500' }]);
    for (let id = 9001; id < 9010; id += 1) {
      bench.sql(fill(id, id));
      expect(watch.look().rows).toMatchObject([{ id: String(id), type: 'note' }]);
    }
    bench.sql(`${TOOL} 7005`);
    expect(watch.look().rows).toMatchObject([{ id: '7005', type: 'tool_run' }]);
    expect(watch.stop()).toMatchObject({ status: 'ok', lost: 0 });
  });

  it('all are told where they were pruned to a few, and where an app prunes at each look', () => {
    const watch = begin(12_000);
    for (let id = 1000; id <= 9000; id += 2000) {
      bench.sql(`DELETE FROM events WHERE id < ${id}; DELETE FROM events WHERE id < 9900 AND id % 7 <> 0`);
      expect(watch.types()).toEqual([]);
      bench.sql(`${TOOL} 9905`);
      expect(watch.look().rows).toMatchObject([{ id: '9905' }]);
      bench.sql("UPDATE events SET type = 'note' WHERE id = 9905");
      expect(watch.look().rows).toMatchObject([{ id: '9905' }]);
    }
    bench.sql(`${TOOL} 9009`);
    expect(watch.look().rows).toMatchObject([{ id: '9009', type: 'tool_run' }]);
    expect(watch.stop()).toMatchObject({ status: 'ok', lost: 0 });
  });

  it('long texts, blobs and nothing at all are compared, too', () => {
    const watch = begin(5000, 'ts');
    const become = (type: string): string => `UPDATE events SET type = ${type} WHERE id = 200`;
    for (const type of [
      'NULL',
      "''",
      "printf('%.900c', 'x')",
      'zeroblob(5000)',
      'zeroblob(5001)',
      "X'80FE'",
      "X'80FF'",
      '7',
      '7.5',
    ]) {
      bench.sql(become(type));
      expect(watch.look().rows, type).toMatchObject([{ id: '200' }]);
      bench.sql(become(type));
      expect(watch.types(), type).toEqual([]);
    }
    expect(watch.stop()).toMatchObject({ status: 'ok', lost: 0 });
  });

  it('a database that was put in the place of the other is compared whole', async () => {
    const watch = begin(40_000);
    bench.sql(`VACUUM INTO '${bench.path}.new'`);
    bench.sql(`${TOOL} 36000`, `${bench.path}.new`);
    bench.sql('PRAGMA wal_checkpoint(TRUNCATE)');
    bench.python("import os,sys; os.replace(sys.argv[1] + '.new', sys.argv[1])");
    expect(await watch.told()).toEqual(['tool_run']);
  });

  it('of more than a million the oldest are not followed, and one below all ids still is', async () => {
    bench.sql(
      'PRAGMA journal_mode = WAL; CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT, ts INTEGER)',
    );
    // Stays, so that there is a log and all rows are read.
    const writer = await bench.hold(
      `import sqlite3,sys
c=sqlite3.connect(sys.argv[1],isolation_level=None); print('ready')
for line in sys.stdin:
    c.execute(line); print('ok')`,
    );
    const tell = async (sql: string): Promise<string> => await writer.tell(sql.replaceAll('\n', ' '));
    await tell(fill(101, 1_004_100));
    const watch = bench.collector();
    watch.look();
    await tell("UPDATE events SET type = 'tool_run' WHERE id IN (150, 3000)");
    await tell("INSERT INTO events (id, type) VALUES (-7, 'tool_run')");
    expect(watch.look().rows.map(({ id }) => id)).toEqual(['-7', '3000']);
    await tell(fill(1_004_101, 1_008_100));
    expect(watch.look().rows).toHaveLength(4000);
    await tell("UPDATE events SET type = 'tool_run' WHERE id IN (-7, 2500, 3001, 9000, 1003000, 1005000)");
    await tell("INSERT INTO events (id, type) VALUES (-8, 'tool_run')");
    expect(watch.look().rows.map(({ id }) => id)).toEqual(['-8', '9000', '1003000', '1005000']);
    expect(watch.types()).toEqual([]);
  });
});

/** What a table holds after a round, and what was done to it. */
const roundOf = fc.record({
  update: fc.array(fc.integer({ min: 101, max: 9000 }), { maxLength: 5 }),
  insert: fc.array(fc.integer({ min: -50, max: 9000 }), { maxLength: 5 }),
  append: fc.constantFrom(0, 1, 3, 1500),
  deleteFrom: fc.integer({ min: -100, max: 9000 }),
  deleted: fc.constantFrom(0, 0, 1, 300, 2500),
  isFull: fc.boolean(),
});

it('whatever happens to rows, each that came or became another is told once when all were looked at', () => {
  fc.assert(
    fc.property(fc.array(roundOf, { minLength: 1, maxLength: 6 }), (rounds) => {
      bench.close();
      bench = new Bench();
      const watch = begin(6000);
      const told: string[] = [];
      const expected: string[] = [];
      let stamp = 0;
      for (const { update, insert, append, deleteFrom, deleted, isFull } of rounds) {
        const marks: string[] = [];
        // Where all that are known one by one are gone, every row counts as new, and the report says so.
        const steps = [
          `DELETE FROM events WHERE id >= ${deleteFrom} AND id < min(${deleteFrom + deleted}, (SELECT max(id) - 50 FROM events));`,
        ];
        for (const id of new Set([...update, ...insert])) {
          stamp += 1;
          marks.push(`${id}/${stamp}`);
          const isUpdate = update.includes(id);
          steps.push(
            isUpdate
              ? `UPDATE events SET type = '${id}/${stamp}' WHERE id = ${id};`
              : `INSERT OR IGNORE INTO events (id, type) VALUES (${id}, '${id}/${stamp}');`,
          );
        }
        steps.push(`INSERT INTO events (type) SELECT 'new' FROM events LIMIT ${append};`);
        bench.sql(`BEGIN; ${steps.join(' ')} COMMIT;`);
        told.push(...watch.types({ full: isFull }));
        if (!isFull) told.push(...watch.types());
        const there = bench.sql("SELECT type FROM events WHERE type LIKE '%/%'").split('\n');
        expected.push(...marks.filter((mark) => there.includes(mark)));
      }
      expect(told.filter((type) => type.includes('/')).toSorted()).toEqual(expected.toSorted());
    }),
    { numRuns: 12 },
  );
});

describe('a row that became another one is told', () => {
  const start = (filling: string): Watch => {
    bench.sql(
      `PRAGMA journal_mode = WAL; CREATE TABLE events (id INTEGER PRIMARY KEY, type, ts); ${filling}`,
    );
    const watch = bench.collector();
    watch.look();
    return watch;
  };
  const many = (type: string): string =>
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5000)
     INSERT INTO events (id, type, ts) SELECT i, ${type}, strftime('%s', 'now') - 9000 FROM n;`;

  it.each([3, 4998])('where bytes became the same text, in row %d of 5,000', (id) => {
    const watch = start(many("CAST('tool_run' AS BLOB)"));
    bench.sql(`UPDATE events SET type = CAST(type AS TEXT) WHERE id = ${id};`);
    expect(watch.types()).toEqual(['tool_run']);
    expect(watch.types()).toEqual([]);
  });

  it('where the types of neighbours are the same text one after the other', () => {
    const apart = 'char(31)';
    const shift = (first: string, second: string, third: string): string =>
      `UPDATE events SET type = CASE id WHEN 50 THEN ${first} WHEN 51 THEN ${second} ELSE ${third} END WHERE id IN (50, 51, 52);`;
    const watch = start(many("'note'") + shift(`'x' || ${apart} || 'tool_run'`, "'y'", "'w'"));
    bench.sql(shift("'x'", "'tool_run'", `'y' || ${apart} || 'w'`));
    expect(watch.types()).toEqual(expect.arrayContaining(['tool_run']));
  });
});

describe('a large database without a write-ahead log', () => {
  const MORE = /more older rows than can be compared/;
  const OLDER = "INSERT INTO events VALUES (4001, 'tool_run', strftime('%s', 'now'), '');";
  const start = (): Watch => {
    bench.sql(
      `CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT, ts INTEGER, payload TEXT);
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 13000)
       INSERT INTO events SELECT 2 * i, 'note', strftime('%s', 'now') - 9000, printf('%.700c', 'p') FROM n;`,
    );
    const watch = bench.collector();
    watch.look();
    return watch;
  };

  it('may have a row among older ones that nobody could compare, once it was written to', () => {
    const watch = start();
    expect(watch.look().failures).toEqual([]);
    bench.sql(OLDER);
    expect(watch.look().failures).toEqual([expect.stringMatching(MORE)]);
    expect(watch.look().failures).toEqual([]);
  });

  it('the same where a log came with what was written', () => {
    const watch = start();
    bench.sql(`PRAGMA journal_mode = WAL; ${OLDER}`);
    const { rows, failures } = watch.look();
    expect(rows.length > 0 || failures.some((one) => MORE.test(one))).toBe(true);
  });
});

it('a table that was empty at first has no older rows that could not be compared', () => {
  bench.sql(
    'PRAGMA journal_mode = WAL; CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT, ts INTEGER);',
  );
  const watch = bench.collector();
  watch.look();
  bench.sql(NOTE);
  expect(watch.look()).toMatchObject({ rows: [{ type: 'note' }], failures: [] });
});
