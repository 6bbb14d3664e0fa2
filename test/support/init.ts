import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';
import type { DiscoveredTarget, Discovery } from '../../src/model/discovery.ts';
import type { Proof } from '../../src/model/proof.ts';
import { type CliOptions, type CliResult, runCli } from './cli.ts';

const folders: string[] = [];
/** What is looked for, and is ended with the test file. */
export const apps: ChildProcess[] = [];

/** Ends the apps of a test file, and removes its folders. */
export function endApps(): void {
  for (const app of apps) app.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

export function newFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'idleproof-init-')));
  folders.push(folder);
  return folder;
}

/** A Python program that prints a line when it is ready. */
export async function startApp(
  code: string,
  cwd: string,
  argv: readonly string[] = [],
): Promise<ChildProcess> {
  const app = spawn('python3', ['-c', code, ...argv], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  apps.push(app);
  await once(createInterface({ input: app.stdout }), 'line');
  return app;
}

/** An HTTP server that keeps a table of events. */
const CHAT = `
import http.server, os, sqlite3, sys
os.makedirs('data', exist_ok=True)
db = sqlite3.connect('data/app.db', check_same_thread=False)
db.execute('CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT, created_at TEXT DEFAULT CURRENT_TIMESTAMP, payload TEXT)')
db.execute('CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, created_at TEXT)')
for type in sys.argv[2:]: db.execute('INSERT INTO events (type) VALUES (?)', (type,))
db.commit()
log = open('data/app.log', 'a')
server = http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), http.server.SimpleHTTPRequestHandler)
print('ready', flush=True)
server.serve_forever()
`;

export const TYPES: readonly string[] = ['user_message', 'llm_request', 'tool_run'];

/** That server, with rows of these types; it ends with the other apps. */
export const startChat = (folder: string, port: number): Promise<ChildProcess> =>
  startApp(CHAT, folder, [String(port), ...TYPES]);

export async function init(
  args: readonly string[],
  cwd: string,
  options: CliOptions = {},
): Promise<CliResult & { yaml: string; config: string }> {
  const result = await runCli(['init', ...args], { cwd, ...options });
  const config = join(cwd, 'idleproof.yaml');
  const yaml = existsSync(config) ? readFileSync(config, 'utf8') : '';
  return { ...result, yaml, config };
}

export async function found(
  args: readonly string[],
  cwd: string,
  options: CliOptions = {},
): Promise<Discovery> {
  const { code, stdout, stderr } = await init([...args, '--json'], cwd, options);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Discovery;
}

export const only = ({ targets }: Discovery): DiscoveredTarget => {
  expect(targets).toHaveLength(1);
  return targets[0]!;
};

export const missingIn = ({ missing }: Discovery): string => missing.map(({ text }) => text).join('\n');

/** A window of three seconds with what was written: too short to pass, and no mistake in it. */
export async function checked(cwd: string): Promise<Proof> {
  const { code, stdout, stderr } = await runCli(
    ['check', '--config', 'idleproof.yaml', '--for', '3s', '--settle', '0s', '--json'],
    { cwd },
  );
  expect([0, 1, 2], stderr).toContain(code);
  return JSON.parse(stdout) as Proof;
}
