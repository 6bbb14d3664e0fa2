// How much of short network activity is found, by tier: planted at random times by threads and child processes.
// usage: npm run bench:recall -- [--seconds 120] [--seed 1] [--write]      needs root (a network namespace, the trace)
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readEvidence } from '../dist/evidence/read.js';
import { writeSection } from './page.mjs';
import { counted, pair, polledShare } from './recall-pairs.mjs';

const COUNTS = {
  tcp: 1000,
  udp: 1000,
  refused: 200,
  unreachable: 200,
  io_uring: 100,
};
const UDP_BASE = 30_000;
const REFUSED = 9;
/** From the start of the watchdog to when its window is surely open. */
const OPENING_MS = 5000;

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '120' },
    seed: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
    inside: { type: 'boolean', default: false },
  },
});
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

if (!options.inside) {
  // A network of its own, with nothing but a loopback interface: no route to anywhere, and nobody else's traffic.
  const inside = 'ip link set lo up && exec "$@"';
  const command = ['--net', 'sh', '-c', inside, 'sh', process.execPath, ...process.argv.slice(1), '--inside'];
  process.exit(spawnSync('unshare', command, { stdio: 'inherit' }).status ?? 1);
}

const servers = [await listen('127.0.0.1'), await listen('::1')];
/** Hides the kernel's trace, as it is hidden in containers. */
const HIDE = 'mount -t tmpfs tmpfs /sys/kernel/tracing && touch /sys/kernel/tracing/hidden && exec "$@"';
const runs = {
  trace: await run([]),
  counters: await run(['unshare', '--mount', 'sh', '-c', HIDE, 'sh']),
};
for (const server of servers) server.close();
const table = describe(runs);
console.log(table);
if (options.write) writeSection('recall', table);

async function listen(host) {
  const server = createServer((socket) => socket.resume().on('error', () => {})).listen(0, host);
  await once(server, 'listening');
  return server;
}

/** One actor, watched by idleproof, which is started through `prefix`, and by polling. */
async function run(prefix) {
  const folder = mkdtempSync(join(tmpdir(), 'idleproof-recall-'));
  const [port4, port6] = servers.map((server) => server.address().port);
  const args = [options.seconds, options.seed, port4, port6, REFUSED, UDP_BASE, JSON.stringify(COUNTS)];
  const actor = start(['python3', here('recall-actor.py'), ...args.map(String)], 'pipe');
  const said = createInterface({ input: actor.stdout });
  const planted = [];
  const done = new Promise((resolve) => {
    said.on('line', (line) => {
      const fact = JSON.parse(line);
      if (fact.kind === 'done') resolve();
      else if (fact.kind !== 'ready') planted.push(fact);
    });
  });
  await once(said, 'line');
  const polled = new Set();
  const polling = start([process.execPath, here('recall-polling.mjs')], 'ignore');
  createInterface({ input: polling.stdout }).on('line', (line) => polled.add(line));
  const forSeconds = Number(options.seconds) + OPENING_MS / 1000 + 3;
  const check = [
    'check',
    '--pid',
    String(actor.pid),
    '--for',
    `${forSeconds}s`,
    '--settle',
    '1s',
    '--out',
    folder,
  ];
  const watchdog = start([...prefix, process.execPath, here('../dist/cli/main.js'), ...check], 'ignore');
  // On a busy host it may be over before the actor is.
  const watched = once(watchdog, 'exit');
  await sleep(OPENING_MS);
  actor.stdin.write('go\n');
  await done;
  await watched;
  for (const child of [actor, polling]) child.kill('SIGKILL');
  const [proof] = readdirSync(folder);
  const { evidence } = readEvidence(join(folder, proof, 'evidence.db'));
  rmSync(folder, { recursive: true, force: true });
  return { planted, polled, evidence };
}

function start([command, ...args], stdin) {
  return spawn(command, args, { stdio: [stdin, 'pipe', 'inherit'] });
}

function describe({ trace, counters }) {
  const traced = pair(trace, Object.keys(COUNTS));
  const sampled = pair(counters, Object.keys(COUNTS));
  const polled = polledShare(trace);
  const count = counted(counters);
  const share = ({ planted, found }) => (planted === 0 ? '-' : (found / planted).toFixed(3));
  const truth = {
    connections: counters.planted.filter(({ kind }) => kind === 'tcp' || kind === 'refused').length,
    datagrams: counters.planted.filter(({ kind }) => kind === 'udp' || kind === 'io_uring').length,
    withoutRoute: counters.planted.filter(({ kind }) => kind === 'unreachable').length,
  };
  const attribution = traced.strangers.slice(0, 5).map((one) => `- ${JSON.stringify(one)}`);
  return [
    `Planted within ${options.seconds} s at random times (seed ${options.seed}), by the main thread, other threads and child processes; connections live 0.3 to 5 ms:`,
    '',
    '| planted | number | found with trace | sampled, without it | systeminformation, polled every 1 s |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...Object.entries(traced.byKind).map(
      ([kind, one]) =>
        `| ${kind} | ${one.planted} | ${share(one)} | ${share(sampled.byKind[kind])} | ${kind === 'tcp' ? share(polled) : '-'} |`,
    ),
    '',
    `Found with trace and not planted (false attributions): ${traced.strangers.length}.`,
    ...attribution,
    '',
    'Without the trace the counters of the network namespace state how many there were (less the watchdog’s own):',
    '',
    '| | counted | planted |',
    '| --- | ---: | ---: |',
    `| TCP connections and refused attempts | ${count.connections} | ${truth.connections} |`,
    `| datagrams | ${count.datagrams} | ${truth.datagrams} |`,
    `| connects without a route | ${count.withoutRoute} | ${truth.withoutRoute} |`,
  ].join('\n');
}
