import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Outbox } from '../../../src/alerts/outbox.ts';
import type { Sink } from '../../../src/alerts/sink.ts';
import { webhookSink } from '../../../src/alerts/webhook.ts';
import { openSqlite } from '../../../src/os/sqlite.ts';
import { alertOf, Receiver } from '../../support/alerts.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

let folder: string;
let path: string;
let receiver: Receiver;
let boxes: Outbox[];
let logged: { level: string; message: string; fields: Record<string, unknown> }[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-outbox-'));
  path = join(folder, 'outbox.db');
  receiver = new Receiver();
  boxes = [];
  logged = [];
  await receiver.up();
});
afterEach(async () => {
  for (const box of boxes) await box.close();
  await receiver.down();
  rmSync(folder, { recursive: true, force: true });
});

const open = (sinks: readonly Sink[] = [webhookSink(receiver.url, 'host1')], notices = 20): Outbox => {
  const log = (level: string, message: string, fields: object): void => {
    logged.push({ level, message, fields: { ...fields } });
  };
  const box = Outbox.open({ path, sinks, random: () => 0, log, notices });
  boxes.push(box);
  return box;
};

/** Calls it whenever it wants to be called, until a time; returns how often that was. */
async function drive(box: Outbox, fromMs: number, untilMs: number): Promise<number> {
  let calls = 0;
  let nowMs: number | null = fromMs;
  while (nowMs !== null && nowMs <= untilMs) {
    calls += 1;
    const nextMs = await box.deliver(nowMs);
    if (nextMs !== null) expect(nextMs).toBeGreaterThan(nowMs);
    nowMs = nextMs;
  }
  return calls;
}

const resolved = (key: string) => alertOf(key, { status: 'resolved' });

describe('a receiver that is there', () => {
  it('gets each alert once, in order, and nothing is left to do', async () => {
    const box = open();
    expect(box.enqueue([alertOf('a'), alertOf('b')], 0)).toBe(2);
    expect(box.enqueue([alertOf('a')], 1)).toBe(0);
    expect(await box.deliver(10)).toBeNull();
    expect(await box.deliver(20)).toBeNull();
    expect(receiver.told).toEqual(['a firing', 'b firing']);
    const [first] = receiver.documents;
    expect(receiver.received[0]?.headers['idempotency-key']).toBe(first?.id);
  });

  it('is told in one notice of what was found together', async () => {
    const box = open();
    box.enqueue([alertOf('a'), alertOf('b')], 0);
    box.enqueue([alertOf('c')], 0);
    await box.deliver(1);
    expect(receiver.documents.map(({ alerts }) => alerts.map(({ key }) => key))).toEqual([['a', 'b'], ['c']]);
    const most = Array.from({ length: 250 }, (_, index) => alertOf(`k${index}`));
    box.enqueue(most, 2);
    await box.deliver(3);
    expect(receiver.documents.slice(2).map(({ alerts }) => alerts.length)).toEqual([100, 100, 50]);
  });

  it('is told of the end exactly once, and again only of what fired again', async () => {
    const box = open();
    box.enqueue([resolved('a')], 0);
    box.enqueue([alertOf('a'), resolved('a'), resolved('a')], 1);
    box.enqueue([resolved('a')], 2);
    await box.deliver(10);
    expect(receiver.told).toEqual(['a firing', 'a resolved']);
    box.enqueue([alertOf('a')], 20);
    await box.deliver(30);
    expect(receiver.told).toHaveLength(3);
  });

  it('is told again of what became worse, once, and only the worst of what waited', async () => {
    const box = open();
    box.enqueue([alertOf('a')], 0);
    await box.deliver(1);
    box.enqueue([alertOf('a', { repeat: 1 }), alertOf('a', { repeat: 1 }), alertOf('a', { repeat: 2 })], 2);
    await box.deliver(3);
    expect(receiver.documents.flatMap(({ alerts }) => alerts.map(({ repeat }) => repeat))).toEqual([0, 2]);
  });

  it('gets a burst as one notice, with everything in it', async () => {
    const box = open(undefined, 5);
    const keys = Array.from({ length: 30 }, (_, index) => `k${index}`);
    for (const key of keys) box.enqueue([alertOf(key)], 0);
    expect(await box.deliver(1)).toBeNull();
    expect(receiver.documents.map(({ alerts }) => alerts.length)).toEqual([1, 1, 1, 1, 26]);
    expect(receiver.told).toEqual(keys.map((key) => `${key} firing`));
    box.enqueue([alertOf('late')], 1000);
    expect(await box.deliver(1001)).toBe(1 + 10 * MINUTE_MS);
    await drive(box, 1 + 10 * MINUTE_MS, 20 * MINUTE_MS);
    expect(receiver.told.at(-1)).toBe('late firing');
  });

  it('is not asked at the same time twice', async () => {
    const box = open();
    box.enqueue([alertOf('a')], 0);
    expect(box.isSending).toBe(false);
    const calls = [box.deliver(1), box.deliver(1)];
    expect(box.isSending).toBe(true);
    await Promise.all(calls);
    expect(box.isSending).toBe(false);
    expect(receiver.told).toEqual(['a firing']);
  });
});

describe('a receiver that is down', () => {
  it('gets each alert once when it is back, and exactly one resolved, after the firing', async () => {
    const box = open();
    await receiver.down();
    box.enqueue([alertOf('a'), alertOf('b')], 0);
    expect(await box.deliver(0)).toBe(5_000);
    box.enqueue([resolved('a')], 6_000);
    const calls = await drive(box, 6_000, MINUTE_MS);
    expect(calls).toBeLessThan(6);
    await receiver.up();
    await drive(box, MINUTE_MS, 10 * MINUTE_MS);
    expect(receiver.told).toEqual(['a firing', 'b firing', 'a resolved']);
    expect(await box.deliver(11 * MINUTE_MS)).toBeNull();
    expect(receiver.told).toHaveLength(3);
  });

  it.each([503, 429, 500])('gets it later when it answers %i', async (status) => {
    const box = open();
    receiver.answer = () => status;
    box.enqueue([alertOf('a')], 0);
    await drive(box, 0, MINUTE_MS);
    expect(receiver.told).toEqual([]);
    receiver.answer = () => 204;
    await drive(box, MINUTE_MS, 5 * MINUTE_MS);
    expect(receiver.told).toEqual(['a firing']);
    expect(logged.find(({ level }) => level === 'warn')?.fields['problem']).toBe(`HTTP ${status}`);
  });

  it('holds up nobody else', async () => {
    const other = new Receiver();
    await other.up();
    try {
      const box = open([webhookSink(receiver.url, 'host1'), webhookSink(other.url, 'host1')]);
      await receiver.down();
      box.enqueue([alertOf('a')], 0);
      await box.deliver(0);
      expect(other.told).toEqual(['a firing']);
    } finally {
      await other.down();
    }
  });

  it('is given up after three days of trying, and the log says so; what comes then is sent', async () => {
    const box = open();
    await receiver.down();
    box.enqueue([alertOf('a')], 0);
    await drive(box, 0, 4 * DAY_MS);
    expect(logged.filter(({ level }) => level === 'error')).toMatchObject([
      { message: 'an alert was given up: nobody took it', fields: { sink: 0, type: 'webhook', days: 3 } },
    ]);
    expect(await box.deliver(4 * DAY_MS)).toBeNull();
    await receiver.up();
    box.enqueue([resolved('a'), alertOf('b')], 4 * DAY_MS);
    await drive(box, 4 * DAY_MS + 1, 5 * DAY_MS);
    expect(receiver.told).toEqual(['a resolved', 'b firing']);
  });

  it('is not given up because the clock was set forward, nor waited for because it was set back', async () => {
    const box = open();
    await receiver.down();
    box.enqueue([alertOf('a')], 0);
    await box.deliver(0);
    await box.deliver(400 * DAY_MS);
    expect(logged.filter(({ level }) => level === 'error')).toEqual([]);
    await receiver.up();
    await box.deliver(DAY_MS);
    expect(receiver.told).toEqual(['a firing']);
  });
});

describe('a receiver that refuses one alert', () => {
  it('gets the others, and the rest of that key only after it', async () => {
    const box = open();
    let isPicky = true;
    receiver.answer = ({ body }) => (isPicky && body.includes('"bad"') ? 422 : 200);
    for (const one of [alertOf('bad'), alertOf('good'), resolved('bad')]) box.enqueue([one], 0);
    await box.deliver(0);
    expect(receiver.told).toEqual(['good firing']);
    isPicky = false;
    await drive(box, 5_000, MINUTE_MS);
    expect(receiver.told).toEqual(['good firing', 'bad firing', 'bad resolved']);
  });

  it('gets at the next attempt what was in one notice with it', async () => {
    const box = open();
    receiver.answer = ({ body }) => (body.includes('"bad"') ? 422 : 200);
    box.enqueue([alertOf('good'), alertOf('bad'), alertOf('fine')], 0);
    await drive(box, 0, MINUTE_MS);
    expect(receiver.told).toEqual(['good firing', 'fine firing']);
  });

  it('is not followed to where it redirects', async () => {
    const box = open();
    receiver.answer = ({ path: where }) => (where === '/elsewhere' ? 200 : 302);
    box.enqueue([alertOf('a')], 0);
    await box.deliver(0);
    expect(receiver.received).toEqual([]);
  });
});

describe('the file', () => {
  it('is private, and holds neither addresses nor secrets', async () => {
    const { port } = new URL(receiver.url);
    const secret = `http://user:hunter2hunter2@127.0.0.1:${port}/T0001/s3cr3tpath?token=t0k3n`;
    await receiver.down();
    const box = open([webhookSink(secret, 'host1')]);
    box.enqueue([alertOf('a')], 0);
    await box.deliver(0);
    await box.close();
    boxes = [];
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const everything = readFileSync(path).toString('latin1') + JSON.stringify(logged);
    expect(logged[0]?.fields['problem']).toBe('connection refused (ECONNREFUSED)');
    for (const part of ['hunter2', 's3cr3tpath', 't0k3n', `:${port}`]) expect(everything).not.toContain(part);
  });

  it('keeps what the caller has to remember with the alerts, or neither', () => {
    const box = open();
    box.enqueue([alertOf('a')], 0, { nightly: '{"n":1}' });
    expect(box.recall('nightly')).toBe('{"n":1}');
    const broken = { ...alertOf('b'), key: null } as unknown as ReturnType<typeof alertOf>;
    expect(() => box.enqueue([broken], 1, { nightly: '{"n":2}' })).toThrow(/cannot be used/);
    expect(box.recall('nightly')).toBe('{"n":1}');
    expect(box.recall('other')).toBeNull();
  });

  it('is set aside when it is damaged, and a new one begun', async () => {
    writeFileSync(path, 'not a database at all, and long enough to be looked at'.repeat(40));
    const box = open();
    expect(box.setAside).toBe(`${path}.damaged-1`);
    expect(existsSync(`${path}.damaged-1`)).toBe(true);
    expect(logged).toMatchObject([{ level: 'error' }]);
    box.enqueue([alertOf('a')], 0);
    await box.deliver(1);
    expect(receiver.told).toEqual(['a firing']);
  });

  it.each(['-wal', '-journal'])('is set aside with its %s, which is no part of the new one', (end) => {
    writeFileSync(path, 'not a database at all, and long enough to be looked at'.repeat(40));
    // A journal that begins with zeros is over; see sqlite.org/tempfiles.html.
    const beside = Buffer.alloc(4096);
    writeFileSync(`${path}${end}`, beside);
    writeFileSync(`${path}.damaged-1${end}`, 'taken');
    expect(open().setAside).toBe(`${path}.damaged-2`);
    expect(readFileSync(`${path}.damaged-2${end}`)).toEqual(beside);
    expect(readFileSync(`${path}.damaged-1${end}`, 'utf8')).toBe('taken');
  });

  it('of a newer version is refused and left alone', async () => {
    await open().close();
    boxes = [];
    const db = openSqlite(path);
    db.pragma('user_version = 99');
    db.close();
    expect(() => open()).toThrow(/newer/);
    expect(existsSync(path)).toBe(true);
  });

  it('goes on after sinks were taken away', async () => {
    await receiver.down();
    const box = open([webhookSink(receiver.url, 'h'), webhookSink(receiver.url, 'h')]);
    box.enqueue([alertOf('a')], 0);
    await box.close();
    boxes = [];
    await receiver.up();
    const next = open([webhookSink(receiver.url, 'h')]);
    expect(await next.deliver(1)).toBeNull();
    expect(receiver.told).toEqual(['a firing']);
    expect(logged[0]?.message).toMatch(/configured no more/);
  });

  it('that cannot be written for a while costs no alert, and sends none twice', async () => {
    let sent = 0;
    const other = openSqlite(path);
    const sink: Sink = {
      type: 'webhook',
      refreshMs: null,
      send: () => {
        sent += 1;
        if (sent === 1) other.exec('BEGIN IMMEDIATE');
        return Promise.resolve();
      },
    };
    const box = open([sink]);
    box.enqueue([alertOf('a')], 0);
    await expect(box.deliver(1)).rejects.toMatchObject({ code: 'OUTBOX_WRITE', exitCode: 4 });
    expect(() => box.enqueue([alertOf('b')], 2)).toThrow(/is locked/);
    other.exec('ROLLBACK');
    other.close();
    expect(await box.deliver(3)).toBeNull();
    box.enqueue([alertOf('b')], 4);
    await box.deliver(5);
    expect(sent).toBe(2);
  });

  it('forgets what is over for a month', async () => {
    const box = open();
    box.enqueue([alertOf('a'), resolved('a'), alertOf('b')], 0);
    await box.deliver(1);
    await box.deliver(31 * DAY_MS);
    const db = openSqlite(path, { readonly: true });
    expect(db.prepare('SELECT key FROM alert').pluck().all()).toEqual(['b']);
    db.close();
  });

  it('breaks off what is being sent when it is closed, and sends it next time', async () => {
    receiver.isSilent = true;
    const box = open();
    box.enqueue([alertOf('a')], 0);
    const sending = box.deliver(1);
    await box.close();
    boxes = [];
    await sending.catch(() => {});
    receiver.isSilent = false;
    await open().deliver(2);
    expect(receiver.told).toEqual(['a firing']);
  });
});

describe('a process that is killed', () => {
  /** Takes alerts in and sends them, and says after each that it is committed. */
  const PROGRAM = (url: string) => `
    import { Outbox } from '${new URL('../../../dist/alerts/outbox.js', import.meta.url).href}';
    import { webhookSink } from '${new URL('../../../dist/alerts/webhook.js', import.meta.url).href}';
    const box = Outbox.open({ path: process.argv[1], sinks: [webhookSink('${url}', 'h')], random: () => 0, log: () => {}, notices: 1e6 });
    const base = JSON.parse(process.argv[2]);
    const run = process.argv[3];
    for (let n = 0; ; n += 1) {
      box.enqueue([{ ...base, key: run + '-' + n }], Date.now());
      process.stdout.write(run + '-' + n + '\\n');
      if (n % 3 === 0) await box.deliver(Date.now());
    }`;

  it('loses no alert that it took in, and sends none twice but one that was on its way', async () => {
    const committed: string[] = [];
    for (let run = 0; run < 8; run += 1) {
      const child = spawn(
        process.execPath,
        ['--input-type=module', '-e', PROGRAM(receiver.url), path, JSON.stringify(alertOf('x')), `run${run}`],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      await once(child.stdout, 'data');
      await new Promise((resolve) => {
        setTimeout(resolve, 20 + run * 23);
      });
      child.kill('SIGKILL');
      await once(child, 'close');
      committed.push(...output.split('\n').filter((line) => /^run\d+-\d+$/.test(line)));
    }
    const box = open(undefined, 1_000_000);
    let nextMs: number | null = Date.now();
    while (nextMs !== null) nextMs = await box.deliver(nextMs);
    const keys = receiver.told.map((one) => one.split(' ')[0]);
    expect(committed.length).toBeGreaterThan(8);
    for (const key of committed) expect(keys).toContain(key);
    const ids = receiver.documents.map(({ id }) => id);
    expect(keys.length - new Set(keys).size).toBeLessThanOrEqual(8);
    // What came twice came under the same id.
    expect(new Set(ids).size).toBe(new Set(keys).size);
  });
});
