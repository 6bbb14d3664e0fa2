import { mkdirSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Proof } from '../../src/model/proof.ts';
import { definitionFor } from '../../src/service/definition.ts';
import type { Diagnosis } from '../../src/session/doctor/diagnose.ts';
import { Container, whyNoContainer } from './container.ts';

const MAIN = '/usr/bin/node /opt/idleproof/dist/cli/main.js';
const UNIT_PATH = '/root/.config/systemd/user/idleproof.service';
const DATABASE = '/home/app/app.db';
const SINK = `require('node:net').createServer((s) => s.on('error', () => {}).end()).listen(8099, '127.0.0.1')`;

const reason = whyNoContainer();
if (reason !== null) console.log(`skipped: ${reason}`);

const unit = definitionFor('linux', {
  scope: 'system',
  command: ['/bin/true'],
  stateFolder: '/srv/state',
  writableFolders: ['/srv/reports'],
});

let container: Container | null = null;
let pid = '';

beforeAll(async () => {
  if (reason !== null) return;
  container = await Container.boot('user', {
    [UNIT_PATH]: unit,
    '/srv/state/.keep': '',
    '/srv/reports/.keep': '',
  });
  const start = (name: string, ...argv: string[]): unknown =>
    container?.run('systemd-run', '--user', `--unit=${name}`, ...argv);
  container?.run('install', '-d', '-o', 'nobody', '-m', '0700', '/home/app');
  start('sink', '/usr/bin/node', '-e', SINK);
  const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
  start(
    'target',
    '--setenv=HOME=/home/app',
    ...asNobody,
    '/usr/bin/node',
    '/opt/idleproof/test/service/target.mjs',
    '/home/app',
    '8099',
  );
  for (let attempt = 0; attempt < 50 && container?.run('test', '-e', DATABASE).status !== 0; attempt += 1);
  pid = container?.systemctl('show', 'target', '--property=MainPID', '--value').stdout.trim() ?? '';
});
afterAll(async () => {
  for (const name of ['target', 'sink']) container?.systemctl('stop', name);
  await container?.stop();
});

/** Runs a command in the sandbox of the unit, whatever else the unit says; returns what it printed. */
function inUnit(one: Container, command: string): string {
  const dropIn = `${one.outside(UNIT_PATH)}.d`;
  rmSync(one.outside('/srv/state/out'), { force: true });
  mkdirSync(dropIn, { recursive: true });
  one.run(
    'sh',
    '-c',
    `printf '%s\\n' "$@" > ${UNIT_PATH}.d/command.conf`,
    'sh',
    '[Service]',
    'Type=oneshot',
    'Restart=no',
    'WatchdogSec=0',
    'ExecStart=',
    // Its exit code is a verdict here.
    `ExecStart=-${command}`,
    'StandardOutput=truncate:/srv/state/out',
    'StandardError=truncate:/srv/state/err',
  );
  one.systemctl('daemon-reload');
  const { stderr } = one.systemctl('start', 'idleproof.service');
  const printed = one.run('cat', '/srv/state/out').stdout;
  if (printed === '') throw new Error(`nothing printed: ${stderr}${one.run('cat', '/srv/state/err').stdout}`);
  return printed;
}

/** What decides what can be claimed. */
const seen = ({ collectors, circumstances, lifts }: Diagnosis): unknown => ({
  collectors,
  circumstances,
  lifts,
});

describe('inside the sandbox of the unit', () => {
  it.skipIf(reason !== null)('as much can be seen as by a root shell', (context) => {
    if (container === null) return context.skip('no root file system');
    const args = ['doctor', '--pid', pid, '--json'];
    const inside = JSON.parse(inUnit(container, `${MAIN} ${args.join(' ')}`)) as Diagnosis;
    const shell = JSON.parse(container.idleproof(...args).stdout) as Diagnosis;
    console.log(inside.collectors.map(({ name, tier, status }) => `${name}: ${tier}, ${status}`).join('; '));
    expect(seen(inside)).toEqual(seen(shell));
    expect(inside.collectors.find(({ name }) => name === 'trace')).toMatchObject({
      tier: 'zero-miss',
      status: 'ok',
    });
    return undefined;
  });

  it.skipIf(reason !== null)('a connection of 1 ms and a row of another user are found', (context) => {
    if (container === null) return context.skip('no root file system');
    const options = `--pid ${pid} --for 10s --settle 1s --events ${DATABASE} --json --out /srv/reports`;
    const proof = JSON.parse(inUnit(container, `${MAIN} check ${options}`)) as Proof;
    const rule = (id: string): unknown => proof.rules.find((one) => one.id === id);
    expect(proof.verdict).toBe('fail');
    expect(rule('network-activity')).toMatchObject({ verdict: 'fail', tier: 'zero-miss' });
    expect(rule('background-tool-run')).toMatchObject({ verdict: 'fail' });
    const finding = proof.findings.find(({ ruleId }) => ruleId === 'network-activity');
    expect(finding?.subject).toMatchObject({ 'remote.ip': '127.0.0.1', 'remote.port': 8099 });
    console.log(finding?.text);
    return undefined;
  });

  it.skipIf(reason !== null)(
    'nothing but state, reports and instances of the trace can be written',
    (context) => {
      if (container === null) return context.skip('no root file system');
      const folders = [
        '/etc',
        '/usr',
        '/var',
        '/root',
        '/home/app',
        '/opt',
        '/sys/kernel/tracing',
        '/srv/state',
        '/srv/reports',
      ];
      const probe = `for d in ${folders.join(' ')}; do if test -w $$d; then echo $$d; fi; done; test -w /proc/sys/kernel/core_pattern && echo sysctl; test -w /sys/kernel/tracing/instances && echo instances`;
      expect(inUnit(container, `/bin/sh -c '${probe}'`).trim().split('\n')).toEqual([
        '/srv/state',
        '/srv/reports',
        'instances',
      ]);
      return undefined;
    },
  );
});
