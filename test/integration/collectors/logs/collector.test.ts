import {
  appendFileSync,
  mkdtempSync,
  openSync,
  closeSync,
  existsSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stopAll, TICK_MS, Watch } from './harness.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'idleproof-logs-')));
  file = join(folder, 'app.log');
});
afterEach(() => {
  stopAll();
  rmSync(folder, { recursive: true, force: true });
});

const line = (name: string, more: object = {}): string => `${JSON.stringify({ event: name, ...more })}\n`;

describe('a log that grows', () => {
  it('tells each line once, and nothing of what was there before', () => {
    writeFileSync(file, line('old'));
    const watch = new Watch(file);
    expect(watch.look()).toMatchObject({ found: [], reasons: [] });
    expect(watch.collector.categories()).toEqual(['old']);
    expect(watch.collector.fields()).toEqual({ old: ['event'] });
    appendFileSync(file, line('one') + line('two'));
    expect(watch.look()).toMatchObject({ found: ['one', 'two'], reasons: [] });
    expect(watch.look()).toMatchObject({ found: [], reasons: [] });
    expect(watch.collector.report?.()).toMatchObject({ status: 'ok', tier: 'counter', lost: 0 });
  });

  it('waits for the end of a line that is written in pieces', () => {
    writeFileSync(file, '');
    const watch = new Watch(file);
    watch.look();
    appendFileSync(file, line('one').slice(0, 8));
    expect(watch.look()).toMatchObject({ found: [], reasons: [] });
    expect(watch.collector.pending?.()).toBe(true);
    appendFileSync(file, line('one').slice(8));
    expect(watch.look()).toMatchObject({ found: ['one'], reasons: [] });
    expect(watch.collector.pending?.()).toBe(false);
  });

  it('takes a line without an end as it is when nothing follows', () => {
    writeFileSync(file, '');
    const watch = new Watch(file);
    watch.look();
    appendFileSync(file, line('one').trimEnd());
    const found = [watch.look(), watch.look(), watch.look()].flatMap((look) => look.found);
    expect(found).toEqual(['one']);
    expect(watch.collector.pending?.()).toBe(false);
  });

  it('leaves alone what stood there without an end before', () => {
    writeFileSync(file, '{"event":"old"');
    const watch = new Watch(file);
    for (let round = 0; round < 4; round += 1) expect(watch.look()).toMatchObject({ found: [], reasons: [] });
    appendFileSync(file, '}\n');
    expect(watch.look()).toMatchObject({ found: ['old'], reasons: [] });
  });

  it('believes stamps that fit, in either zone, and doubts others', () => {
    writeFileSync(file, '');
    const watch = new Watch(file);
    watch.look();
    const now = new Date(watch.nowMs - 300);
    appendFileSync(
      file,
      line('utc', { time: now.toISOString() }) + line('old', { time: '2020-01-01T00:00:00.000Z' }),
    );
    const { activities } = watch.look();
    expect(activities).toMatchObject([
      { category: 'utc', atMs: now.getTime(), stampDoubtful: false },
      { category: 'old', stampDoubtful: true, stampedAtMs: Date.UTC(2020, 0, 1) },
    ]);
  });

  it('takes a stamp for the beginning of what took so long', () => {
    writeFileSync(file, '');
    const watch = new Watch(file);
    watch.look();
    const begunMs = watch.nowMs - 60_000;
    appendFileSync(file, line('load', { ts: begunMs, duration_ms: 59_900 }));
    expect(watch.look().activities).toMatchObject([{ atMs: begunMs, stampDoubtful: false }]);
  });

  it('tells of a stamp from before the line was written, where nobody wrote for longer', () => {
    writeFileSync(file, '');
    const watch = new Watch(file);
    watch.look();
    watch.nowMs += 20_000;
    // A quiet log is not read.
    watch.look(false);
    const [late, soon] = [watch.nowMs - 6_000, watch.nowMs - 1_000];
    appendFileSync(file, line('late', { ts: late }) + line('soon', { ts: soon }));
    const { activities } = watch.look();
    expect(activities).toMatchObject([
      { atMs: late, stampDoubtful: false, backdated: true },
      { atMs: soon, stampDoubtful: false },
    ]);
    expect(activities[1]).not.toHaveProperty('backdated');
  });

  it('takes no line of another file for one from before it was written: nobody listened to that one', () => {
    const [first, second] = ['first.log', 'second.log'].map((name) => join(folder, name)) as [string, string];
    writeFileSync(first, '');
    symlinkSync(first, file);
    const watch = new Watch(file);
    watch.look();
    watch.nowMs += 20_000;
    watch.look(false);
    const atMs = watch.nowMs - 6_000;
    writeFileSync(second, line('elsewhere', { ts: atMs }));
    rmSync(file);
    symlinkSync(second, file);
    const { activities } = watch.look();
    expect(activities).toMatchObject([{ category: 'elsewhere', atMs, stampDoubtful: false }]);
    expect(activities[0]).not.toHaveProperty('backdated');
  });

  it('counts a line without a time when it was first seen', () => {
    writeFileSync(file, '');
    const watch = new Watch(file);
    watch.look();
    appendFileSync(file, line('bare') + line('since', { ts: 12.5 }));
    const atMs = watch.nowMs;
    const expected = {
      atMs,
      firstSeenAtMs: atMs,
      notBeforeMs: atMs - TICK_MS,
      stampedAtMs: null,
      stampDoubtful: false,
    };
    expect(watch.look().activities).toMatchObject([expected, expected]);
  });

  it('tells lines from before the first look that a rule may rest on', () => {
    const nowMs = Date.now();
    const lines = [90_000, 10_000].map((ago) => line(`before-${ago}`, { time: nowMs - ago }));
    writeFileSync(file, lines.join(''));
    const watch = new Watch(file, 'jsonl', 30_000);
    expect(watch.look().activities).toMatchObject([{ category: 'before-10000', atMs: nowMs - 10_000 }]);
  });
});

describe('a log that is rotated', () => {
  it('is read to its end under its old name, and then under the new one', () => {
    writeFileSync(file, line('old'));
    const watch = new Watch(file);
    watch.look();
    const fd = openSync(file, 'a');
    writeSync(fd, line('before'));
    renameSync(file, `${file}.1`);
    writeFileSync(file, line('new'));
    // Its writer has not noticed.
    writeSync(fd, line('late'));
    expect(watch.look()).toMatchObject({ found: ['before', 'late', 'new'], reasons: [] });
    writeSync(fd, line('later'));
    closeSync(fd);
    appendFileSync(file, line('newer'));
    expect(watch.look()).toMatchObject({ found: ['later', 'newer'], reasons: [] });
    expect(watch.collector.report?.()).toMatchObject({ status: 'ok', lost: 0 });
  });

  it('may be gone for a while between the two', () => {
    writeFileSync(file, '');
    const watch = new Watch(file);
    watch.look();
    renameSync(file, `${file}.1`);
    expect(watch.look()).toMatchObject({ found: [], reasons: [] });
    writeFileSync(file, line('new'));
    expect(watch.look()).toMatchObject({ found: ['new'], reasons: [] });
  });

  it('twice between two looks is a gap, since nobody saw the one between', () => {
    writeFileSync(file, '');
    const watch = new Watch(file);
    watch.look();
    renameSync(file, `${file}.2`);
    writeFileSync(file, line('between'));
    renameSync(file, `${file}.1`);
    writeFileSync(file, line('new'));
    const { found, reasons } = watch.look();
    expect(found).toEqual(['new']);
    expect(reasons).toEqual([expect.stringContaining('rotated more than once')]);
  });

  it('by copying and cutting is a gap, and read on from its beginning', () => {
    writeFileSync(file, line('old').repeat(10));
    const watch = new Watch(file);
    watch.look();
    copyFileSync(file, `${file}.1`);
    truncateSync(file, 0);
    appendFileSync(file, line('new'));
    const { found, reasons } = watch.look();
    expect(found).toEqual(['new']);
    expect(reasons).toEqual([expect.stringContaining('was cut or written anew')]);
    expect(watch.look().reasons).toEqual([]);
  });

  it('is known to be cut when it has grown beyond where it was read to', () => {
    writeFileSync(file, line('old'));
    const watch = new Watch(file);
    watch.look();
    truncateSync(file, 0);
    appendFileSync(file, line('x').repeat(50));
    const { found, reasons } = watch.look();
    expect(found).toHaveLength(50);
    expect(reasons).toEqual([expect.stringContaining('was cut or written anew')]);
  });

  it('by a writer that keeps its place leaves a hole, which is no line', () => {
    writeFileSync(file, line('old').repeat(1000));
    const fd = openSync(file, 'r+');
    const watch = new Watch(file);
    watch.look();
    truncateSync(file, 0);
    writeSync(fd, line('new'), 20_000_000);
    closeSync(fd);
    const looks = [watch.look(), watch.look(), watch.look()];
    expect(looks.flatMap(({ found }) => found)).toEqual(['new']);
    expect(looks.flatMap(({ reasons }) => reasons)).toEqual([expect.stringContaining('was cut')]);
  });

  it('by such a writer is not searched for what was written, however large the hole is', () => {
    const place = 8 * 2 ** 30;
    writeFileSync(file, '');
    truncateSync(file, place);
    const fd = openSync(file, 'r+');
    writeSync(fd, `\n${line('old')}`, place);
    const watch = new Watch(file);
    expect(watch.look()).toMatchObject({ found: [], reasons: [] });
    truncateSync(file);
    const written = writeSync(fd, line('one'), place + 1 + line('old').length);
    expect(watch.look()).toMatchObject({ found: ['one'], reasons: [expect.stringContaining('was cut')] });
    writeSync(fd, line('two'), place + 1 + line('old').length + written);
    expect(watch.look()).toMatchObject({ found: ['two'], reasons: [] });
    closeSync(fd);
  });

  it('by a link that leads elsewhere is followed', () => {
    const [monday, tuesday] = ['app-2026-05-04.txt', 'app-2026-05-05.txt'].map((name) => join(folder, name));
    writeFileSync(monday!, line('old'));
    writeFileSync(tuesday!, '');
    symlinkSync(monday!, file);
    const watch = new Watch(file);
    watch.look();
    appendFileSync(monday!, line('monday'));
    unlinkSync(file);
    symlinkSync(tuesday!, file);
    appendFileSync(tuesday!, line('tuesday'));
    expect(watch.look()).toMatchObject({ found: ['monday', 'tuesday'], reasons: [] });
  });
});

describe('what cannot be read', () => {
  it('is a gap and counted, and never fatal', () => {
    writeFileSync(file, '');
    const watch = new Watch(file);
    watch.look();
    appendFileSync(file, `${line('one')}Traceback (most recent call last):\n\u0000\u0001\n${line('two')}`);
    const { found, reasons } = watch.look();
    expect(found).toEqual(['one', 'two']);
    expect(reasons).toEqual([`lines of ${file} could not be read as its format has them`]);
    expect(watch.look().reasons).toEqual([]);
    expect(watch.collector.report?.()).toMatchObject({ lost: 2, status: 'ok' });
  });

  it('is a line of 100 MB, whose neighbours are read', () => {
    writeFileSync(file, '');
    const watch = new Watch(file, 'perf');
    watch.look();
    const fd = openSync(file, 'a');
    writeSync(fd, '[PERF] {perf: before}\n');
    const piece = Buffer.alloc(1_000_000, 'x');
    for (let round = 0; round < 100; round += 1) writeSync(fd, piece);
    writeSync(fd, '\n[PERF] {perf: after}\n');
    closeSync(fd);
    const found: string[] = [];
    const reasons: string[] = [];
    do {
      const look = watch.look();
      found.push(...look.found);
      reasons.push(...look.reasons);
    } while (watch.collector.pending?.() === true);
    expect(found).toEqual(['before', 'after']);
    expect(reasons).toEqual([`lines of ${file} were too long`]);
    expect(watch.collector.report?.().lost).toBe(1);
  });

  it('is a flood, which is read bit by bit and lost nowhere', () => {
    writeFileSync(file, '');
    const watch = new Watch(file);
    watch.look();
    appendFileSync(file, line('flood').repeat(60_000));
    let count = 0;
    let looks = 0;
    do {
      count += watch.look().found.length;
      looks += 1;
    } while (watch.collector.pending?.() === true);
    expect(count).toBe(60_000);
    expect(looks).toBeGreaterThan(2);
  });

  it.each([
    ['a file that is not there', () => {}, 'does not exist'],
    ['a folder', () => mkdirSync(file), 'is a folder, not a file'],
    ['a pipe, without waiting for its writer', () => void spawnSync('mkfifo', [file]), 'is a pipe or device'],
  ])('is %s: a gap until it is there', (_, make, words) => {
    make();
    const watch = new Watch(file);
    expect(watch.collector.probe([])).toMatchObject({
      status: 'partial',
      reason: expect.stringContaining(words),
    });
    expect(watch.look().reasons).toEqual([expect.stringContaining(words)]);
    expect(watch.look().reasons).toEqual([expect.stringContaining(words)]);
    expect(watch.collector.report?.()).toMatchObject({ status: 'unavailable' });
    rmSync(file, { recursive: true, force: true });
    writeFileSync(file, line('first'));
    expect(watch.look()).toMatchObject({ found: ['first'], reasons: [] });
  });

  if (process.geteuid?.() === 0) console.log('skipped: root may read every file');
  it.skipIf(process.geteuid?.() === 0)('is a file that this user may not read', () => {
    writeFileSync(file, '');
    chmodSync(file, 0);
    expect(new Watch(file).look().reasons).toEqual([expect.stringContaining('may not be read by this user')]);
  });
});

/** Waits for a state, however long a busy host takes. */
async function until(isSo: () => boolean): Promise<void> {
  for (let round = 0; round < 500 && !isSo(); round += 1) await sleep(20);
  expect(isSo()).toBe(true);
}

if (process.platform !== 'linux') console.log('skipped: open files are watched on Linux alone');
describe.skipIf(process.platform !== 'linux')('a quiet log', () => {
  it('is not looked at, and tells of news by itself', async () => {
    writeFileSync(file, '');
    const watch = new Watch(file);
    let news = 0;
    watch.collector.onNews?.(() => (news += 1));
    watch.look();
    expect(watch.collector.dueAtMs?.()).toBeGreaterThan(watch.nowMs);
    appendFileSync(file, line('one'));
    await until(() => news > 0);
    expect(watch.collector.dueAtMs?.()).toBe(0);
    expect(watch.look(false).found).toEqual(['one']);
    expect(watch.collector.dueAtMs?.()).toBeGreaterThan(watch.nowMs);
  });

  it('is woken by nothing that happens beside it, and once by all that it gets until the next look', async () => {
    writeFileSync(file, '');
    const watch = new Watch(file);
    let news = 0;
    watch.collector.onNews?.(() => (news += 1));
    watch.look();
    for (let round = 0; round < 50; round += 1) {
      appendFileSync(join(folder, 'other.log'), line('other'));
      appendFileSync(`${file}.1`, line('other'));
    }
    appendFileSync(file, line('own'));
    await until(() => news > 0);
    for (let round = 0; round < 50; round += 1) {
      appendFileSync(file, line('own'));
      await sleep(1);
    }
    expect(news).toBe(1);
    expect(watch.look(false).found).toHaveLength(51);
    expect(watch.collector.dueAtMs?.()).toBeGreaterThan(watch.nowMs);
  });

  it.each<[string, () => void]>([
    ['renamed', () => renameSync(file, `${file}.1`)],
    ['deleted', () => unlinkSync(file)],
    [
      'replaced',
      () => {
        writeFileSync(`${file}.new`, '');
        renameSync(`${file}.new`, file);
      },
    ],
  ])('tells that it was %s, and is looked for until it is there again', async (_, change) => {
    writeFileSync(file, '');
    const watch = new Watch(file);
    watch.look();
    change();
    await until(() => watch.collector.dueAtMs?.() === 0);
    expect(watch.look(false)).toMatchObject({ found: [], reasons: [] });
    if (!existsSync(file)) expect(watch.collector.dueAtMs?.()).toBe(0);
    appendFileSync(file, line('new'));
    await until(() => watch.collector.dueAtMs?.() === 0);
    expect(watch.look(false).found).toEqual(['new']);
  });

  it('is still watched under its old name, since its writer may not have noticed', async () => {
    writeFileSync(file, '');
    const watch = new Watch(file);
    watch.look();
    renameSync(file, `${file}.1`);
    writeFileSync(file, '');
    await until(() => watch.collector.dueAtMs?.() === 0);
    watch.look(false);
    expect(watch.collector.dueAtMs?.()).toBeGreaterThan(watch.nowMs);
    appendFileSync(`${file}.1`, line('late'));
    await until(() => watch.collector.dueAtMs?.() === 0);
    expect(watch.look(false).found).toEqual(['late']);
  });
});
