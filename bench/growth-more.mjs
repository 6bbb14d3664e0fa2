// CPU time and memory of the watchdog by what one process has and does: connections that it holds, connections that it opens, rows of
// its events table. By the number of processes: growth.mjs; by days: soak.mjs and store.mjs; by rules and activities in a window: rules.mjs.
// usage: npm run bench:growth-more -- [--seconds 20] [--only connections,activities,rows] [--most 1000] [--write]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { nativeCpuClock } from '../dist/os/cpu-clock.js';
import { writeSection } from './page.mjs';

/** Amounts of each curve, and what a row of its table says. */
const CURVES = {
  // One is enough to have the kernel walk over its hash table of connections at each look: 1 ms for 262,144 buckets.
  connections: {
    amounts: [0, 10, 100, 1000, 10_000],
    title: 'connections held by a process that wakes once a second',
  },
  activities: { amounts: [0, 1, 10, 100, 1000], title: 'connections opened a second' },
  rows: { amounts: [0, 1000, 100_000, 1_000_000], title: 'rows in the events table, one more each second' },
};
/** Starting, compiling and the first full look are not part of the price of a look. */
const WARM_UP_MS = 12_000;
const TABLES = '/proc/sys/net/ipv4';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    only: { type: 'string', default: Object.keys(CURVES).join() },
    most: { type: 'string', default: 'Infinity' },
    write: { type: 'boolean', default: false },
  },
});
const seconds = Number(options.seconds);
const isRoot = process.geteuid?.() === 0;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const clock = nativeCpuClock();
if (clock === null) throw new Error('this benchmark needs koffi');
const folder = mkdtempSync(join(tmpdir(), 'idleproof-growth-'));
try {
  const tables = [];
  for (const kind of options.only.split(',')) tables.push(describe(kind, await measure(kind)));
  const text = [
    `CPU ms per look, ${seconds} looks, one a second, all rows of a table at the same time${isRoot ? ', each in a network of its own, with a hash table of its own' : ''}:`,
    ...tables,
  ];
  console.log(text.join('\n\n'));
  if (options.write) writeSection('growth-more', text.join('\n\n'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** All amounts at the same time, each with an actor and a watchdog of its own. */
async function measure(kind) {
  const runs = [];
  try {
    for (const amount of CURVES[kind].amounts.filter((one) => one <= Number(options.most)))
      runs.push(await start(kind, amount));
    await sleep(WARM_UP_MS);
    for (const run of runs) Object.assign(run, { fromNs: clock(run.watchdog.pid), rss: 0 });
    // Garbage is collected at full looks, every 30 s: what is taken at the end is a matter of chance.
    for (let second = 0; second < seconds; second += 1) {
      await sleep(1000);
      for (const run of runs) run.rss = Math.max(run.rss, rssMegabytes(run.watchdog.pid));
    }
    return runs.map(({ amount, watchdog, fromNs, rss }) => ({
      amount,
      ms: (clock(watchdog.pid) - fromNs) / 1e6 / seconds,
      rss,
    }));
  } finally {
    for (const child of runs.flatMap(({ watchdog, actor, server }) => [watchdog, actor, server]))
      child.kill('SIGKILL');
    await sleep(1000);
  }
}

async function start(kind, amount) {
  const server = spawn(...inOwnNetwork('python3', [here('growth-server.py')]), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = await once(server.stdout, 'data');
  const database = join(folder, `${amount}.db`);
  const where = kind === 'rows' ? database : String(port).trim();
  const actor = spawn(
    ...inNetworkOf(server, 'python3', [here('growth-actor.py'), kind, String(amount), where]),
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await once(actor.stdout, 'data');
  const window = ['--for', `${seconds + 120}s`, '--settle', '0s', '--out', folder];
  const watched = ['--pid', String(actor.pid), ...(kind === 'rows' ? ['--events', database] : [])];
  const command = [here('../dist/cli/main.js'), 'check', ...watched, ...window];
  const watchdog = spawn(...inNetworkOf(server, process.execPath, command), {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return { amount, server, actor, watchdog };
}

/**
 * To list the connections of one network, the kernel walks over all that there are in the hash table, which networks share (ip-sysctl.rst:
 * tcp_ehash_entries): of 10,000 of another row, or those that it closed in the last minute (TIME-WAIT), each look of a process with a single connection would cost 5 to
 * 10 ms. So rows have tables of their own, as large as the host's, which only a network's parent can ask for, since Linux 6.1.
 */
function inOwnNetwork(program, args) {
  if (!isRoot) return [program, args];
  const inner = 'ip link set lo up && exec "$@"';
  const outer = `{ echo ${buckets()} > ${TABLES}/tcp_child_ehash_entries; } 2> /dev/null; exec unshare --net sh -c '${inner}' sh "$@"`;
  return ['unshare', ['--net', 'sh', '-c', outer, 'sh', program, ...args]];
}

/** Of the host's hash table, negative where it is that of another network; 0 is for «the same one», as ever before Linux 6.1. */
function buckets() {
  const file = `${TABLES}/tcp_ehash_entries`;
  return existsSync(file) ? Math.abs(Number(readFileSync(file, 'utf8'))) : 0;
}

function inNetworkOf(server, program, args) {
  return isRoot ? ['nsenter', [`--net=/proc/${server.pid}/ns/net`, program, ...args]] : [program, args];
}

function rssMegabytes(pid) {
  return (Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024) / 1e6;
}

function describe(kind, rows) {
  return [
    `| ${CURVES[kind].title} | CPU ms per look | RSS MB at most |`,
    '| ---: | ---: | ---: |',
    ...rows.map(
      ({ amount, ms, rss }) => `| ${amount.toLocaleString('en')} | ${ms.toFixed(2)} | ${rss.toFixed(0)} |`,
    ),
  ].join('\n');
}
