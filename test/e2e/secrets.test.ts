import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DaemonStatus } from '../../src/model/daemon-status.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { Receiver } from '../support/alerts.ts';
import { runCli } from '../support/cli.ts';
import { freePort } from '../support/programs.ts';
import { killDaemons, startDaemon } from '../support/watch-daemon.ts';

const PROGRAM = resolve('test', 'fixtures', 'programs', 'secret-holder.mjs');

/** Each of them stands in one place only, so that a leak tells where it is from. */
const secretOf = (place: string): string => `leak${place}Qz7vK2mX9`;

/** As programs take them on a command line. */
const ARGUMENTS = [
  '--db-password',
  secretOf('Flag'),
  `--api-key=${secretOf('Assigned')}`,
  `postgres://app:${secretOf('Url')}@db.example/app`,
  `Authorization: Bearer ${secretOf('Header')}`,
  `SESSION_TOKEN=${secretOf('Variable')}`,
  `{"client_secret": "${secretOf('Json')}"}`,
  `https://api.example/v1?access_token=${secretOf('Query')}&page=2`,
];
const ENVIRONMENT = { APP_SECRET: secretOf('Environment'), DB_PASSWORD: secretOf('EnvPassword') };

let folder: string;
let receiver: Receiver;
let app: ChildProcess | null = null;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-secrets-'));
  receiver = new Receiver();
  await receiver.up();
});
afterEach(async () => {
  killDaemons();
  app?.kill('SIGKILL');
  app = null;
  await receiver.down();
  rmSync(folder, { recursive: true, force: true });
});

async function startApp(stdin: 'ignore' | 'pipe' = 'ignore'): Promise<ChildProcess> {
  const child = spawn(process.execPath, [PROGRAM, String(await freePort()), ...ARGUMENTS], {
    stdio: [stdin, 'pipe', 'inherit'],
    env: { ...process.env, ...ENVIRONMENT },
  });
  app = child;
  await once(createInterface({ input: child.stdout! }), 'line');
  return child;
}

/** All bytes below a folder, by path; payloads of attestations as they are and decoded. */
function written(below: string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const entry of readdirSync(below, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const text = readFileSync(path, 'latin1');
    texts.set(path, text);
    const payloads = [...text.matchAll(/"payload":\s*"([^"]+)"/gu)].map(([, base64 = '']) => base64);
    texts.set(
      `${path}, decoded`,
      payloads.map((base64) => Buffer.from(base64, 'base64').toString()).join('\n'),
    );
  }
  return texts;
}

/** Where a secret stands that should not, each with a few words around it. */
function leaks(texts: ReadonlyMap<string, string>, secrets: readonly string[]): string[] {
  return [...texts].flatMap(([where, text]) =>
    secrets.flatMap((secret) => {
      const at = text.indexOf(secret);
      return at < 0 ? [] : [`${where}: …${text.slice(Math.max(0, at - 40), at + secret.length)}`];
    }),
  );
}

/** Command lines of a process and all below it, as ps shows them. */
function commandLines(pid: number): string {
  const own = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean);
  return [
    own,
    ...children.map((child) => {
      try {
        return commandLines(Number(child));
      } catch {
        return '';
      }
    }),
  ].join('\n');
}

const OF_THE_APP = /leak[A-Z]\w*Qz7vK2mX9/u;

it('a check writes and prints no secret of the app, nor the key that it signs with', async () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const key = pem.split('\n')[1] ?? '';
  const { pid } = await startApp();
  const { code, stdout, stderr } = await runCli(
    [
      'check',
      '--pid',
      String(pid),
      '--for',
      '10s',
      '--settle',
      '0s',
      '--out',
      folder,
      '--json',
      '--format',
      'json,md,html,junit,trace,intoto',
    ],
    { env: { ...process.env, ...ENVIRONMENT, IDLEPROOF_KEY: pem } },
  );
  expect([1, 2], stderr).toContain(code);
  const texts = new Map([...written(folder), ['stdout', stdout], ['stderr', stderr]]);
  const [...paths] = texts.keys();
  expect(
    paths.filter((path) => /evidence\.db$|proof\.(?:json|md|html)$|intoto|junit|trace/u.test(path)).length,
  ).toBeGreaterThan(5);
  // It did look at these very processes, and wrote down how they were started.
  expect([...texts.values()].join('\n')).toContain('--db-password ***');
  expect(leaks(texts, [...secretsIn(texts), key])).toEqual([]);
});

/** Every secret of the app that stands anywhere. */
function secretsIn(texts: ReadonlyMap<string, string>): string[] {
  return [...texts.values()].flatMap((text) =>
    [...text.matchAll(new RegExp(OF_THE_APP, 'gu'))].map(([secret]) => secret),
  );
}

it('a command that a check starts is shown without its secrets', async () => {
  const { stdout, stderr } = await runCli(
    [
      'check',
      '--for',
      '5s',
      '--settle',
      '0s',
      '--out',
      folder,
      '--json',
      '--format',
      'json,md,html,trace',
      '--',
      process.execPath,
      PROGRAM,
      String(await freePort()),
      ...ARGUMENTS,
    ],
    { env: { ...process.env, ...ENVIRONMENT } },
  );
  const texts = new Map([...written(folder), ['stdout', stdout], ['stderr', stderr]]);
  expect(stdout).toContain('--db-password ***');
  expect(leaks(texts, secretsIn(texts))).toEqual([]);
});

const RULES = `pack: ours
rules:
  - { id: no-calls, title: No calls, failureTitle: It calls, kind: absence, activity: network, match: { direction: outbound } }
  - { id: no-children, title: No children, failureTitle: It starts children, kind: absence, activity: process, match: { op: spawn } }
`;

it('a daemon keeps them out of evidence, proofs, log, status, alerts and ps; and its own addresses, too', async () => {
  const state = join(folder, 'state');
  const secrets = { HOOK_PATH: secretOf('Hook'), DOWN_PASSWORD: secretOf('Down') };
  const holder = await startApp('pipe');
  const config = join(folder, 'config');
  mkdirSync(config);
  writeFileSync(
    join(config, 'idleproof.yaml'),
    `targets: { app: { select: { pid: ${holder.pid} } } }
windows: [{ id: hand, trigger: manual, settle: 0s, minDuration: 1s }]
rules: [./rules.yaml]
reports: { dir: ../reports }
alerts:
  - { type: webhook, url: "${receiver.url}/\${HOOK_PATH}" }
  - { type: webhook, url: "http://user:\${DOWN_PASSWORD}@127.0.0.1:${await freePort()}/" }
`,
  );
  writeFileSync(join(config, 'rules.yaml'), RULES);
  const daemon = startDaemon(join(config, 'idleproof.yaml'), state, {
    env: { ...process.env, ...ENVIRONMENT, ...secrets },
  });
  const lookFor = async (wanted: (status: DaemonStatus) => boolean): Promise<void> => {
    const { looks } = await daemon.becomes(wanted);
    await daemon.becomes((status) => status.looks >= looks + 4);
  };
  const judged = ({ windows }: DaemonStatus): number =>
    Object.values(windows[0]?.verdictCounts ?? {}).reduce((sum, count) => sum + count, 0);
  /** Windows one after the other until one comes to that verdict: on a busy host some are inconclusive. Returns ps. */
  const untilOne = async (verdict: Verdict): Promise<string> => {
    let processes = '';
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const before = judged(await daemon.becomes(() => true));
      await daemon.control.openWindow('hand');
      await lookFor(({ windows }) => windows[0]?.state === 'open');
      processes += commandLines(daemon.child.pid ?? 0);
      await daemon.control.closeWindow('hand');
      const status = await daemon.becomes((now) => judged(now) > before);
      if ((status.windows[0]?.verdictCounts[verdict] ?? 0) > 0) return processes;
    }
    throw new Error(`no window came to ${verdict}`);
  };
  await untilOne('pass');
  holder.stdin?.write('begin\n');
  const processes = await untilOne('fail');
  // One sink takes the alert, and of the other it is known why it does not.
  await daemon.becomes(() => receiver.received.length > 0);
  await daemon.said('alert');
  const status = await runCli(['status', '--state', state, '--json']);
  const report = await runCli(['report', join(folder, 'reports'), '--json']);
  const { stdout, stderr } = await daemon.stop();
  const texts = new Map([
    ...written(state),
    ...written(join(folder, 'reports')),
    ['log', stdout],
    ['stderr', stderr],
    ['status', status.stdout],
    ['report', report.stdout],
    ['ps', processes],
    ...receiver.received.map(({ body }, index): [string, string] => [`alert ${index}`, body]),
  ]);
  expect(receiver.received[0]?.path).toBe(`/hook/${secrets.HOOK_PATH}`);
  expect(stdout).toContain('watching');
  expect(leaks(texts, secretsIn(texts))).toEqual([]);
});
