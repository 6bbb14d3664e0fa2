import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Outbox } from '../../../src/alerts/outbox.ts';
import { AlertPost } from '../../../src/daemon/alert-post.ts';
import { alertOf } from '../../support/alerts.ts';
import { quietLog } from '../../support/quiet-log.ts';

const MINUTE = 60_000;

let folder: string;
let post: AlertPost;
let sent: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-post-'));
  sent = [];
  const { log } = quietLog();
  const outbox = Outbox.open({
    path: join(folder, 'outbox.db'),
    sinks: [
      {
        type: 'webhook',
        // As Alertmanager has it: what is open is repeated.
        refreshMs: 60 * MINUTE,
        send: ({ alerts }) => {
          sent.push(alerts.map(({ key }) => key).join());
          return Promise.resolve();
        },
      },
    ],
    random: () => 0,
    log: () => {},
  });
  post = new AlertPost(outbox, log);
});
afterEach(async () => {
  await post.close();
  rmSync(folder, { recursive: true, force: true });
});

async function deliver(nowMs: number, isWindowOpen: boolean): Promise<void> {
  post.deliverDue(nowMs, isWindowOpen);
  while (post.isSending) await new Promise((resolve) => setImmediate(resolve));
}

describe('alerts while a window is open', () => {
  it('wait for its end, and for five minutes at the most', async () => {
    await deliver(MINUTE, false);
    post.take([alertOf('one')], 10 * MINUTE, {});
    await deliver(11 * MINUTE, true);
    post.take([alertOf('two')], 14 * MINUTE, {});
    await deliver(14.9 * MINUTE, true);
    expect(sent).toEqual([]);
    await deliver(15 * MINUTE, true);
    expect(sent).toEqual(['one', 'two']);
  });

  it('wait also where an earlier one lasts, and is to be repeated', async () => {
    await deliver(MINUTE, false);
    post.take([alertOf('one')], 2 * MINUTE, {});
    await deliver(2 * MINUTE, false);
    post.take([alertOf('two')], 20 * MINUTE, {});
    await deliver(21 * MINUTE, true);
    expect(sent).toEqual(['one']);
    await deliver(22 * MINUTE, false);
    expect(sent).toEqual(['one', 'two']);
  });

  it('do not wait for a time that a clock told which was set back', async () => {
    await deliver(120 * MINUTE, false);
    post.take([alertOf('one')], 120 * MINUTE, {});
    post.ask(60 * MINUTE);
    await deliver(60 * MINUTE, false);
    expect(sent).toEqual(['one']);
  });
});
