import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { AppOptions, HeartbeatSink } from '../../src/demo/launch.ts';
import type { DaemonStatus } from '../../src/model/daemon-status.ts';
import { Receiver } from '../support/alerts.ts';
import { runCli } from '../support/cli.ts';
import { expectLookedAt } from '../support/looked-at.ts';
import { freePort } from '../support/programs.ts';
import { proofsIn, startDaemon, windowsIn } from '../support/watch-daemon.ts';
import { apps, endApps, isOpen, newFolder, RULES } from '../support/watch-folder.ts';

const { appCommand, startHeartbeatSink } = (await import(pathToFileURL('dist/demo/launch.js').href)) as {
  appCommand: (options: AppOptions) => string[];
  startHeartbeatSink: () => Promise<HeartbeatSink>;
};

const IS_ROOT = process.geteuid?.() === 0;

afterAll(endApps);

const QUIET_MS = 2_000;
const SETTLE_MS = 1_000;
const GUARD_MS = 1_000;

async function startApp(folder: string, port: number, heartbeatPort: number | null): Promise<ChildProcess> {
  const [file = '', ...args] = appCommand({ databasePath: join(folder, 'demo.db'), heartbeatPort });
  const app = spawn(file, [...args, '--port', String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  apps.add(app);
  await once(createInterface({ input: app.stdout }), 'line');
  return app;
}

async function stopApp(app: ChildProcess): Promise<void> {
  const ended = once(app, 'exit');
  app.kill('SIGTERM');
  await ended;
  apps.delete(app);
}

/** A user asks, and waits for the answer. Returns when that was, at the earliest and at the latest. */
async function chat(port: number): Promise<{ fromMs: number; toMs: number }> {
  const fromMs = Date.now();
  const headers = { 'content-type': 'application/json', connection: 'close' };
  const body = JSON.stringify({ message: 'are you there?' });
  await (await fetch(`http://127.0.0.1:${port}/chat`, { method: 'POST', headers, body })).text();
  return { fromMs, toMs: Date.now() };
}

const isClosed = (status: DaemonStatus): boolean => !isOpen(status);

describe('idleproof watch', () => {
  it('proves the quiet between chats, and tells once that an agent works in it', async (test) => {
    const { folder, config, state, store, reports } = newFolder();
    const receiver = new Receiver();
    await receiver.up();
    const port = await freePort();
    writeFileSync(join(folder, 'rules.yaml'), RULES);
    writeFileSync(
      config,
      `targets:
  demo: { select: { port: ${port} }, events: { sqlite: ./demo.db, table: events } }
user: [{ activity: event, match: { type: user_message } }]
windows:
  - { id: after-chat, trigger: user-quiet, quietFor: 2s, settle: 1s, guard: 1s, minDuration: 3s, maxDuration: 9s }
rules: [./rules.yaml]
reports: { dir: reports }
alerts: [{ type: webhook, url: "\${ALERT_URL}" }]
`,
    );
    let app = await startApp(folder, port, null);
    const sink = await startHeartbeatSink();
    const daemon = startDaemon(config, state, { env: { ...process.env, ALERT_URL: receiver.url } });
    const chats: { fromMs: number; toMs: number }[] = [];
    for (let nth = 0; nth < 2; nth += 1) {
      await daemon.becomes(isOpen);
      await sleep(6_000);
      chats.push(await chat(port));
      await daemon.becomes(isClosed);
    }
    const { code, stdout } = await runCli(['status', '--state', state, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      targets: [{ name: 'demo', isPresent: true, processes: 1 }],
      alerts: { firing: 0 },
      problems: [],
    });
    const quietSince = (JSON.parse(stdout) as DaemonStatus).windows[0]?.userQuietSinceMs;
    expect(quietSince).toBeGreaterThanOrEqual(chats[1]!.fromMs);
    expect(quietSince).toBeLessThanOrEqual(chats[1]!.toMs);

    // The same app, with an agent now.
    await stopApp(app);
    app = await startApp(folder, port, sink.port);
    const agentMs = Date.now();
    await daemon.becomes(({ windows }) => windows[0]!.verdictCounts.fail >= 2);
    chats.push(await chat(port));
    await daemon.becomes(({ alerts }) => alerts.outbox === 0);
    expect(receiver.received).toHaveLength(1);
    expect(receiver.told.every((told) => told.endsWith('firing'))).toBe(true);
    expect(receiver.documents[0]?.alerts.map(({ rule }) => rule).sort()).toEqual(['no-calls', 'no-tools']);
    await daemon.becomes(isOpen);
    const stopped = await daemon.stop();
    await stopApp(app);
    await sink.stop();
    await receiver.down();

    expect(stopped.code, stopped.stderr).toBe(0);
    expect(receiver.received).toHaveLength(1);
    const windows = windowsIn(store);
    for (const { fromMs, toMs, settleMs } of windows) {
      expect(settleMs === SETTLE_MS || windows.some((before) => before.toMs === fromMs)).toBe(true);
      for (const one of chats) {
        const isBefore = toMs <= one.toMs - GUARD_MS;
        const isAfter = fromMs >= one.fromMs + QUIET_MS + SETTLE_MS;
        expect(isBefore || isAfter, JSON.stringify({ fromMs, toMs, chats })).toBe(true);
      }
    }
    const closedByUser = windows.filter(({ closedBy }) => closedBy === 'user');
    expect(closedByUser.length).toBeGreaterThanOrEqual(2);
    for (const { toMs } of closedByUser)
      expect(chats.some((one) => toMs + GUARD_MS >= one.fromMs && toMs + GUARD_MS <= one.toMs)).toBe(true);
    expect(windows.map(({ closedBy }) => closedBy)).toContain('maxDuration');
    // One proof each, the last one too.
    const proofs = proofsIn(reports);
    expect(proofs.map(({ window }) => window.opened.utc).sort()).toEqual(
      windows.map(({ fromMs }) => new Date(fromMs).toISOString()).sort(),
    );
    const quiet = proofs.filter(({ window }) => Date.parse(window.closed.utc) < agentMs);
    for (const { verdict, headline } of quiet) expect(verdict, headline).not.toBe('fail');
    expect(proofs.filter(({ verdict }) => verdict === 'fail').length).toBeGreaterThanOrEqual(2);
    expect((await runCli(['verify', store])).code).toBe(0);
    const long = IS_ROOT ? quiet.filter(({ window }) => window.durationSeconds >= 3) : [];
    expectLookedAt(test, ...long);
    for (const { verdict, headline } of long) expect(verdict, headline).toBe('pass');
  });
});
