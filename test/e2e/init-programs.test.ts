import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import type { AppOptions } from '../../src/demo/launch.ts';
import { startNginx, startRedis } from '../support/debian-programs.ts';
import { freePort, hasProgram, type Program } from '../support/programs.ts';
import { killDaemons, startDaemon } from '../support/watch-daemon.ts';
import {
  apps,
  checked,
  endApps,
  found,
  init,
  missingIn,
  newFolder,
  only,
  startApp,
} from '../support/init.ts';

afterEach(() => killDaemons());
afterAll(endApps);

const { appCommand } = (await import(pathToFileURL('dist/demo/launch.js').href)) as {
  appCommand: (options: AppOptions) => string[];
};

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
      // By a name of its own: other tests run python3 meanwhile, and what init names is to be found again.
      `import ctypes, socket, sys, time
ctypes.CDLL(None).prctl(15, b'redis-asker')
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
    expect(discovery.targets[1]?.select).toEqual({ by: 'name', name: 'redis-asker' });
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
named, name = os.pipe()
if os.fork() == 0:
    os.close(w)
    import ctypes; ctypes.CDLL(None).prctl(15, b'whisper-server')
    os.write(name, b'x'); os.close(name); os.close(named)
    os.read(r, 1); os._exit(0)
os.close(r)
s = socket.create_connection(('127.0.0.1', ${peerPort}))
os.read(named, 1); os.close(name); os.close(named)
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
