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

const COUNTS = { tcp: 1000, udp: 1000, refused: 200, unreachable: 200, io_uring: 100 };
const UDP_BASE = 30_000;
const REFUSED = 9;
/** From the start of the watchdog to when its window is surely open. */
const OPENING_MS = 5000;
/** A record is stamped by the kernel a moment after the actor noted what it was about to do. */
const LATE_MS = 250;

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
  await sleep(OPENING_MS);
  actor.stdin.write('go\n');
  await done;
  await once(watchdog, 'exit');
  for (const child of [actor, polling]) child.kill('SIGKILL');
  const [proof] = readdirSync(folder);
  const { evidence } = readEvidence(join(folder, proof, 'evidence.db'));
  rmSync(folder, { recursive: true, force: true });
  return { planted, polled, evidence };
}

function start([command, ...args], stdin) {
  return spawn(command, args, { stdio: [stdin, 'pipe', 'inherit'] });
}

/** Pairs each planted activity with one that was found: same ends, about the same time, each used once. */
function pair({ planted, evidence }) {
  const found = evidence.activities.filter(
    ({ kind, direction }) => kind === 'network' && direction === 'outbound',
  );
  const used = new Set();
  const byKind = Object.fromEntries(Object.keys(COUNTS).map((kind) => [kind, { planted: 0, found: 0 }]));
  const ops = { tcp: 'connect', udp: 'send', refused: 'attempt', unreachable: 'attempt', io_uring: 'send' };
  for (const one of planted) {
    byKind[one.kind].planted += 1;
    const match = found.find(
      (activity) =>
        !used.has(activity) &&
        activity.op === ops[one.kind] &&
        activity.remote?.port === one.port &&
        (one.local === undefined || activity.localPort === one.local) &&
        activity.atMs > one.at - LATE_MS &&
        activity.atMs < one.at + LATE_MS,
    );
    if (match === undefined) continue;
    used.add(match);
    byKind[one.kind].found += 1;
  }
  const ends = new Set([...used].map(endsOf));
  // What moves on a planted connection after a look at everything is told apart from its opening, and is its own.
  const isPart = (activity) => activity.op !== 'connect' && ends.has(endsOf(activity));
  const strangers = found.filter((one) => !used.has(one) && !isSilent(one) && !isPart(one));
  return { byKind, strangers };
}

function endsOf({ protocol, localPort, remote }) {
  return JSON.stringify([protocol, localPort, remote?.ip, remote?.port]);
}

/** A look between connect(2) and send(2) of a datagram socket; beside a trace that missed nothing, no rule counts it. */
function isSilent({ collector, protocol, op }) {
  return collector === 'sockets' && protocol === 'udp' && op === 'connect';
}

/** What the namespace counted, less the watchdog's own share. */
function counted({ evidence }) {
  const grew = (name) => {
    const values = evidence.counters.flatMap(({ scope, values: { [name]: value } }) =>
      scope.startsWith('network:') && value !== undefined ? [value] : [],
    );
    return values.length === 0 ? 0 : values.at(-1) - values[0];
  };
  const own = (name) => evidence.controls.planted.filter((one) => one.name === name).length;
  return {
    connections: grew('tcpActiveOpens') - own('tcp'),
    datagrams: grew('udpOutDatagrams') + grew('udp6OutDatagrams') - own('udp'),
    withoutRoute: grew('ipOutNoRoutes'),
  };
}

function polledShare({ planted, polled }) {
  const tcp = planted.filter(({ kind }) => kind === 'tcp');
  const ports = new Set([...polled].map((key) => Number(key.split(' ')[1])));
  return { planted: tcp.length, found: tcp.filter(({ local }) => ports.has(local)).length };
}

function describe({ trace, counters }) {
  const traced = pair(trace);
  const sampled = pair(counters);
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
