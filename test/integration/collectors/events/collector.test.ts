import { appendFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bench, SCHEMA, sleep } from './harness.ts';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

const insert = (type: string): string => `INSERT INTO events (type, payload) VALUES ('${type}', 'x');`;

describe.each(['WAL', 'DELETE', 'TRUNCATE', 'PERSIST'])(
  'rows written by sqlite3 and python3, journal mode %s',
  (mode) => {
    beforeEach(() => {
      bench.sql(`PRAGMA journal_mode=${mode}; ${SCHEMA} ${insert('user_message')}`);
    });

    it('takes what is there as causes, then sees each new row once', () => {
      const watch = bench.collector();
      const first = watch.look();
      expect(first.failures).toEqual([]);
      expect(first.rows.map((row) => row.type)).toEqual(['user_message']);
      expect(first.rows[0]?.firstSeenAtMs).toBe(first.rows[0]?.stampedAtMs);
      bench.sql(insert('tool_run'));
      const { rows } = watch.look();
      expect(rows).toHaveLength(1);
      expect(rows[0]).toMatchObject({
        type: 'tool_run',
        id: '2',
        source: 'events',
        data: { payload: 'x' },
        stampDoubtful: false,
      });
      expect(rows[0]?.atMs).toBe(rows[0]?.stampedAtMs);
      expect(watch.types()).toEqual([]);
      bench.python(
        'import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute("insert into events(type) values(\'llm_request\')"); c.commit()',
      );
      expect(watch.types()).toEqual(['llm_request']);
      expect(watch.types({ full: true })).toEqual([]);
      expect(watch.collector.eventTypes()).toEqual(['user_message', 'tool_run', 'llm_request']);
      expect(watch.stop()).toMatchObject({ status: 'ok', tier: 'counter', lost: 0 });
    });

    it('sees rows while the writer keeps its connection, and leaves no file of its own', async () => {
      const writer = await bench.hold(
        `import sqlite3,sys
c=sqlite3.connect(sys.argv[1]); print('ready')
for line in sys.stdin:
    c.execute('insert into events(type) values(?)',(line.strip(),)); c.commit(); print('ok')
c.close()`,
      );
      const watch = bench.collector();
      expect(watch.look({ pids: [writer.pid] }).failures).toEqual([]);
      for (const type of ['a', 'b', 'c']) {
        await writer.tell(type);
        expect(await watch.told()).toEqual([type]);
        expect(watch.types()).toEqual([]);
      }
      expect(watch.collector.pending?.()).toBe(false);
      expect(watch.stop()).toMatchObject({ status: 'ok', lost: 0 });
    });

    it('waits for a transaction that is not yet committed', async () => {
      const writer = await bench.hold(
        `import sqlite3,sys
c=sqlite3.connect(sys.argv[1],isolation_level=None); print('ready')
for line in sys.stdin:
    c.execute(line); print('ok')`,
      );
      const watch = bench.collector();
      watch.look();
      await writer.tell('BEGIN IMMEDIATE');
      expect(watch.collector.pending?.()).toBe(true);
      await writer.tell(insert('tool_run'));
      expect(watch.types()).toEqual([]);
      expect(watch.look({ full: true })).toEqual({ rows: [], failures: [] });
      expect(watch.collector.pending?.()).toBe(true);
      await writer.tell('COMMIT');
      expect(await watch.told()).toEqual(['tool_run']);
      expect(watch.collector.pending?.()).toBe(false);
      expect(watch.stop()).toMatchObject({ status: 'ok' });
    });
  },
);

it('never reads a quiet database again, and wakes when it is written', async () => {
  bench.sql(`PRAGMA journal_mode=WAL; ${SCHEMA} ${insert('a')}`);
  const watch = bench.collector();
  watch.look();
  await sleep(300);
  watch.look();
  expect(watch.types()).toEqual([]);
  bench.sql(insert('b'));
  expect(await watch.told()).toEqual(['b']);
});

it('is not woken by what is written beside the database', async () => {
  bench.sql(`PRAGMA journal_mode=WAL; ${SCHEMA} ${insert('a')}`);
  const watch = bench.collector();
  let news = 0;
  watch.collector.onNews?.(() => (news += 1));
  watch.look();
  watch.look();
  // Two in turn, since the kernel tells equal changes in a row once.
  for (let round = 0; round < 200; round += 1) {
    appendFileSync(join(dirname(bench.path), `other-${round % 2}.log`), 'a line\n');
  }
  bench.sql(insert('b'));
  while (news === 0) await sleep(20);
  await sleep(100);
  expect(news).toBeLessThan(100);
  expect(await watch.told()).toEqual(['b']);
});

it('finds a row by the slow poll where no watcher tells', async () => {
  bench.sql(`PRAGMA journal_mode=WAL; ${SCHEMA} ${insert('a')}`);
  const watch = bench.collector();
  watch.look();
  await sleep(300);
  watch.look();
  bench.sql(insert('b'));
  expect(watch.types({ nowMs: Date.now() + 30_000 })).toEqual(['b']);
});

it('closes nothing behind the app: its log is tidied away when it ends', () => {
  bench.sql(`PRAGMA journal_mode=WAL; ${SCHEMA} ${insert('a')}`);
  const watch = bench.collector();
  watch.look();
  bench.sql(insert('b'));
  watch.look();
  expect(bench.sql('SELECT count(*) FROM events').trim()).toBe('2');
  expect(() => rmSync(`${bench.path}-wal`)).toThrow(/ENOENT/);
  expect(() => rmSync(`${bench.path}-shm`)).toThrow(/ENOENT/);
});
