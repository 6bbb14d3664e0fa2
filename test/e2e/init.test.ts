import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import type { AppOptions } from '../../src/demo/launch.ts';
import type { DiscoveredTarget, Discovery } from '../../src/model/discovery.ts';
import type { Proof } from '../../src/model/proof.ts';
import { type CliOptions, type CliResult, runCli } from '../support/cli.ts';
import { startNginx, startRedis } from '../support/debian-programs.ts';
import { freePort, hasProgram, isRoot, type Program } from '../support/programs.ts';
import { killDaemons, startDaemon } from '../support/watch-daemon.ts';

const NOBODY = 65_534;
const IS_ROOT = process.geteuid?.() === 0;

const { appCommand } = (await import(pathToFileURL('dist/demo/launch.js').href)) as {
  appCommand: (options: AppOptions) => string[];
};

const folders: string[] = [];
const apps: ChildProcess[] = [];

afterEach(() => killDaemons());
afterAll(() => {
  for (const app of apps) app.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'idleproof-init-')));
  folders.push(folder);
  return folder;
}

/** A Python program that prints a line when it is ready. */
async function startApp(code: string, cwd: string, argv: readonly string[] = []): Promise<ChildProcess> {
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

const TYPES = ['user_message', 'llm_request', 'tool_run'];

async function init(
  args: readonly string[],
  cwd: string,
  options: CliOptions = {},
): Promise<CliResult & { yaml: string; config: string }> {
  const result = await runCli(['init', ...args], { cwd, ...options });
  const config = join(cwd, 'idleproof.yaml');
  const yaml = existsSync(config) ? readFileSync(config, 'utf8') : '';
  return { ...result, yaml, config };
}

async function found(args: readonly string[], cwd: string, options: CliOptions = {}): Promise<Discovery> {
  const { code, stdout, stderr } = await init([...args, '--json'], cwd, options);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Discovery;
}

const only = ({ targets }: Discovery): DiscoveredTarget => {
  expect(targets).toHaveLength(1);
  return targets[0]!;
};

const missingIn = ({ missing }: Discovery): string => missing.map(({ text }) => text).join('\n');

/** A window of three seconds with what was written: too short to pass, and no mistake in it. */
async function checked(cwd: string): Promise<Proof> {
  const { code, stdout, stderr } = await runCli(
    ['check', '--config', 'idleproof.yaml', '--for', '3s', '--settle', '0s', '--json'],
    { cwd },
  );
  expect([0, 1, 2], stderr).toContain(code);
  return JSON.parse(stdout) as Proof;
}

describe('idleproof init on an app with an events table', () => {
  let folder: string;
  let port: number;
  let app: ChildProcess;
  beforeAll(async () => {
    folder = newFolder();
    port = await freePort();
    app = await startApp(CHAT, folder, [String(port), ...TYPES]);
  });

  it('writes what check and watch run with', async () => {
    const { code, stdout, stderr, config } = await init(['--port', String(port)], folder);
    expect(code, stderr).toBe(0);
    expect(stdout).toBe('idleproof.yaml\n');
    expect(stderr).toContain('idleproof check --config idleproof.yaml');
    expect(stderr).not.toContain('Not found');
    const { targets, user, windows, rules } = loadConfig(config);
    expect(targets).toEqual([
      {
        name: 'python3',
        select: { by: 'port', port },
        tree: true,
        events: { sqlite: join(folder, 'data/app.db'), table: 'events' },
        files: [join(folder, 'data')],
      },
    ]);
    expect(user).toEqual([{ activity: 'event', match: { type: 'user_message' } }]);
    expect(windows.map(({ trigger }) => trigger)).toEqual(['user-quiet', 'schedule', 'manual']);
    expect(rules).toEqual(['no-background-agents', 'idle-budget']);
    expect(readFileSync(config, 'utf8')).toContain(`# Log that it writes: ${folder}/data/app.log`);

    const proof = await checked(folder);
    expect(proof.targets.map(({ name }) => name)).toEqual(['python3']);
    expect(proof.headline).not.toContain('events: not watched');
    expect(proof.rules.find(({ id }) => id === 'background-tool-run')?.verdict).not.toBe('notApplicable');

    const daemon = startDaemon(config, join(folder, 'state'), { cwd: folder });
    const status = await daemon.becomes(({ looks }) => looks > 0);
    expect(status.targets).toMatchObject([{ name: 'python3', isPresent: true }]);
    expect(status.windows.map(({ id }) => id)).toEqual(['after-use', 'nightly', 'by-hand']);
    expect(status.problems).toEqual([]);
    expect((await daemon.stop()).code).toBe(0);
  });

  it('never replaces a file unless it is told to', async () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, 'idleproof.yaml'), 'mine');
    const refused = await init(['--port', String(port)], cwd);
    expect(refused).toMatchObject({ code: 3, stdout: '', yaml: 'mine' });
    expect(refused.stderr).toMatch(/^error CONFIG_EXISTS: .*idleproof\.yaml/);
    const printed = await init(['--port', String(port), '--stdout'], cwd);
    expect(printed).toMatchObject({ code: 0, yaml: 'mine' });
    expect(printed.stdout).toContain(`port: ${port}`);
    const forced = await init(['--port', String(port), '--force'], cwd);
    expect(forced.code).toBe(0);
    expect(forced.yaml).toBe(printed.stdout);
    expect(readdirSync(cwd)).toEqual(['idleproof.yaml']);
    // A link to nowhere is a file that is there, too.
    symlinkSync(join(cwd, 'elsewhere.yaml'), join(cwd, 'link.yaml'));
    expect((await init(['--port', String(port), '--out', 'link.yaml'], cwd)).code).toBe(3);
    expect(existsSync(join(cwd, 'elsewhere.yaml'))).toBe(false);
    const nowhere = await init(['--port', String(port), '--out', 'no/such/folder.yaml'], cwd);
    expect(nowhere.code).toBe(3);
    expect(nowhere.stderr).toMatch(/^error CONFIG_WRITE: /m);
  });

  it('finds a lasting selector for a pid', async () => {
    const target = only(await found(['--pid', String(app.pid)], newFolder()));
    expect(target.select).toEqual({ by: 'port', port });
    expect(target.selectNote).toContain(`pid ${app.pid}`);
  });

  it('lists who could be named where nobody was', async () => {
    const cwd = newFolder();
    const { code, stdout, stderr } = await init([], cwd);
    expect(code).toBe(3);
    expect(stdout).toMatch(new RegExp(`^${port} +python3 +${app.pid} `, 'm'));
    expect(stderr).toMatch(/^error NO_TARGET: /);
    expect(readdirSync(cwd)).toEqual([]);
    const { stdout: json } = await init(['--json'], cwd);
    expect((JSON.parse(json) as { candidates: object[] }).candidates).toContainEqual(
      expect.objectContaining({ port, pid: app.pid, name: 'python3' }),
    );
  });

  it('refuses what check refuses', async () => {
    const cwd = newFolder();
    for (const args of [
      ['--pid', '1'],
      ['--prot', '80'],
      ['nginx'],
      ['--port', String(port), '--stdout', '--json'],
    ])
      expect((await init(args, cwd)).code, args.join(' ')).toBe(3);
    expect((await init(['nginx'], cwd)).stderr).toMatch(/^error ARGUMENT_UNEXPECTED: .*\n.*--name nginx/);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it.skipIf(!IS_ROOT)('says what it may not see of another user (needs root)', async () => {
    const cwd = newFolder();
    chmodSync(cwd, 0o777);
    const discovery = await found(['--pid', String(app.pid)], cwd, { uid: NOBODY });
    expect(only(discovery)).toMatchObject({ ports: [], events: null, tables: [], folders: [] });
    expect(missingIn(discovery)).toMatch(/may not be read by this user.*as root/);
    expect(missingIn(discovery)).not.toMatch(/holds no SQLite|listens on no/);
    // Nothing that could not be seen is claimed not to be there.
    expect(loadConfig(join(cwd, 'idleproof.yaml'))).toMatchObject({ user: [] });
    const hidden = await init(['--port', String(port), '--force'], cwd, { uid: NOBODY });
    expect(hidden.code).toBe(3);
    expect(hidden.stderr).toMatch(/^error PORT_OWNER_HIDDEN: /);
  });

  if (!IS_ROOT) isRoot('an app of another user');
});

describe('idleproof init and databases that are not clearly the app’s', () => {
  const sleeper = (cwd: string, code = '', argv: readonly string[] = []): Promise<ChildProcess> =>
    startApp(`${code}\nprint('ready', flush=True)\nimport time\ntime.sleep(1000)\n`, cwd, argv);
  const table = (name: string, types: readonly string[] = TYPES): string =>
    `c.execute('CREATE TABLE ${name} (id INTEGER PRIMARY KEY, type TEXT, at TEXT DEFAULT CURRENT_TIMESTAMP)')
for t in ${JSON.stringify(types)}: c.execute('INSERT INTO ${name} (type) VALUES (?)', (t,))
c.commit()`;
  const database = (path: string, ...statements: readonly string[]): string =>
    `import sqlite3\nc = sqlite3.connect(${JSON.stringify(path)})\n${statements.join('\n')}\n`;

  it('takes none that only lies in its folder: rules on another app’s rows would pass whatever this one does', async () => {
    const cwd = newFolder();
    const app = await sleeper(cwd, `${database('other.db', table('events'))}c.close()`);
    const discovery = await found(['--pid', String(app.pid)], cwd);
    expect(only(discovery)).toMatchObject({ events: null, tables: [{ found: 'lying', table: 'events' }] });
    expect(missingIn(discovery)).toMatch(/if that is its own/);
    expect(loadConfig(join(cwd, 'idleproof.yaml')).targets[0]?.events).toBeNull();
    expect(readFileSync(join(cwd, 'idleproof.yaml'), 'utf8')).toContain('# events: { sqlite: ./other.db');
  });

  it('takes one that its command line names', async () => {
    const cwd = newFolder();
    const app = await sleeper(cwd, `${database('mine.db', table('events'))}c.close()`, [
      '--database=mine.db',
    ]);
    expect(only(await found(['--pid', String(app.pid)], cwd)).events).toMatchObject({ found: 'named' });
  });

  it('does not choose between two alike', async () => {
    const cwd = newFolder();
    const second = database('b.db', table('events')).replaceAll(/\bc\b(?=[ .])/g, 'd');
    const app = await sleeper(cwd, `${database('a.db', table('events'))}${second}`);
    const discovery = await found(['--pid', String(app.pid)], cwd);
    expect(only(discovery).events).toBeNull();
    expect(missingIn(discovery)).toMatch(
      /several tables look like events: events in .*a\.db; events in .*b\.db/,
    );
  });

  it('says which tables are not watched where one is clearer than the others', async () => {
    const cwd = newFolder();
    const app = await sleeper(cwd, `${database('a.db', table('events'))}${table('agent_log', ['tool_run'])}`);
    const discovery = await found(['--pid', String(app.pid)], cwd);
    expect(only(discovery).events).toMatchObject({ table: 'events' });
    expect(missingIn(discovery)).toMatch(/one is watched, events in .*; not watched: agent_log in /);
  });

  it('says which types no shipped rule knows, and that no row is a user’s', async () => {
    const cwd = newFolder();
    const app = await sleeper(cwd, database('a.db', table('events', ['ToolCall', 'sync'])));
    const discovery = await found(['--pid', String(app.pid)], cwd);
    expect(missingIn(discovery)).toMatch(/no type in .* looks like a user's; it has/);
    expect(missingIn(discovery)).toMatch(/has ToolCall: .* unseen/);
    expect(loadConfig(join(cwd, 'idleproof.yaml')).user).toEqual([]);
  });

  it('names the tables where none looks like events, and a database that is damaged', async () => {
    const cwd = newFolder();
    const app = await sleeper(
      cwd,
      `${database('a.db', "c.execute('CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)')", 'c.commit()')}
f = open('bad.db', 'wb'); f.write(b'SQLite format 3\\0' + b'x' * 5000); f.flush()`,
    );
    const discovery = await found(['--pid', String(app.pid)], cwd);
    expect(missingIn(discovery)).toMatch(/no table looks like events: .*a\.db has users/);
    expect(missingIn(discovery)).toMatch(/bad\.db .*(?:corrupt|not an SQLite database|cannot be read)/);
  });

  it('says of a deleted database that nobody can reach it', async () => {
    const cwd = newFolder();
    const app = await sleeper(cwd, `${database('a.db', table('events'))}import os\nos.unlink('a.db')`);
    const discovery = await found(['--pid', String(app.pid)], cwd);
    expect(only(discovery).tables).toEqual([]);
    expect(missingIn(discovery)).toMatch(/cannot be reached here \(deleted.*a\.db/);
  });

  it('quotes what a hostile app calls itself, its files, tables and rows', async () => {
    const cwd = newFolder();
    const name = 'my events"\n- #*&';
    const file = `d'a"t\n- a: {#.db`;
    const type = '- user: #"x*&y\u001b2J';
    const app = await sleeper(
      cwd,
      `import sqlite3, ctypes
ctypes.CDLL(None).prctl(15, b'x: [\\n#{y')
c = sqlite3.connect(${JSON.stringify(file)})
n = ${JSON.stringify(name)}.replace('"', '""')
c.execute('CREATE TABLE "' + n + '" (id INTEGER PRIMARY KEY, type TEXT, created_at TEXT DEFAULT CURRENT_TIMESTAMP)')
c.execute('INSERT INTO "' + n + '" (type) VALUES (?)', (${JSON.stringify(type)},))
c.commit()`,
      ['--title', 'x\nrules: []\u001b[31m'],
    );
    const { code, stdout, stderr, yaml, config } = await init(['--pid', String(app.pid)], cwd);
    expect(code, stderr).toBe(0);
    for (const text of [stdout, stderr, yaml]) expect(text).not.toContain('\u001b');
    const { targets, user, windows, rules } = loadConfig(config);
    expect(targets[0]?.events).toEqual({ sqlite: join(cwd, file), table: name });
    expect(user[0]?.match).toEqual({ type });
    expect(windows).toHaveLength(3);
    expect(rules).toHaveLength(2);
    const proof = await checked(cwd);
    expect(proof.headline).not.toContain('events: not watched');
  });
});

describe('idleproof init on real programs', () => {
  const programs: Program[] = [];
  afterAll(async () => {
    for (const program of programs) await program.stop();
  });

  it.skipIf(!hasProgram('nginx'))('nginx: ports and logs, and no events table', async () => {
    const nginx = await startNginx();
    programs.push(nginx);
    const cwd = newFolder();
    const discovery = await found(['--port', String(nginx.port)], cwd);
    const folder = realpathSync(nginx.folder);
    expect(only(discovery)).toMatchObject({
      name: 'nginx',
      processCount: 2,
      ports: [nginx.port],
      events: null,
      logs: [{ path: join(folder, 'error.log'), format: null }],
      folders: [{ path: folder, doubt: null }],
    });
    expect(missingIn(discovery)).toMatch(/no events table: it holds no SQLite database open/);
    // A worker alone is not the app.
    const worker = discovery.targets[0]?.processes.find(({ pid }) => pid !== nginx.pid)?.pid;
    const part = await found(['--pid', String(worker)], newFolder());
    expect(only(part).select).toEqual({ by: 'pid', pid: worker });
    expect(missingIn(part)).toContain(`port ${nginx.port} is the whole app that it is a part of`);
    const proof = await checked(cwd);
    expect(proof.targets[0]?.name).toBe('nginx');
    expect(proof.headline).toContain('events: not watched');
    const daemon = startDaemon(join(cwd, 'idleproof.yaml'), join(cwd, 'state'), { cwd });
    await daemon.becomes(({ looks, targets }) => looks > 0 && targets[0]?.isPresent === true);
    expect((await daemon.stop()).code).toBe(0);
  });

  it.skipIf(!hasProgram('redis-server'))('redis-server, and who is connected to it', async () => {
    const redis = await startRedis();
    programs.push(redis);
    const client = await startApp(
      `import socket, sys, time
s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
print('ready', flush=True)
time.sleep(1000)`,
      newFolder(),
      [String(redis.port)],
    );
    const cwd = newFolder();
    const discovery = await found(
      ['--target', `db=port:${redis.port}`, '--target', `app=pid:${client.pid}`],
      cwd,
    );
    expect(discovery.targets.map(({ name }) => name)).toEqual(['db', 'app']);
    expect(discovery.targets[0]?.neighbours).toEqual([]);
    expect(discovery.targets[1]?.neighbours).toEqual([
      { name: 'redis-server', pid: redis.pid, port: redis.port, relation: 'peer', isModel: false },
    ]);
    expect((await checked(cwd)).targets.map(({ name }) => name)).toEqual(['db', 'app']);
  });

  it('finds model servers at the other end, in the tree and beside it', async () => {
    const server = (name: string, port: number): string => `
import ctypes, socket, sys, time
ctypes.CDLL(None).prctl(15, b'${name}')
s = socket.socket(); s.bind(('127.0.0.1', ${port})); s.listen()
print('ready', flush=True)
time.sleep(1000)`;
    const [peerPort, besidePort] = [await freePort(), await freePort()];
    const peer = await startApp(server('llama-server', peerPort), newFolder());
    const beside = await startApp(server('ollama', besidePort), newFolder());
    const cwd = newFolder();
    // Its child ends with it, since it reads from it.
    const app = await startApp(
      `import os, socket, time
r, w = os.pipe()
if os.fork() == 0:
    os.close(w)
    import ctypes; ctypes.CDLL(None).prctl(15, b'whisper-server')
    os.read(r, 1); os._exit(0)
os.close(r)
s = socket.create_connection(('127.0.0.1', ${peerPort}))
time.sleep(0.2)
print('ready', flush=True)
time.sleep(1000)`,
      cwd,
    );
    const target = only(await found(['--pid', String(app.pid)], cwd));
    expect(target.neighbours.slice(0, 2)).toEqual([
      expect.objectContaining({ name: 'whisper-server', relation: 'child', isModel: true }),
      { name: 'llama-server', pid: peer.pid, port: peerPort, relation: 'peer', isModel: true },
    ]);
    expect(target.neighbours).toContainEqual(
      expect.objectContaining({ name: 'ollama', pid: beside.pid, port: besidePort, relation: 'listening' }),
    );
    // Each can be put in as it is suggested.
    const config = join(cwd, 'idleproof.yaml');
    const uncommented = readFileSync(config, 'utf8').replaceAll(/^( *)# (model[\w-]*: )/gm, '$1$2');
    writeFileSync(config, uncommented);
    const { targets } = loadConfig(config);
    expect(targets.map(({ select }) => select)).toEqual(
      expect.arrayContaining([
        { by: 'name', name: 'whisper-server' },
        { by: 'port', port: peerPort },
        { by: 'port', port: besidePort },
      ]),
    );
    expect((await checked(cwd)).targets).toHaveLength(targets.length);
  });

  it('the bundled demo app', async () => {
    const cwd = newFolder();
    mkdirSync(join(cwd, 'data'));
    const [file = '', ...args] = appCommand({ databasePath: join(cwd, 'data/demo.db'), heartbeatPort: null });
    const app = spawn(file, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
    apps.push(app);
    const [line] = (await once(createInterface({ input: app.stdout }), 'line')) as [string];
    const { port } = JSON.parse(line) as { port: number };
    const { code, stderr, config } = await init(['--port', String(port)], cwd);
    expect(code, stderr).toBe(0);
    expect(loadConfig(config)).toMatchObject({
      targets: [{ name: 'app', events: { sqlite: join(cwd, 'data/demo.db'), table: 'events' } }],
      user: [{ activity: 'event', match: { type: 'user_message' } }],
    });
    expect((await checked(cwd)).targets[0]?.name).toBe('app');
  });
});
