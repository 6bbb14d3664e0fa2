import { afterEach, beforeEach, expect, it } from 'vitest';
import { Bench } from './harness.ts';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

const rows = (columns: string, time: string): string =>
  Array.from(
    { length: 30 },
    (_, row) =>
      `INSERT INTO events (${columns}) VALUES ('tool_run', ${time.replace('AGO', `-${100 - row} minutes`)});`,
  ).join('');

const BY_TS = `CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT, ts TEXT); ${rows('type, ts', "datetime('now', 'AGO')")}`;

it.each([
  ['a column that looks more like the time', BY_TS, 'ALTER TABLE events ADD COLUMN created_at TEXT'],
  [
    'a column that looks more like the type',
    `CREATE TABLE events (id INTEGER PRIMARY KEY, name TEXT, ts TEXT); ${rows('name, ts', "datetime('now', 'AGO')")}`,
    'ALTER TABLE events ADD COLUMN kind TEXT',
  ],
  [
    'a column that looks like the id',
    `CREATE TABLE events (type TEXT, ts TEXT); ${rows('type, ts', "datetime('now', 'AGO')")}`,
    'ALTER TABLE events ADD COLUMN event_id TEXT',
  ],
  [
    'the first column that looks like a time',
    `CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT, wrote TEXT); ${rows('type, wrote', "'x AGO'")}`,
    "ALTER TABLE events ADD COLUMN created_at TEXT; UPDATE events SET created_at = datetime('now', '-1 day')",
  ],
  ['a name of its own for its time', BY_TS, 'ALTER TABLE events RENAME COLUMN ts TO time'],
])('takes no row that is there for a new one when its table gets %s', (_, before, change) => {
  bench.sql(before);
  const watch = bench.collector();
  const nowMs = Date.now();
  watch.look({ nowMs: nowMs - 5000 });
  bench.sql(change);
  expect(watch.look({ nowMs })).toEqual({ rows: [], failures: [] });
  const [, type] = /\(id INTEGER PRIMARY KEY, (\w+)/.exec(before) ?? [];
  bench.sql(`INSERT INTO events (${type ?? 'type'}) VALUES ('note')`);
  expect(watch.types()).toEqual(['note']);
  expect(watch.stop().reason ?? '').not.toContain('were deleted');
});

it('takes no row for a new one where the first time that its table gets cannot be read', () => {
  bench.sql(`CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT, ts TEXT); ${rows('type, ts', 'NULL')}`);
  const watch = bench.collector();
  const nowMs = Date.now();
  watch.look({ nowMs: nowMs - 5000 });
  bench.sql("INSERT INTO events (type, ts) VALUES ('note', 'soon')");
  expect(watch.look({ nowMs }).rows).toMatchObject([{ type: 'note', stampDoubtful: true }]);
});
