import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Outbox } from '../../../src/alerts/outbox.ts';
import type { Sink } from '../../../src/alerts/sink.ts';
import { openSqlite } from '../../../src/os/sqlite.ts';
import { alertOf } from '../../support/alerts.ts';

const START_MS = Date.UTC(2026, 0, 5, 2);
let folder: string;
let path: string;
let box: Outbox;
let isDown: boolean;
const taken: string[] = [];

/** What it takes is in `taken` as `key: alert`. */
const sink = (key: string): Sink => ({
  type: 'webhook',
  key,
  refreshMs: null,
  send: async ({ alerts }) => {
    await Promise.resolve();
    if (isDown) throw new Error('down');
    taken.push(...alerts.map((alert) => `${key}: ${alert.key}`));
  },
});
const open = (...keys: string[]): Outbox => {
  box = Outbox.open({ path, sinks: keys.map(sink), random: () => 0, log: () => {} });
  return box;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ip-sinks-'));
  path = join(folder, 'outbox.db');
  isDown = true;
  taken.length = 0;
});
afterEach(async () => {
  await box.close();
  rmSync(folder, { recursive: true, force: true });
});

/** One alert that no sink has taken so far. */
async function waiting(...keys: string[]): Promise<void> {
  open(...keys).enqueue([alertOf('a')], START_MS);
  await box.deliver(START_MS);
  expect(taken).toEqual([]);
  isDown = false;
}

it('what waits for a sink is sent to it, wherever it stands after a restart', async () => {
  await waiting('one', 'two');
  await box.close();
  open('new', 'two', 'one').enqueue([alertOf('b')], START_MS + 1);
  await box.deliver(START_MS + 3_600_000);
  expect(taken.toSorted()).toEqual(['new: b', 'one: a', 'one: b', 'two: a', 'two: b']);
});

it('the same while it runs; what waits for one that is gone is given up', async () => {
  await waiting('one', 'two');
  await box.use([sink('three'), sink('two')]);
  expect(box.standing.pending).toBe(1);
  box.enqueue([alertOf('b')], START_MS + 1);
  await box.deliver(START_MS + 3_600_000);
  expect(taken.toSorted()).toEqual(['three: b', 'two: a', 'two: b']);
});

it('sinks are changed only when nothing is being sent', async () => {
  isDown = false;
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  box = Outbox.open({
    path,
    sinks: [{ ...sink('slow'), send: () => held }],
    random: () => 0,
    log: () => {},
  });
  box.enqueue([alertOf('a')], START_MS);
  const sending = box.deliver(START_MS);
  const used = box.use([sink('slow')]);
  release();
  await sending;
  await used;
  await box.deliver(START_MS + 3_600_000);
  expect(taken).toEqual([]);
  expect(box.standing.pending).toBe(0);
});

it('an outbox that counted its sinks goes on with them in their order', async () => {
  await waiting('one', 'two');
  await box.close();
  const db = openSqlite(path, {});
  db.exec('DROP TABLE sink; PRAGMA user_version = 1');
  db.close();
  open('one', 'two');
  await box.deliver(START_MS + 3_600_000);
  expect(taken.toSorted()).toEqual(['one: a', 'two: a']);
});
