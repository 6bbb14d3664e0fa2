import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ControlServer, startControlServer } from '../../src/daemon/control/server.ts';
import { runCli, startCli } from '../support/cli.ts';
import { HostStub, verdictOf, windowOf } from '../support/daemon-status.ts';
import { hasProgram, isRoot } from '../support/programs.ts';
import { until } from '../support/until.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

let folder: string;
let host: HostStub;
let server: ControlServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ip-status-'));
  host = new HostStub();
  server = await startControlServer(folder, host);
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('idleproof status', () => {
  it('is one page, and the same as JSON', async () => {
    const text = await runCli(['status', '--state', folder]);
    expect(text.code, text.stderr).toBe(0);
    expect(text.stdout).toMatch(/^idleproof 0\.1\.0, pid 4711/);
    expect(text.stdout).toMatch(/after-chat +user-quiet +open for/);
    expect(text.stdout).not.toContain('\u001b');
    const json = await runCli(['status', '--state', folder, '--json']);
    expect(JSON.parse(json.stdout)).toEqual(host.current);
  });

  it('finds the daemon of this user by itself', async () => {
    const state = join(folder, 'xdg');
    mkdirSync(join(state, 'idleproof'), { recursive: true, mode: 0o700 });
    const own = await startControlServer(join(state, 'idleproof'), host);
    const env = { ...process.env, XDG_STATE_HOME: state };
    const { code, stdout, stderr } = await runCli(['status'], { env });
    await own.close();
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('pid 4711');
    const none = await runCli(['status'], { env });
    expect(none.code).toBe(3);
    expect(none.stderr).toMatch(
      /^error DAEMON_NOT_RUNNING: No daemon runs here; looked at [^\n]*\/idleproof/,
    );
  });

  it('says where it looked, and how to start one', async () => {
    await server.close();
    const { code, stdout, stderr } = await runCli(['status', '--state', folder]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain(folder);
    expect(stderr).toMatch(/idleproof watch --config/);
  });

  it.skipIf(!isRoot('another user'))('says that the daemon is not yours', async () => {
    const { code, stderr } = await runCli(['status', '--state', folder], { uid: 65_534 });
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error DAEMON_NOT_YOURS: .*control\.sock belongs to another user/);
  });

  it('says that it talks to another version', async () => {
    host.current = { ...host.current, schemaVersion: 2 } as never;
    const { code, stderr } = await runCli(['status', '--state', folder]);
    expect(code).toBe(4);
    expect(stderr).toMatch(/another version/);
  });
});

/** All that a child has printed so far. */
function textOf({ stdout }: ChildProcess): () => string {
  let text = '';
  stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}

describe('idleproof status --follow', () => {
  it('prints a line for each change when piped, until Ctrl-C', async () => {
    const { child, result } = startCli(['status', '--follow', '--state', folder]);
    const printed = textOf(child);
    await until(() => printed().includes('daemon: idleproof'));
    const headline = 'FAIL: it \u001b[31mtalks';
    const windows = [windowOf({ lastVerdict: verdictOf({ headline, toMs: host.current.atMs }) })];
    host.current = { ...host.current, windows };
    await until(() => printed().includes('[31mtalks'));
    child.kill('SIGINT');
    const { code, stdout, stderr } = await result;
    expect(code, stderr).toBe(0);
    expect(stdout.match(/daemon: idleproof/g)).toHaveLength(1);
    expect(stdout).toMatch(/verdict after-chat: FAIL: it \\x1b\[31mtalks/);
    expect(stdout).not.toContain('\u001b');
  });

  it('prints a status a line as JSON', async () => {
    const { child, result } = startCli(['status', '--follow', '--json', '--state', folder]);
    const printed = textOf(child);
    await until(() => printed().split('\n').length > 2);
    child.kill('SIGTERM');
    const { code, stdout } = await result;
    const lines = stdout.trim().split('\n');
    expect(code).toBe(0);
    expect(lines.length).toBeGreaterThanOrEqual(2);
    for (const line of lines) expect(JSON.parse(line)).toEqual(host.current);
  });

  it('ends with an error when the daemon ends', async () => {
    const { child, result } = startCli(['status', '--follow', '--state', folder]);
    const printed = textOf(child);
    await until(() => printed() !== '');
    await server.close();
    const { code, stderr } = await result;
    expect(code).toBe(3);
    expect(stderr).toMatch(/DAEMON_NOT_RUNNING/);
  });

  it('ends quietly when its reader goes away', async () => {
    const script = `"${process.execPath}" "${MAIN}" status --follow --json --state "${folder}" | head -n 1 | wc -l; echo "\${PIPESTATUS[0]}"`;
    const child = spawn('bash', ['-c', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await new Promise((resolve) => child.once('close', resolve));
    expect(text.trim().split(/\s+/)).toEqual(['1', '0']);
  });

  it.skipIf(!hasProgram('script'))(
    'redraws a page in place on a terminal, and gives the terminal back',
    async () => {
      const command = `exec "${process.execPath}" "${MAIN}" status --follow --state "${folder}"`;
      const child = spawn('script', ['-qfec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'ignore'] });
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
      await expect
        .poll(() => text.split('\u001b[H').length - 1, { timeout: 120_000 })
        .toBeGreaterThanOrEqual(2);
      child.stdin.write('\u0003');
      const code = await new Promise((resolve) => child.once('exit', resolve));
      child.stdin.destroy();
      expect(code).toBe(0);
      expect(text).toContain('\u001b[?1049h\u001b[?25l');
      const [, after = ''] = text.split('\u001b[?25h\u001b[?1049l');
      expect(after).toMatch(/^idleproof 0\.1\.0/);
      // Nothing is cleared before it is written over.
      expect(text).not.toContain('\u001b[2J');
    },
  );
});
