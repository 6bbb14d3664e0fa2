import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Outbox } from '../../../src/alerts/outbox.ts';
import { webhookSink } from '../../../src/alerts/webhook.ts';
import { alertOf } from '../../../src/core/compare/alert.ts';
import { compareWindow } from '../../../src/core/compare/compare.ts';
import { type CompareState, firstState } from '../../../src/core/compare/state.ts';
import type { WindowVerdict } from '../../../src/model/window-verdict.ts';
import { Receiver } from '../../support/alerts.ts';

const HOUR_MS = 3_600_000;

let folder: string;
let receiver: Receiver;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-regressions-'));
  receiver = new Receiver();
  await receiver.up();
});
afterEach(async () => {
  await receiver.down();
  rmSync(folder, { recursive: true, force: true });
});

const openBox = (): Outbox =>
  Outbox.open({
    path: join(folder, 'outbox.db'),
    sinks: [webhookSink(receiver.url, 'host1')],
    random: () => 0,
    log: () => {},
  });

const windowOf = (index: number, ips: readonly string[]): WindowVerdict => ({
  windowId: 'hourly',
  fromMs: index * HOUR_MS,
  toMs: (index + 1) * HOUR_MS,
  verdict: ips.length > 0 ? 'fail' : 'pass',
  rules: [
    {
      id: 'network-activity',
      target: 'app',
      verdict: ips.length > 0 ? 'fail' : 'pass',
      severity: 'error',
      findings: ips.map((ip) => ({ subject: { 'remote.ip': ip } })),
    },
  ],
});

/** What a daemon does with a judged window: the state is remembered with the alerts that it made. */
function takeIn(box: Outbox, window: WindowVerdict): void {
  const known = box.recall(window.windowId);
  const state = known === null ? firstState() : (JSON.parse(known) as CompareState);
  const next = compareWindow(state, window, { compareWith: 'trailing', pinned: [] });
  const alerts = next.changes.map((change) => alertOf(change, window, null));
  box.enqueue(alerts, window.toMs, { [window.windowId]: JSON.stringify(next.state) });
}

it('an agent that is switched on is one notice, and one when it is gone, whoever dies in between', async () => {
  const ips = ['203.0.113.7', '203.0.113.8'];
  const windows = [[], [], ips, ips, ips, [], [], [], []].map((shown, index) => windowOf(index, shown));
  for (const window of windows) {
    // Opened anew for each window, and told of it twice: as after a crash before its proof was noted.
    for (let time = 0; time < 2; time += 1) {
      const box = openBox();
      takeIn(box, window);
      if (window.fromMs === 3 * HOUR_MS) await receiver.down();
      await box.deliver(window.toMs);
      await box.close();
    }
    if (window.fromMs === 5 * HOUR_MS) await receiver.up();
  }
  expect(receiver.documents.map(({ alerts }) => alerts.map(({ status }) => status))).toEqual([
    ['firing', 'firing'],
    ['resolved', 'resolved'],
  ]);
});
