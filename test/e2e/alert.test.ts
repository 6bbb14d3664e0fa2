import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Receiver } from '../support/alerts.ts';
import { runCli } from '../support/cli.ts';

let folder: string;
let receiver: Receiver;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-alert-'));
  receiver = new Receiver();
  await receiver.up();
});
afterEach(async () => {
  await receiver.down();
  rmSync(folder, { recursive: true, force: true });
});

const alertTest = (alerts: string, env: NodeJS.ProcessEnv = {}, ...more: string[]) => {
  const config = join(folder, 'idleproof.yaml');
  writeFileSync(config, `targets: {}\nalerts: ${alerts}\n`);
  return runCli(['alert', 'test', '--config', config, ...more], { env: { ...process.env, ...env } });
};

describe('idleproof alert test', () => {
  it('sends one alert to each sink and says that it arrived', async () => {
    const out = join(folder, 'alert.json');
    const command = JSON.stringify(['sh', '-c', `cat > ${out}`]);
    const { code, stdout, stderr } = await alertTest(
      `[{ type: webhook, url: "\${ALERT_URL}" }, { type: command, argv: ${command} }]`,
      { ALERT_URL: receiver.url },
    );
    expect([code, stdout, stderr]).toEqual([0, ' 1 webhook      ok\n 2 command      ok\n', '']);
    expect(receiver.documents).toMatchObject([
      { isTest: true, alerts: [{ title: 'Test alert of idleproof' }] },
    ]);
    expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({ isTest: true });
  });

  it('says what failed, and ends with 1', async () => {
    receiver.answer = () => 403;
    const sinks = '[{ type: slack, url: "${ALERT_URL}" }, { type: command, argv: ["true"] }]';
    const { code, stdout } = await alertTest(sinks, { ALERT_URL: receiver.url });
    expect([code, stdout]).toEqual([1, ' 1 slack        failed: HTTP 403\n 2 command      ok\n']);
    const json = await alertTest(sinks, { ALERT_URL: receiver.url }, '--json');
    expect(JSON.parse(json.stdout)).toEqual([
      { sink: 1, type: 'slack', ok: false, problem: 'HTTP 403' },
      { sink: 2, type: 'command', ok: true, problem: null },
    ]);
  });

  it('ends with 3 where a secret is missing, no sink is named, or the file is wrong', async () => {
    const missing = await alertTest('[{ type: webhook, url: "http://x/${NOT_SET_ANYWHERE}" }]');
    expect(missing.code).toBe(3);
    expect(missing.stderr).toMatch(
      /idleproof\.yaml:2:32: the environment variable NOT_SET_ANYWHERE is not set/,
    );
    const none = await alertTest('[]');
    expect([none.code, none.stderr]).toEqual([3, expect.stringContaining('error ALERTS_NONE') as string]);
    expect((await runCli(['alert', 'test'])).code).toBe(3);
    expect((await runCli(['alert', 'tset'])).code).toBe(3);
    expect((await runCli(['alert', 'test', '--help'])).code).toBe(0);
  });
});
