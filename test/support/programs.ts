import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A real program that a test has started, with a folder of its own. */
export interface Program {
  pid: number;
  port: number;
  folder: string;
  stop(): Promise<void>;
}

const PATH = `${process.env['PATH']}:/usr/sbin:/sbin`;

/** Whether a program of Debian is installed; prints why its tests are skipped where it is not. */
export function hasProgram(name: string): boolean {
  const found = spawnSync('sh', ['-c', `command -v ${name}`], { env: { ...process.env, PATH } }).status === 0;
  if (!found) console.log(`skipped: ${name} is not installed`);
  return found;
}

/** Whether tests that need root can run; prints what is skipped where they cannot. */
export function isRoot(what: string): boolean {
  const root = process.geteuid?.() === 0;
  if (!root) console.log(`skipped: ${what} needs root`);
  return root;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`the program ended with ${child.exitCode}`);
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false));
      socket.once('close', () => {}).end();
    });
    if (open) return;
    await sleep(50);
  }
  throw new Error(`nothing listens on ${port}`);
}

/** Starts a program in the foreground and waits until it listens on its port. */
async function startProgram(
  argv: (folder: string, port: number) => readonly string[],
  inside: readonly string[] = [],
): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'idleproof-program-'));
  const port = await freePort();
  const [command = '', ...args] = [...inside, ...argv(folder, port)];
  const child = spawn(command, args, { cwd: folder, stdio: 'ignore', env: { ...process.env, PATH } });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    // Where the program is in a namespace of its own, its port is not to be reached from here.
    if (inside.length === 0) await untilListening(port, child);
    else await sleep(1_500);
  } catch (error) {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    pid: child.pid ?? 0,
    port,
    folder,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGCONT');
        child.kill('SIGTERM');
        const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
        await ended;
        clearTimeout(timer);
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** nginx, master and one worker: runs no instruction while idle. */
export const startNginx = (): Promise<Program> =>
  startProgram((folder, port) => {
    mkdirSync(join(folder, 't'));
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${folder}/t;`,
    );
    writeFileSync(
      join(folder, 'nginx.conf'),
      `worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log; events {}
http { access_log off; ${paths.join(' ')} server { listen 127.0.0.1:${port}; return 200 ok; } }\n`,
    );
    return ['nginx', '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log'), '-g', 'daemon off;'];
  });

/** redis-server: wakes every 0.1 s, no network. */
export const startRedis = (inside: readonly string[] = []): Promise<Program> =>
  startProgram(
    (folder, port) => [
      'redis-server',
      '--bind',
      '127.0.0.1',
      '--port',
      String(port),
      '--save',
      '',
      '--dir',
      folder,
    ],
    inside,
  );

/** redis-sentinel watching a redis-server: talks to it every second on connections that it keeps open. */
export const startSentinel = (redisPort: number, inside: readonly string[] = []): Promise<Program> =>
  startProgram((folder, port) => {
    const config = join(folder, 'sentinel.conf');
    writeFileSync(
      config,
      `port ${port}\nbind 127.0.0.1\ndir ${folder}\nsentinel monitor m 127.0.0.1 ${redisPort} 1\nsentinel down-after-milliseconds m 5000\n`,
    );
    return ['redis-sentinel', config];
  }, inside);

export const stateOf = (pid: number): string => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
};
