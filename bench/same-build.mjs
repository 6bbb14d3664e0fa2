// How often `baseline compare` calls a real server worse than itself: two nginx of the same build and configuration, so many runs of `idleproof
// measure http` each, one pinned, the other compared with it, again and again. And how often it finds a build that answers 20 ms later.
// usage: npm run bench:same-build -- [--tries 100] [--runs 3] [--allow 1] [--blocks] [--processes] [--write]
//   --blocks: first all runs of one side, then those of the other; left out: in turns
//   --processes: each command line in a process of its own, as users run it (half a second of CPU time each); left out: all in this one
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { run } from '../dist/cli/program.js';
import { writeSection } from './page.mjs';

const { values: options } = parseArgs({
  options: {
    tries: { type: 'string', default: '100' },
    runs: { type: 'string', default: '3' },
    allow: { type: 'string', default: '1' },
    blocks: { type: 'boolean', default: false },
    processes: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const TRIES = Number(options.tries);
const RUNS = Number(options.runs);
/** Of tries, as the documentation says. */
const MOST_FALSE = 0.01;
const REQUESTS = 200;
const CONNECTIONS = 5;
const ADDED_MS = 20;

const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const ENV = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };

const folder = mkdtempSync(join(tmpdir(), 'idleproof-bench-same-'));
const children = [];
try {
  const first = await startNginx('first');
  const sides = { first, second: await startNginx('second'), later: await startLater(first) };
  const found = { second: [], later: [] };
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    // One that is slower is found or not: a few tries show it.
    const others = attempt % 5 === 0 ? ['second', 'later'] : ['second'];
    const runs = await measureAll(sides, ['first', ...others]);
    await idleproof('baseline', 'set', ...runs.first, '--name', `try-${attempt}`, '--state', folder);
    for (const other of others) found[other].push(await compare(`try-${attempt}`, runs[other]));
    for (const one of Object.values(runs).flat()) rmSync(one, { recursive: true });
  }
  report(found);
} finally {
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true, force: true });
}

/** By side, the folders of its runs. */
async function measureAll(sides, names) {
  const runs = Object.fromEntries(names.map((name) => [name, []]));
  const order = Array.from({ length: RUNS }, () => names).flat();
  if (options.blocks) order.sort((a, b) => names.indexOf(a) - names.indexOf(b));
  for (const name of order) {
    const out = mkdtempSync(join(folder, 'run-'));
    const amount = ['--requests', REQUESTS, '--concurrency', CONNECTIONS];
    await idleproof('measure', 'http', '--url', sides[name], '--as', 'server', '--out', out, ...amount);
    runs[name].push(join(out, readdirSync(out)[0]));
  }
  return runs;
}

async function compare(name, runs) {
  const args = ['--state', folder, '--allow', `${options.allow}%`, '--json'];
  return JSON.parse(await idleproof('baseline', 'compare', name, ...runs, ...args));
}

function report({ second, later }) {
  const worse = second.filter(isWorse);
  const verdicts = ['pass', 'fail', 'inconclusive'].map(
    (verdict) => `${verdict} ${second.filter((told) => told.verdict === verdict).length}`,
  );
  const changes = later.map(({ rows }) => rows.find(isMedian)?.change).filter((change) => change !== null);
  const intervals = changes.map(({ low, high }) => `${Math.round(low)} to ${Math.round(high)} %`);
  const text = `${TRIES} tries, ${RUNS} runs a side ${options.blocks ? 'one side after the other' : 'in turns'}${options.processes ? ', each in a process of its own' : ', all in one process'}, ${REQUESTS} requests over ${CONNECTIONS} connections each, \`--allow ${options.allow}%\`:

| compared with nginx | tries | called worse | verdicts |
| --- | ---: | ---: | --- |
| the same nginx, another process | ${second.length} | ${worse.length} | ${verdicts.join(', ')} |
| answers ${ADDED_MS} ms later | ${later.length} | ${later.filter(isWorse).length} | the median latency changed by ${intervals[0] ?? 'nothing that could be told'} in the first try |`;
  console.log(text);
  for (const { rows } of worse)
    console.log(JSON.stringify(rows.filter(({ status }) => status === 'regression')));
  if (options.write) writeSection('same-build', text);
  // So many come of the stated rate by chance in one of 300 cases.
  const most = TRIES * MOST_FALSE + 3 * Math.sqrt(TRIES * MOST_FALSE * (1 - MOST_FALSE));
  if (worse.length > most) fail(`${worse.length} of ${TRIES} tries call the same worse`);
  if (later.some((told) => !isWorse(told))) fail(`a build that answers ${ADDED_MS} ms later was not found`);
}

function isWorse({ rows }) {
  return rows.some(({ status }) => status === 'regression');
}

function isMedian({ measurement, statistic }) {
  return measurement === 'http.latency' && statistic === 'p50';
}

function fail(problem) {
  console.error(problem);
  process.exitCode = 1;
}

/** Runs a command line, and returns what it printed; 1 and 2 are verdicts. */
async function idleproof(...args) {
  const argv = args.map(String);
  const { code, stdout } = options.processes ? inProcess(argv) : await inHere(argv);
  if (code === null || code > 2) throw new Error(`${argv.join(' ')} ended with ${code}`);
  return stdout;
}

function inProcess(argv) {
  const { status, stdout } = spawnSync(process.execPath, [MAIN, ...argv], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: ENV,
  });
  return { code: status, stdout };
}

async function inHere(argv) {
  let stdout = '';
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (text) => {
    stdout += text;
    return true;
  };
  try {
    const code = await run(argv);
    return { code, stdout };
  } finally {
    process.stdout.write = write;
  }
}

async function startNginx(name) {
  const port = await freePort();
  const own = join(folder, name);
  mkdirSync(own);
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((of) => `${of}_temp_path ${own}/t;`);
  writeFileSync(
    join(own, 'nginx.conf'),
    `worker_processes 1; pid ${own}/pid; error_log ${own}/error.log; events {}
http { access_log off; ${temp.join(' ')} server { listen 127.0.0.1:${port}; return 200 ok; } }\n`,
  );
  const args = ['-c', join(own, 'nginx.conf'), '-e', join(own, 'error.log'), '-g', 'daemon off;'];
  children.push(spawn('nginx', args, { stdio: 'inherit', env: ENV }));
  return answering(`http://127.0.0.1:${port}/`);
}

/** The same answers from nginx, passed on so much later. */
async function startLater(url) {
  const port = await freePort();
  const code = `const { request, createServer } = require('http');
createServer((asked, response) => setTimeout(() => request(${JSON.stringify(url)}, (answer) => answer.pipe(response)).end(), ${ADDED_MS})).listen(${port}, '127.0.0.1')`;
  children.push(spawn(process.execPath, ['-e', code], { stdio: 'inherit' }));
  return answering(`http://127.0.0.1:${port}/`);
}

async function answering(url) {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    try {
      await (await fetch(url)).text();
      return url;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`nobody answers at ${url}`);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
