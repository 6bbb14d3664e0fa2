import { linkSync, mkdirSync, renameSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bench, SCHEMA } from './harness.ts';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
  bench.sql(SCHEMA + insert('a'));
});
afterEach(() => bench.close());

const insert = (type: string): string => `INSERT INTO events (type) VALUES ('${type}');`;
/** Executes what it is told; in a mount namespace of its own where files are to be mounted. */
const hold = (path = 'sys.argv[1]', mount = ''): string => `import ctypes,os,sqlite3,sys
${mount}
c=sqlite3.connect(${path},isolation_level=None); print('ready')
for line in sys.stdin:
    c.execute(line).fetchall(); print('ok')`;
const mounted = (from: string, to: string): string => `
if ctypes.CDLL(None, use_errno=True).unshare(0x20000) != 0: raise OSError(ctypes.get_errno(), 'unshare')
if os.system("mount --make-rprivate / && mount --bind '${from}' '${to}'") != 0: raise OSError('mount')`;

/** Another database under its name. */
function replace(): void {
  const other = join(bench.folder, 'other.db');
  bench.sql(SCHEMA, other);
  renameSync(other, bench.path);
}

describe('the file that the target holds open', () => {
  it('is the same: nothing to say; another one: a failure; none: a note', async () => {
    const writer = await bench.hold(hold());
    await writer.tell('SELECT 1 FROM events');
    const watch = bench.collector();
    expect(watch.look({ pids: [writer.pid] }).failures).toEqual([]);
    replace();
    expect(watch.look({ pids: [writer.pid] }).failures[0]).toContain(`holds a deleted ${bench.path}`);
    expect(watch.look({ pids: [writer.pid] }).failures).toHaveLength(1);
    expect(watch.look({ pids: [] }).failures).toEqual([]);
    expect(watch.stop().reason).toContain('not held open');
  });

  it.each(['first', 'last'])(
    'is the same in one process, and deleted in another, which comes %s',
    async (place) => {
      const stale = await bench.hold(hold());
      await stale.tell('SELECT 1 FROM events');
      replace();
      const fresh = await bench.hold(hold());
      await fresh.tell('SELECT 1 FROM events');
      const pids = place === 'first' ? [stale.pid, fresh.pid] : [fresh.pid, stale.pid];
      const watch = bench.collector();
      expect(watch.look({ pids }).failures).toEqual([
        `python3 (pid ${stale.pid}) holds a deleted ${bench.path}: what it writes goes where nobody else can read it`,
      ]);
      expect(watch.look({ pids: [fresh.pid] }).failures).toEqual([]);
    },
  );

  it('is the same and a deleted one in one process', async () => {
    const writer = await bench.hold(`import os,sqlite3,sys
old=open(sys.argv[1],'r+b'); print('ready')
for line in sys.stdin:
    c=sqlite3.connect(sys.argv[1]); c.execute('SELECT 1 FROM events').fetchall(); print('ok')`);
    replace();
    await writer.tell('open');
    expect(bench.collector().look({ pids: [writer.pid] }).failures[0]).toContain(
      `holds a deleted ${bench.path}`,
    );
  });
});

describe('the write-ahead log of a database that the target holds open', () => {
  const elsewhere = (pid: number, log: string): string =>
    `python3 (pid ${pid}) writes into ${bench.path} by way of ${log}, and not of ${bench.path}-wal`;

  beforeEach(() => {
    bench.sql('PRAGMA journal_mode=WAL');
    mkdirSync(join(bench.folder, 'data'));
  });

  it('lies beside the other name of a hard link', async () => {
    const link = join(bench.folder, 'data', 'link.db');
    linkSync(bench.path, link);
    const writer = await bench.hold(hold(`'${link}'`));
    await writer.tell(insert('tool_run'));
    const watch = bench.collector();
    const { rows, failures } = watch.look({ pids: [writer.pid] });
    expect(rows.map(({ type }) => type)).toEqual(['a']);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toContain(elsewhere(writer.pid, `${link}-wal`));
    expect(watch.collector.probe([]).status).toBe('ok');
    expect(watch.stop()).toMatchObject({ status: 'partial' });
  });

  it('lies beside the name of a file that is mounted alone', async (context) => {
    if (process.getuid?.() !== 0) {
      console.log('skipped: only root may mount');
      context.skip();
    }
    const place = join(bench.folder, 'data', 'app.db');
    const writer = await bench.hold(
      hold(`'${place}'`, `open('${place}','w').close()${mounted(bench.path, place)}`),
    );
    await writer.tell(insert('tool_run'));
    expect(bench.collector().look({ pids: [writer.pid] }).failures[0]).toContain(
      elsewhere(writer.pid, `${place}-wal`),
    );
  });

  it('is ours where the whole folder is mounted elsewhere', async (context) => {
    if (process.getuid?.() !== 0) {
      console.log('skipped: only root may mount');
      context.skip();
    }
    const place = join(bench.folder, 'data');
    const writer = await bench.hold(hold(`'${place}/app.db'`, mounted(bench.folder, place)));
    const watch = bench.collector();
    watch.look({ pids: [writer.pid] });
    await writer.tell(insert('b'));
    expect(watch.look({ pids: [writer.pid] })).toMatchObject({ rows: [{ type: 'b' }], failures: [] });
  });

  it('was deleted, so that what is written is nowhere else', async () => {
    const writer = await bench.hold(hold());
    await writer.tell(insert('b'));
    unlinkSync(`${bench.path}-wal`);
    expect(bench.collector().look({ pids: [writer.pid] }).failures[0]).toContain(
      elsewhere(writer.pid, `a deleted ${bench.path}-wal`),
    );
  });

  it('is not that of another database that it holds open as well', async () => {
    const writer = await bench.hold(hold());
    await writer.tell(insert('b'));
    const other = join(bench.folder, 'data', 'other.db');
    bench.sql(`PRAGMA journal_mode=WAL; ${SCHEMA}`, other);
    await writer.tell(`ATTACH '${other}' AS other`);
    await writer.tell(insert('c').replace('INTO events', 'INTO other.events'));
    expect(bench.collector().look({ pids: [writer.pid] }).failures).toEqual([]);
  });
});
