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
    expect(watch.types({ nowMs: (nowMs += 1000) })).toEqual([]);
    expect(watch.types({ nowMs: (nowMs += 29_000) })).toEqual(['a']);
    bench.sql(insert('b'));
    expect(watch.types({ nowMs: (nowMs += 1000), full: true })).toEqual(['b']);
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
    const writer = await bench.hold(
      "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1],isolation_level=None)\nc.execute(\"insert into events(type) values('b')\"); print('ready')\nsys.stdin.readline()",
    );
    chmodSync(bench.folder, 0o500);
    expect(watch.look({ pids: [writer.pid] })).toMatchObject({ failures: [], rows: [{ type: 'b' }] });
  });
});
