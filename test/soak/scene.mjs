// The programs of a soak, and how something is planted in each.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';

const KEY_TTL_MS = 500;

/** Starts the demo app of an installed idleproof, nginx and two redis-servers below `folder`; each in a session of its own. */
export async function startScene(folder, installed) {
  const children = [];
  const start = (command, args, stdout = 'ignore') => {
    const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
    const child = spawn(command, args, {
      cwd: folder,
      stdio: ['ignore', stdout, 'inherit'],
      env,
      detached: true,
    });
    children.push(child);
    return child;
  };
  const behind = createServer((_, response) => response.end('ok\n')).listen(0, '127.0.0.1');
  await once(behind, 'listening');
  try {
    const database = join(folder, 'demo.db');
    const still = ['--no-memory-reducer', '--no-minor-gc-task'];
    const app = [...still, join(installed, 'dist/demo/app.js'), '--database', database];
    const demo = start(process.execPath, app, 'pipe');
    const [line] = await once(createInterface({ input: demo.stdout }), 'line');
    const demoPort = JSON.parse(line).port;
    const [nginxPort, redisPort, otherPort] = [await freePort(), await freePort(), await freePort()];
    const nginx = start('nginx', nginxArgs(folder, nginxPort, behind.address().port));
    const redis = start('redis-server', redisArgs(folder, redisPort));
    start('redis-server', redisArgs(join(folder, 'other'), otherPort));
    for (const port of [nginxPort, redisPort, otherPort]) await untilUp(port);
    const db = new Database(database);
    const insert = db.prepare("INSERT INTO events (type, payload) VALUES ('tool_run', '{}')");
    const plant = {
      row: async () => void insert.run(),
      chat: () => ask(`http://127.0.0.1:${demoPort}/chat`, { method: 'POST', body: '{"message":"hello"}' }),
      proxied: () => ask(`http://127.0.0.1:${nginxPort}/out`),
      migrated: async () => {
        await tell(redisPort, 'SET key value');
        await tell(redisPort, `MIGRATE 127.0.0.1 ${otherPort} key 0 ${KEY_TTL_MS * 10} REPLACE`);
      },
      forked: () => tell(redisPort, 'BGSAVE'),
    };
    return {
      pids: { demo: demo.pid, nginx: nginx.pid, redis: redis.pid },
      database,
      plant,
      /** Who has ended; null: nobody. */
      ended: () =>
        children.find(({ exitCode, signalCode }) => (exitCode ?? signalCode) !== null)?.spawnfile ?? null,
      stop: async () => {
        db.close();
        await stopAll(children, behind);
      },
    };
  } catch (error) {
    await stopAll(children, behind);
    throw error;
  }
}

async function stopAll(children, server) {
  server.close();
  for (const child of children) {
    if ((child.exitCode ?? child.signalCode) !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(timer);
  }
}

function nginxArgs(folder, port, behindPort) {
  mkdirSync(join(folder, 'nginx'));
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (one) => `${one}_temp_path ${folder}/nginx;`,
  );
  const location = `location /out { proxy_pass http://127.0.0.1:${behindPort}; }`;
  writeFileSync(
    join(folder, 'nginx.conf'),
    `worker_processes 1; pid ${folder}/nginx/pid; events {}
http { access_log off; ${paths.join(' ')} keepalive_timeout 0; server { listen 127.0.0.1:${port}; ${location} } }\n`,
  );
  return ['-c', join(folder, 'nginx.conf'), '-e', join(folder, 'nginx/error.log'), '-g', 'daemon off;'];
}

function redisArgs(folder, port) {
  mkdirSync(folder, { recursive: true });
  const options = `--bind 127.0.0.1 --port ${port} --dir ${folder} --logfile ${folder}/redis.log --save`;
  return [...options.split(' '), ''];
}

/** Asks by HTTP on a connection of its own, and reads the whole answer. */
async function ask(url, options = {}) {
  const response = await fetch(url, { ...options, headers: { connection: 'close' } });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
}

/** Tells redis-server something on a connection of its own, and waits for its answer. */
async function tell(port, command) {
  const socket = connect(port, '127.0.0.1');
  socket.write(`${command}\r\n`);
  const [answer] = await once(socket, 'data');
  socket.destroy();
  if (String(answer).startsWith('-')) throw new Error(`${command}: ${answer}`);
}

async function freePort() {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((resolve) => void server.close(resolve));
  return port;
}

async function untilUp(port) {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const socket = connect(port, '127.0.0.1');
    const isUp = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (isUp) return;
    await sleep(100);
  }
  throw new Error(`nothing listens on ${port}`);
}
