import {
  appendFileSync,
  openSync,
  closeSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
  chmodSync,
  mkdirSync,
} from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { folderForEach } from '../../../support/folder-for-each.ts';
import { line, stopAll, TICK_MS, Watch } from './harness.ts';

let folder: string;
let file: string;
folderForEach('idleproof-logs-', (made) => {
  folder = made;
  file = join(folder, 'app.log');
});
afterEach(stopAll);

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
