// CPU time per look of several watchers of one idle process tree, all in the same run, one look a second.
// usage: npm run bench:overhead -- [--seconds 20]
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { nativeCpuClock } from '../dist/os/cpu-clock.js';

const CHILDREN = 20;
const CONNECTIONS = 5;
/** Starting, compiling and the first full look are not part of the price of a look. */
const WARM_UP_MS = 3000;
const NS_PER_TICK = 1e9 / 100;

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' } } });
const seconds = Number(values.seconds);
if (!Number.isInteger(seconds) || seconds < 1) throw new Error('--seconds takes a whole number, 1 or more');

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const clock = nativeCpuClock();
const tree = await startTree();
const running = [];
try {
  const { watchers, missing } = candidates(tree.pids);
  for (const watcher of watchers) running.push({ ...watcher, child: start(watcher.argv) });
  await sleep(WARM_UP_MS);
  for (const watcher of running) watcher.beforeNs = cpuNs(watcher.child.pid);
  await sleep(seconds * 1000);
  for (const watcher of running) watcher.usedNs = cpuNs(watcher.child.pid) - watcher.beforeNs;
  print(running);
  for (const name of missing) console.log(`not installed: ${name}`);
} finally {
  for (const { child } of running) child.kill('SIGKILL');
  tree.stop();
}

function candidates(pids) {
  const worker = (name) => [process.execPath, here('overhead-worker.mjs'), name, ...pids.map(String)];
  const watchers = [
    { name: 'a bare Node timer', argv: [process.execPath, '-e', 'setInterval(() => {}, 1000)'] },
    { name: 'idleproof, gate and collectors', argv: worker('idleproof') },
    { name: 'pidstat -urdhw 1', argv: ['pidstat', '-urdhw', '-p', pids.join(','), '1'] },
    { name: 'pidusage + systeminformation', argv: worker('libraries') },
  ];
  const missing = watchers.map(({ argv: [command] }) => command).filter((command) => !isInstalled(command));
  return { watchers: watchers.filter(({ argv: [command] }) => !missing.includes(command)), missing };
}

function isInstalled(command) {
  return spawnSync('sh', ['-c', 'command -v "$0"', command]).status === 0;
}

function start([command, ...args]) {
  return spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
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
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

function print(watchers) {
  const base = watchers[0].usedNs;
  console.log(
    `${CHILDREN + 1} idle processes, ${(CHILDREN + 1) * CONNECTIONS} connections, ${seconds} looks\n`,
  );
  console.log('| watcher | CPU ms per look | × the bare timer | RSS MB |\n| --- | ---: | ---: | ---: |');
  for (const { name, usedNs, child } of watchers) {
    const perLook = (usedNs / 1e6 / seconds).toFixed(3);
    console.log(
      `| ${name} | ${perLook} | ${(usedNs / base).toFixed(2)} | ${rssMegabytes(child.pid).toFixed(1)} |`,
    );
  }
}
