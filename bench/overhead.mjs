// CPU time per look of several watchers of one idle process tree, all in the same run, one look a second.
// usage: npm run bench:overhead -- [--seconds 120] [--write]      --write: into docs/benchmarks.md
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { nativeCpuClock } from '../dist/os/cpu-clock.js';
import { peers } from './overhead-peers.mjs';
import { writeSection } from './page.mjs';

const CHILDREN = 20;
const CONNECTIONS = 5;
/** Of each watcher: two processes of the same program differ by a quarter for as long as they live. */
const INSTANCES = 3;
/** Starting, compiling and the first full look are not part of the price of a look. */
const WARM_UP_MS = 8000;
const NS_PER_TICK = 1e9 / 100;

const { values: options } = parseArgs({
  options: { seconds: { type: 'string', default: '120' }, write: { type: 'boolean', default: false } },
});
const seconds = Number(options.seconds);
if (!Number.isInteger(seconds) || seconds < 1) throw new Error('--seconds takes a whole number, 1 or more');

const headline = `${CHILDREN + 1} idle processes, ${(CHILDREN + 1) * CONNECTIONS} connections, ${seconds} looks, one a second, ${INSTANCES} instances of each watcher:`;

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const clock = nativeCpuClock();
const folder = mkdtempSync(join(tmpdir(), 'idleproof-bench-'));
const tree = await startTree();
try {
  const { watchers, missing } = candidates(tree.pids);
  const quiet = watchers.filter(({ isBusy }) => isBusy !== true);
  const tables = [await measure(quiet)];
  if (quiet.length < watchers.length)
    tables.push(
      'With all at the same time, so that connections and processes of others come and go:',
      await measure(watchers),
    );
  if (missing.length > 0) tables.push(`Not installed: ${missing.join(', ')}.`);
  const text = [headline, ...tables].join('\n\n');
  console.log(text);
  if (options.write) writeSection('overhead', text);
} finally {
  tree.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** All of some watchers at the same time; a table of what they used. */
async function measure(watchers) {
  const running = [];
  try {
    for (let instance = 0; instance < INSTANCES; instance += 1) {
      for (const { name, argv, env, visit } of watchers)
        running.push({
          name,
          child: start(argv(instance), env),
          looks: [],
          visit: visit?.bind(null, instance),
        });
    }
    await sleep(WARM_UP_MS);
    for (const watcher of running) watcher.lastNs = cpuNs(watcher.child.pid);
    for (let second = 0; second < seconds; second += 1) {
      for (const { visit } of running) void visit?.();
      await sleep(1000);
      for (const watcher of running) {
        const nowNs = cpuNs(watcher.child.pid);
        watcher.looks.push(nowNs - watcher.lastNs);
        watcher.lastNs = nowNs;
      }
    }
    return describe(running);
  } finally {
    for (const { child } of running) child.kill('SIGKILL');
  }
}

function candidates(pids) {
  const database = eventsTable();
  const watchers = [
    { name: 'a bare Node timer', argv: () => [process.execPath, '-e', 'setInterval(() => {}, 1000)'] },
    { name: 'idleproof check, all collectors', argv: () => checkCommand(pids[0], database) },
    {
      name: 'idleproof watch, all collectors',
      argv: () => watchCommand(pids[0], database),
    },
    ...peers(pids, folder),
  ];
  const isThere = ({ argv }) => isInstalled(argv(0)[0]);
  const missing = watchers.filter((one) => !isThere(one)).map(({ argv }) => argv(0)[0]);
  return { watchers: watchers.filter(isThere), missing };
}

/** An app's events, so that every collector is on. */
function eventsTable() {
  const database = join(folder, 'app.db');
  const db = new Database(database);
  db.exec('CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, type TEXT, created_at TEXT)');
  db.close();
  return database;
}

/** The command that users run. */
function checkCommand(pid, database) {
  const window = ['--settle', '0s', '--for', `${seconds + 30}s`];
  const watched = ['--pid', String(pid), '--events', database, '--out', folder];
  return [process.execPath, here('../dist/cli/main.js'), 'check', ...watched, ...window];
}

/** The daemon, with a window that is open all the time. */
function watchCommand(pid, database) {
  const own = mkdtempSync(join(folder, 'watch-'));
  const config = `${own}.yaml`;
  const document = {
    targets: { app: { select: { pid }, events: { sqlite: database } } },
    user: [{ activity: 'event', match: { type: 'user_message' } }],
    windows: [{ id: 'idle', trigger: 'user-quiet', quietFor: '1s', settle: '0s' }],
    reports: { dir: `${own}-reports` },
  };
  writeFileSync(config, JSON.stringify(document));
  return [process.execPath, here('../dist/cli/main.js'), 'watch', '--config', config, '--state', own];
}

function isInstalled(command) {
  return spawnSync('sh', ['-c', 'command -v "$0"', command]).status === 0;
}

function start([command, ...args], env = {}) {
  return spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...env } });
}

/** The tree, and the other ends of its connections, which are held here. */
async function startTree() {
  const held = [];
  const server = createServer((socket) => held.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const program = here('../test/fixtures/programs/idle-tree.py');
  const args = [server.address().port, CHILDREN, CONNECTIONS].map(String);
  const parent = spawn('python3', [program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  await once(parent.stdout, 'data');
  while (held.length < (CHILDREN + 1) * CONNECTIONS) await sleep(20);
  const children = readFileSync(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8');
  const group = Number(parent.pid);
  const stop = () => {
    process.kill(0 - group, 'SIGKILL');
    for (const socket of held) socket.destroy();
    server.close();
  };
  return { pids: [parent.pid, ...children.trim().split(' ').map(Number)], stop };
}

/** Its own CPU time in nanoseconds, and that of the children that it has waited for, in clock ticks of 10 ms. */
function cpuNs(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [own, reaped] = [fields[11] + fields[12], fields[13] + fields[14]];
  return (clock?.(pid) ?? own * NS_PER_TICK) + reaped * NS_PER_TICK;
}

function rssMegabytes(pid) {
  return (Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024) / 1e6;
}

function describe(watchers) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
  const names = [...new Set(watchers.map(({ name }) => name))];
  const rows = names.map((name) => {
    const instances = watchers.filter((watcher) => watcher.name === name);
    return {
      name,
      mean: mean(instances.map(({ looks }) => mean(looks))),
      median: median(instances.flatMap(({ looks }) => looks)),
      rss: Math.max(...instances.map(({ child }) => rssMegabytes(child.pid))),
    };
  });
  const [base] = rows;
  const cells = ({ mean: ofAll, median: middle, rss }) => [
    (ofAll / 1e6).toFixed(3),
    (ofAll / base.mean).toFixed(2),
    (middle / 1e6).toFixed(3),
    (middle / base.median).toFixed(2),
    rss.toFixed(1),
  ];
  return [
    '| watcher | CPU ms per look, mean | × the bare timer | median | × the bare timer | RSS MB |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...rows.map((row) => `| ${row.name} | ${cells(row).join(' | ')} |`),
  ].join('\n');
}
