import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alertmanagerSink } from '../../../src/alerts/alertmanager.ts';
import { Outbox } from '../../../src/alerts/outbox.ts';
import { alertOf, Receiver } from '../../support/alerts.ts';
import { startAlertmanager } from '../../support/debian-programs.ts';
import { hasProgram, type Program } from '../../support/programs.ts';
import { until } from '../../support/until.ts';

interface Listed {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string;
  endsAt: string;
  status: { state: string };
}

interface Told {
  status: string;
  alerts: { status: string; labels: Record<string, string> }[];
}

const HOUR_MS = 3_600_000;
const HAS_ALERTMANAGER = hasProgram('prometheus-alertmanager');

describe.skipIf(!HAS_ALERTMANAGER)('a real Alertmanager', () => {
  let folder: string;
  let behind: Receiver;
  let alertmanager: Program;
  let box: Outbox;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'idleproof-alertmanager-'));
    behind = new Receiver();
    await behind.up();
    alertmanager = await startAlertmanager(behind.url);
    const sink = alertmanagerSink(`http://127.0.0.1:${alertmanager.port}/`, 'host1');
    const problems: unknown[] = [];
    const log = (level: string, message: string, fields: object): void => {
      if (level !== 'info') problems.push([message, fields]);
    };
    box = Outbox.open({ path: join(folder, 'outbox.db'), sinks: [sink], random: () => 0, log });
  });
  afterAll(async () => {
    await box.close();
    await alertmanager.stop();
    await behind.down();
    rmSync(folder, { recursive: true, force: true });
  });

  const listed = async (): Promise<Listed[]> => {
    const response = await fetch(`http://127.0.0.1:${alertmanager.port}/api/v2/alerts`);
    return (await response.json()) as Listed[];
  };
  /** `key status` of what it has told, in order. */
  const told = (): string[] =>
    behind.received
      .flatMap(({ body }) => (JSON.parse(body) as Told).alerts)
      .map(({ labels, status }) => `${labels['key']} ${status}`);

  it('receives, keeps one of each, and resolves', async () => {
    const nowMs = Date.now();
    const recent = { firstSeenMs: nowMs - HOUR_MS, atMs: nowMs - 1_000 };
    const a = alertOf('a', { ...recent, title: 'says "x" {{ .Labels }}', text: 'línea\nzwei' });
    box.enqueue([a, alertOf('b', recent)], nowMs);
    const nextMs = await box.deliver(nowMs);
    expect(await listed()).toHaveLength(2);
    const first = (await listed()).find(({ labels }) => labels['key'] === 'a');
    expect(first).toMatchObject({
      labels: { alertname: 'network-activity', severity: 'critical', target: 'backend', instance: 'host1' },
      annotations: { summary: 'says "x" {{ .Labels }}', description: 'línea\nzwei' },
      status: { state: 'active' },
    });
    await until(() => told().length >= 2);
    expect(told()).toHaveLength(2);

    // Told again because it is worse, and repeated since Alertmanager forgets: still the same alerts.
    expect(nextMs).toBe(nowMs + HOUR_MS);
    box.enqueue([{ ...a, repeat: 1, title: 'worse' }], nowMs + 1);
    await box.deliver(nowMs + 2);
    await box.deliver(nowMs + HOUR_MS);
    expect(await listed()).toHaveLength(2);
    expect(new Set((await listed()).map(({ annotations }) => annotations['summary']))).toEqual(
      new Set(['network-activity: b', 'worse']),
    );

    box.enqueue([{ ...a, status: 'resolved', atMs: Date.now() - 500 }], nowMs + HOUR_MS + 1);
    await box.deliver(nowMs + HOUR_MS + 2);
    await until(async () => (await listed()).length === 1);
    expect((await listed()).map(({ labels }) => labels['key'])).toEqual(['b']);
    await until(() => told().includes('a resolved'));
    expect(told().filter((one) => one === 'a resolved')).toHaveLength(1);
    expect(told().filter((one) => one === 'b firing')).toHaveLength(1);
  });
});
