import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COPIED_BYTES } from '../../../../src/collectors/events/database.ts';
import { Bench, SCHEMA, sleep, type Watch } from './harness.ts';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

describe('time stamps', () => {
  it.each([
    ['SQLite default text', "datetime('now')"],
    ['ISO text with Z', "strftime('%Y-%m-%dT%H:%M:%fZ','now')"],
    ['ISO text with an offset', "strftime('%Y-%m-%dT%H:%M:%f','now','+2 hours') || '+02:00'"],
    ['epoch seconds', "CAST(strftime('%s','now') AS INTEGER)"],
    ['epoch seconds with a fraction', "(julianday('now') - 2440587.5) * 86400.0"],
    ['epoch milliseconds', "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"],
    ['epoch microseconds', "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)"],
    ['Julian day', "julianday('now')"],
  ])('%s', (_, now) => {
    bench.sql(
      `CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT, created_at); INSERT INTO events VALUES (1, 'old', ${now});`,
    );
    const watch = bench.collector();
    expect(watch.types()).toEqual(['old']);
    bench.sql(`INSERT INTO events VALUES (2, 'new', ${now});`);
    const [row] = watch.look().rows;
    expect(row).toMatchObject({ stampDoubtful: false });
    expect(Math.abs((row?.atMs ?? 0) - Date.now())).toBeLessThan(5000);
  });

  it('local time without a zone, written in New York: not dropped, not believed', () => {
    const env = { TZ: 'America/New_York' };
    bench.sql('CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT, created_at TEXT)');
    const watch = bench.collector();
    watch.look();
    const nowMs = Date.now();
    bench.python(
      "import sqlite3,sys,datetime as d; c=sqlite3.connect(sys.argv[1]); c.execute('insert into events values(1,?,?)',('tool_run',d.datetime.now().isoformat())); c.commit()",
      env,
    );
    const [row] = watch.look({ nowMs }).rows;
    expect(row).toMatchObject({ type: 'tool_run', stampDoubtful: true, atMs: nowMs, firstSeenAtMs: nowMs });
    bench.sql("INSERT INTO events VALUES (2, 'tool_run', datetime('now', 'localtime'))", bench.path, env);
    expect(watch.look().rows).toMatchObject([{ stampDoubtful: true }]);
    bench.sql("INSERT INTO events VALUES (3, 'tool_run', 'soon')");
    expect(watch.look().rows).toMatchObject([{ stampDoubtful: true, stampedAtMs: null }]);
  });

  it.each([
    [6, true],
    [2, undefined],
  ])('a stamp of %d s before the row was written, where nobody wrote for longer', async (agoS, backdated) => {
    bench.sql(SCHEMA);
    const watch = bench.collector();
    await quiet(watch);
    const nowMs = Date.now();
    watch.look({ full: false, nowMs: nowMs - 500 });
    bench.sql(insertStamped(nowMs - agoS * 1000));
    const [row] = watch.look({ nowMs }).rows;
    expect(row).toMatchObject({ stampDoubtful: false, atMs: row?.stampedAtMs });
    expect(row?.backdated).toBe(backdated);
  });

  it('a stamp in another file, to which nobody listened, is from before nothing', async () => {
    const link = join(bench.folder, 'link.db');
    const other = join(bench.folder, 'elsewhere', 'app.db');
    mkdirSync(dirname(other));
    bench.sql(SCHEMA);
    symlinkSync(bench.path, link);
    const watch = bench.collector({ sqlite: link });
    await quiet(watch);
    const nowMs = Date.now();
    watch.look({ full: false, nowMs: nowMs - 500 });
    bench.sql(`${SCHEMA} ${insertStamped(nowMs - 6000)}`, other);
    rmSync(link);
    symlinkSync(other, link);
    const [row] = watch.look({ nowMs }).rows;
    expect(row).toMatchObject({ type: 'a', stampDoubtful: false });
    expect(row).not.toHaveProperty('backdated');
  });

  it('a stamp from after the last reading of a database that is read seldom, and listened to by nobody, is from before nothing', async () => {
    bench.sql(`${SCHEMA} CREATE TABLE ballast (b); INSERT INTO ballast VALUES (zeroblob(${COPIED_BYTES}));`);
    const watch = bench.collector();
    watch.look({ nowMs: Date.now() - 21_000 });
    const heard = new Promise<void>((resolve) => watch.collector.onNews?.(resolve));
    // Taken for the end of the folder itself, since the system names that alike.
    writeFileSync(join(bench.folder, basename(bench.folder)), '');
    await heard;
    watch.look({ nowMs: Date.now() - 20_000 });
    const nowMs = Date.now();
    watch.look({ full: false, nowMs: nowMs - 500 });
    bench.sql(insertStamped(nowMs - 6000));
    const [row] = watch.look({ nowMs }).rows;
    expect(row).toMatchObject({ type: 'a', stampDoubtful: false });
    expect(row).not.toHaveProperty('backdated');
  });

  it('the stamps of a transaction that was seen open for long are not doubted', async () => {
    bench.sql(SCHEMA);
    const writer = await bench.hold(
      `import sqlite3,sys
c=sqlite3.connect(sys.argv[1],isolation_level=None); print('ready')
for line in sys.stdin:
    c.execute(line); print('ok')`,
    );
    const watch = bench.collector();
    const nowMs = Date.now();
    watch.look({ nowMs: nowMs - 40_000 });
    await writer.tell('BEGIN IMMEDIATE');
    await writer.tell(
      "INSERT INTO events (type, created_at) VALUES ('a', strftime('%Y-%m-%dT%H:%M:%fZ','now','-30 seconds'))",
    );
    for (const agoMs of [25_000, 10_000, 1000]) watch.look({ nowMs: nowMs - agoMs, full: true });
    await writer.tell('COMMIT');
    expect(watch.look({ full: true }).rows).toMatchObject([{ type: 'a', stampDoubtful: false }]);
  });

  it('a watchdog that was stopped does not doubt the stamps of what came meanwhile', () => {
    bench.sql(SCHEMA);
    const watch = bench.collector();
    watch.look({ nowMs: Date.now() - 60_000 });
    bench.sql(
      "INSERT INTO events (type, created_at) VALUES ('a', strftime('%Y-%m-%dT%H:%M:%fZ','now','-30 seconds'))",
    );
    expect(watch.look().rows).toMatchObject([{ type: 'a', stampDoubtful: false }]);
  });
});

/** Looks of 20 s ago, until it takes the database for quiet, and reads nothing any more. */
async function quiet(watch: Watch): Promise<void> {
  watch.look({ nowMs: Date.now() - 20_000 });
  while (watch.collector.dueAtMs?.() === 0) {
    await sleep(20);
    watch.look({ full: false, nowMs: Date.now() - 20_000 });
  }
}

const insertStamped = (atMs: number): string =>
  `INSERT INTO events (type, created_at) VALUES ('a', strftime('%Y-%m-%dT%H:%M:%fZ', ${atMs / 1000}, 'unixepoch'));`;
