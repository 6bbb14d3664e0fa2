import { utimesSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventActivity } from '../../../../src/model/activity.ts';
import { only } from '../../../unit/support/judged.ts';
import { Scene, at } from '../../../unit/support/evidence.ts';
import { NO_TOOLS } from '../../../unit/support/packs.ts';
import { Bench, type Watch } from './harness.ts';

let bench: Bench;
let nowMs: number;
beforeEach(() => {
  bench = new Bench();
  nowMs = Date.now();
});
afterEach(() => bench.close());

const CELLS: Readonly<Record<string, (atMs: number) => string>> = {
  iso: (atMs) => `'${new Date(atMs).toISOString()}'`,
  seconds: (atMs) => String(Math.floor(atMs / 1000)),
  milliseconds: (atMs) => String(atMs),
  nanoseconds: (atMs) => `${atMs}000000`,
  digits: (atMs) => `'${Math.floor(atMs / 1000)}'`,
  word: () => "'soon'",
  nothing: () => 'NULL',
};

type Told = [agoSeconds: number, type: string, format: string];

const insert = ([agoSeconds, type, format]: Told): string =>
  `INSERT INTO events (type, created_at) VALUES ('${type}', ${CELLS[format]?.(nowMs - agoSeconds * 1000)});`;

/** A table with rows of an hour, mostly in one format and some in another, and what came last. */
function table(format: string, other: string, last: readonly Told[]): void {
  const old = Array.from({ length: 40 }, (_, row): Told => {
    const type = row % 4 === 0 ? 'user_message' : 'tool_run';
    return [5000 - row * 60, type, row % 5 === 0 ? other : format];
  });
  bench.sql(
    `CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT, created_at); ${[...old, ...last].map(insert).join('')}`,
  );
}

/** A watch that began 8 s ago, 5 s before its window. */
function begin(): Watch {
  const watch = bench.collector({}, 30_000);
  told.push(...watch.look({ nowMs: nowMs - 8000 }).rows);
  return watch;
}

const told: EventActivity[] = [];
beforeEach(() => told.splice(0));

/** What the rule about tools makes of all that was told, in a window that began 3 s ago. */
function judged(): string {
  const scene = new Scene(60).withEvents();
  const shiftMs = at(0) - (nowMs - 3000);
  for (const row of told) {
    const { stampedAtMs, notBeforeMs } = row;
    scene.activity({
      ...row,
      atMs: row.atMs + shiftMs,
      firstSeenAtMs: row.firstSeenAtMs + shiftMs,
      stampedAtMs: stampedAtMs === null ? null : stampedAtMs + shiftMs,
      ...(notBeforeMs === undefined ? {} : { notBeforeMs: notBeforeMs + shiftMs }),
    });
  }
  return only(scene, NO_TOOLS).verdict;
}

const MIXES = [
  ['iso', 'seconds'],
  ['iso', 'milliseconds'],
  ['iso', 'digits'],
  ['iso', 'word'],
  ['iso', 'nothing'],
  ['seconds', 'iso'],
  ['seconds', 'milliseconds'],
  ['seconds', 'nanoseconds'],
  ['milliseconds', 'seconds'],
  ['milliseconds', 'word'],
] as const;

describe.each(MIXES)('stamps that are mostly %s, and some are %s', (format, other) => {
  it('accuse nobody of a tool that somebody asked for before the watch began, in either format', () => {
    table(format, other, [[12, 'user_message', other]]);
    const watch = begin();
    bench.sql(insert([1, 'tool_run', format]));
    told.push(...watch.look({ nowMs }).rows);
    expect(judged()).toBe('inconclusive');
  });

  it('are believed where they are what most are', () => {
    table(format, other, [[12, 'user_message', format]]);
    const watch = begin();
    bench.sql(insert([1, 'tool_run', format]));
    told.push(...watch.look({ nowMs }).rows);
    expect(judged()).toBe('pass');
  });

  it('do not excuse a tool by what somebody asked for long ago', () => {
    table(format, other, []);
    const watch = begin();
    bench.sql(insert([1, 'tool_run', other]));
    told.push(...watch.look({ nowMs }).rows);
    expect(told).toMatchObject([{ type: 'tool_run' }]);
    expect(judged()).toBe('fail');
  });

  it.skipIf(other === 'nothing')('let no window pass in which one came that is not understood', () => {
    table(format, other, []);
    const watch = begin();
    bench.sql(insert([1, 'note', other]));
    told.push(...watch.look({ nowMs }).rows);
    expect(told).toMatchObject([{ stampDoubtful: true, stampedAtMs: null }]);
    expect(judged()).toBe('inconclusive');
  });
});

describe('a table without times', () => {
  const TABLE =
    "CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT); INSERT INTO events VALUES (1, 'user_message');";

  it.each([
    ['a moment', 12, 'inconclusive'],
    ['an hour', 3600, 'fail'],
  ])(
    'tells whether somebody may have asked by when it was last written: %s before',
    (_, agoSeconds, verdict) => {
      bench.sql(TABLE);
      const writtenS = nowMs / 1000 - agoSeconds;
      utimesSync(bench.path, writtenS, writtenS);
      const watch = begin();
      bench.sql("INSERT INTO events VALUES (2, 'tool_run')");
      told.push(...watch.look({ nowMs }).rows);
      expect(judged()).toBe(verdict);
    },
  );
});
