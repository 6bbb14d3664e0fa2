import { afterEach, beforeEach, expect, it } from 'vitest';
import { Bench, SCHEMA } from './harness.ts';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

const WRITES = 2000;
/** A writer that does not wait at all for a lock, about 500 writes a second; says how many failed. */
const WRITER = `import sqlite3,sys,time
c=sqlite3.connect(sys.argv[1],isolation_level=None,timeout=0); c.execute('PRAGMA synchronous=OFF'); print('ready')
sys.stdin.readline(); failed=0; first=None
for n in range(${WRITES}):
    try: c.execute("insert into events(type) values('t')")
    except sqlite3.OperationalError as e: failed+=1; first=first or str(e)
    time.sleep(0.002)
print(failed, first)`;

it.each(['WAL', 'DELETE', 'TRUNCATE', 'PERSIST'])(
  `python3 writes ${WRITES} rows with a busy timeout of 0 and never fails because of us, journal mode %s`,
  async (mode) => {
    bench.sql(`PRAGMA journal_mode=${mode}; ${SCHEMA}`);
    const writer = await bench.hold(WRITER);
    const watch = bench.collector();
    watch.look();
    let rows = 0;
    let looks = 0;
    const outcome: { said: string | null } = { said: null };
    void writer.tell('go').then((line) => (outcome.said = line));
    while (outcome.said === null) {
      // Twenty times as often as a watchdog looks, and never the full look that may wait for a lock.
      const seen = watch.look({ full: false });
      expect(seen.failures).toEqual([]);
      rows += seen.rows.length;
      looks += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(outcome.said).toBe('0 None');
    rows += watch.look({ full: true }).rows.length;
    expect(rows).toBe(WRITES);
    expect(looks).toBeGreaterThan(20);
    expect(watch.stop()).toMatchObject({ lost: 0 });
  },
);
