import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check, ruleOf, startCli } from '../support/cli.ts';
import { checkWhile } from '../support/phases.ts';
import { freePort } from '../support/programs.ts';
import { expectLookedAt } from '../support/looked-at.ts';
import { until } from '../support/until.ts';

const WINDOW = ['--for', '10s', '--settle', '1s', '--accept-sampled', '1s'];
let out: string;

beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'idleproof-command-'));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

const isAlive = (marker: string): boolean =>
  readdirSync('/proc').some((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(marker);
    } catch {
      return false;
    }
  });

/** A Python server that waits without a timer, and on SIGTERM goes. */
const quietServer = (port: number, extra = ''): string[] => [
  'python3',
  '-c',
  `import signal, socket, subprocess, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
${extra}
s = socket.create_server(('127.0.0.1', ${port}))
print('ready', flush=True)
while True: s.accept()`,
];

describe('a command that the check starts and stops (python3)', () => {
  it.concurrent('is watched once it is ready, stopped in order, its output kept', async (test) => {
    const port = await freePort();
    const { proof, code } = await check([
      ...WINDOW,
      '--out',
      join(out, 'a'),
      '--ready',
      `port:${port}`,
      '--',
      ...quietServer(port),
    ]);
    const stop = ruleOf(proof, 'orphan-process');
    expect(stop.window).toBe('stop');
    const [folder = ''] = readdirSync(join(out, 'a'));
    expect(readFileSync(join(out, 'a', folder, 'python3.log'), 'utf8')).toBe('ready\n');
    expect(isAlive(`('127.0.0.1', ${port})`)).toBe(false);
    expectLookedAt(test, proof);
    expect([code, stop.verdict], proof.headline).toEqual([0, 'pass']);
  });

  it.concurrent('leaves an orphan behind: orphan-process fails, names it, and it is ended', async () => {
    const port = await freePort();
    const marker = `7${port}`;
    const child = `subprocess.Popen(['sleep', '${marker}'])`;
    const { proof, code } = await check([
      ...WINDOW,
      '--out',
      join(out, 'b'),
      '--ready',
      'log:ready',
      '--',
      ...quietServer(port, child),
    ]);
    expect(code).toBe(1);
    const rule = ruleOf(proof, 'orphan-process');
    expect(rule.verdict).toBe('fail');
    expect(rule.findings[0]?.actors[0]?.cmdline).toContain(marker);
    expect(isAlive(marker)).toBe(false);
  });

  it.concurrent('daemonizes a helper by double fork in the window: it is followed', async () => {
    const port = await freePort();
    const marker = `8${port}`;
    const now = join(out, 'daemonize');
    const daemonize = `import os, threading, time
def daemonize():
    while not os.path.exists('${now}'): time.sleep(0.1)
    subprocess.run(['sh', '-c', 'setsid sleep ${marker} & '])
threading.Thread(target=daemonize, daemon=True).start()`;
    const args = [...WINDOW, '--out', join(out, 'c'), '--ready', 'log:ready', '--'];
    const { proof } = await checkWhile([...args, ...quietServer(port, daemonize)], () =>
      writeFileSync(now, ''),
    );
    expect(ruleOf(proof, 'child-process').verdict).toBe('fail');
    expect(proof.targets[0]?.processes.map(({ cmdline }) => cmdline).join()).toContain(marker);
    expect(isAlive(marker)).toBe(false);
  });

  it.concurrent('exits at once: an error with its last words, no proof', async () => {
    const { result } = startCli([
      'check',
      '--for',
      '10s',
      '--ready',
      'log:ready',
      '--out',
      join(out, 'd'),
      '--',
      'python3',
      '-c',
      'import sys; sys.exit("no luck today")',
    ]);
    const { code, stderr, stdout } = await result;
    expect(code).toBe(3);
    expect(stderr).toContain('no luck today');
    expect(stdout).toBe('');
  });

  it.concurrent('exits in the window: never a pass', async () => {
    const { proof, code } = await check([...WINDOW, '--out', join(out, 'e'), '--', 'sleep', '6']);
    expect(code).not.toBe(0);
    expect(proof.verdict).not.toBe('pass');
  });
});

describe('Ctrl-C', () => {
  it('closes the window early, writes what there is, judges it by its length', async () => {
    const port = await freePort();
    const args = [
      '--rules',
      'no-background-agents',
      '--for',
      '60s',
      '--settle',
      '0s',
      '--out',
      join(out, 'f'),
      '--',
      ...quietServer(port),
    ];
    const { proof, code } = await checkWhile(args, async ({ child, reached }) => {
      await reached('watching', 3);
      child.kill('SIGINT');
    });
    expect(code).toBe(130);
    expect(proof.window.closedBy).toBe('interrupted');
    expect(proof.verdict).toBe('inconclusive');
    const [folder = ''] = readdirSync(join(out, 'f'));
    expect(existsSync(join(out, 'f', folder, 'proof.json'))).toBe(true);
    expect(isAlive(`('127.0.0.1', ${port})`)).toBe(false);
  });

  it('before the command is ready ends it, and leaves no folder behind', async () => {
    const started = join(out, 'started');
    const never = join(out, 'never');
    const command = ['sh', '-c', `echo $$ > ${started}; exec sleep 600`];
    const args = ['check', '--for', '60s', '--ready', `file:${never}`, '--out', join(out, 'g'), '--'];
    const { child, result } = startCli([...args, ...command]);
    const isStarted = (): boolean => existsSync(started) && readFileSync(started, 'utf8').endsWith('\n');
    await until(isStarted);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await result;
    expect([code, stdout], stderr).toEqual([130, '']);
    expect(stderr).toContain('interrupted before there was anything to judge');
    expect(readdirSync(join(out, 'g'))).toEqual([]);
    expect(existsSync(`/proc/${readFileSync(started, 'utf8').trim()}`)).toBe(false);
  });
});
