// What measuring adds to what is measured: `idleproof measure http` in turns with autocannon itself, wrk and ab on the same nginx; the CPU time of an answer,
// autocannon by itself and as idleproof runs it, in turns in one process; and `idleproof measure ttft` beside a bare socket that asks the same
// server at the same time. On a busy host throughput says little, CPU time more.
// usage: npm run bench:measure -- [--rounds 15] [--seconds 3] [--asked 60] [--write]
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { statisticsOf } from '../dist/core/measure/statistics.js';
import { ENV, loadGenerators, measuring, run } from './load-generators.mjs';
import { FIRST_TOKEN_MS, startChat, startNginx } from './measured-servers.mjs';
import { writeSection } from './page.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    seconds: { type: 'string', default: '3' },
    asked: { type: 'string', default: '60' },
    write: { type: 'boolean', default: false },
  },
});
const ROUNDS = Number(options.rounds);
const SECONDS = Number(options.seconds);
const ASKED = Number(options.asked);
const CONNECTIONS = 10;
/** Answers of a round that CPU time is taken of. */
const COSTED = 20_000;
const LEAST_THROUGHPUT = 0.95;
const MOST_TTFT_MS = 1;

const pathOf = (relative) => fileURLToPath(new URL(relative, import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'idleproof-bench-measure-'));
const children = [];
const keep = (child) => children.push(child);
try {
  const nginx = `http://127.0.0.1:${await startNginx(folder, ENV, keep)}/`;
  const chat = `http://127.0.0.1:${await startChat(keep)}/v1/chat/completions`;
  const loads = loadGenerators(nginx, { seconds: SECONDS, connections: CONNECTIONS, folder });
  // Once without counting: files are read from the disk, and nginx opens what it needs.
  for (const load of Object.values(loads)) load();
  const rounds = inTurns(loads);
  const pairs = JSON.parse(
    run(process.execPath, [pathOf('./load-cost.mjs'), nginx, CONNECTIONS, COSTED, 3 * ROUNDS]),
  );
  const asked = [];
  for (let round = 0; round < ROUNDS; round += 1) asked.push(await askBeside(chat));
  report(rounds, pairs, asked);
} finally {
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true, force: true });
}

/** By name, what each round of it gave; the order changes from round to round. */
function inTurns(sides) {
  const names = Object.keys(sides);
  const found = new Map(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index] of names.entries()) {
      const name = names[(index + round) % names.length];
      found.get(name).push(sides[name]());
    }
  }
  return found;
}

function report(rounds, pairs, asked) {
  const base = rounds.get('autocannon');
  const loads = [...rounds].map(([name, values]) => [
    name,
    number(median(values.map(({ perSecond }) => perSecond)), 0),
    ...withInterval(values.map(({ perSecond }, round) => perSecond / base[round].perSecond)),
    asTold(values.map(({ p50Ms }) => p50Ms)),
  ]);
  const shares = pairs.map(({ autocannon: bare, idleproof: own }) => own / bare);
  const costs = [
    ['autocannon', number(median(pairs.map((pair) => pair.autocannon)), 2), '', ''],
    ['as idleproof runs it', number(median(pairs.map((pair) => pair.idleproof)), 2), ...withInterval(shares)],
  ];
  const apart = asked.map(({ bare, idleproof: own }) => own - bare);
  const answers = [
    ['a bare socket', number(median(asked.map(({ bare }) => bare)), 3), '', ''],
    ['idleproof measure ttft', number(median(asked.map((one) => one.idleproof)), 3), ...withInterval(apart)],
  ];
  const text = `${ROUNDS} rounds of ${SECONDS} s each with ${CONNECTIONS} connections, nginx with one worker that answers 200 by itself; a ratio is that of two in one round, and the interval that of its median (95 %). autocannon and ab tell latencies in whole milliseconds:

${table(['load', 'answers a second', '× autocannon', 'interval', 'p50 as it says, ms'], loads)}

${pairs.length} rounds of ${COSTED} answers each, both in one process:

${table(['load generator', 'CPU µs an answer', '× autocannon', 'interval'], costs)}

${ROUNDS} rounds of ${ASKED} answers each, whose first token comes after ${FIRST_TOKEN_MS} ms, both at the same time; medians of a round:

${table(['time to first token', 'ms', 'ms longer than the bare socket’s', 'interval'], answers)}

${number(loadavg()[2], 0)} programs wanted to run on the ${cpus().length} CPUs of the host meanwhile, on average.`;
  console.log(text);
  if (options.write) writeSection('measure', text);
  // A load generator that is busy all the time gives as much less as an answer costs it more.
  const { low, high } = intervalOf(shares);
  judge('CPU of an answer, × autocannon', high <= 1 / LEAST_THROUGHPUT, low > 1 / LEAST_THROUGHPUT, {
    low,
    high,
  });
  const { low: least, high: most } = intervalOf(
    rounds.get('idleproof measure http').map(({ perSecond }, round) => perSecond / base[round].perSecond),
  );
  judge('throughput, × autocannon', least >= LEAST_THROUGHPUT, most < LEAST_THROUGHPUT, {
    low: least,
    high: most,
  });
  const ttft = intervalOf(apart);
  judge(
    'time to first token, ms apart',
    Math.max(-ttft.low, ttft.high) <= MOST_TTFT_MS,
    Math.max(-ttft.high, ttft.low) > MOST_TTFT_MS,
    ttft,
  );
}

/** What holds, what does not, and what such a host cannot tell. */
function judge(what, isKept, isBroken, { low, high }) {
  const word = isKept ? 'kept' : isBroken ? 'NOT KEPT' : 'too noisy to tell';
  console.error(`${what}: ${number(low, 3)} to ${number(high, 3)}: ${word}`);
  if (isBroken) process.exitCode = 1;
  else if (!isKept) process.exitCode ||= 2;
}

/** Where the median lies; everywhere, where so few rounds cannot tell. */
function intervalOf(values) {
  return (
    statisticsOf(Float64Array.from(values)).statistics.p50.interval ?? { low: -Infinity, high: Infinity }
  );
}

function withInterval(values) {
  const { low, high } = intervalOf(values);
  return [number(median(values), 3), `${number(low, 3)} to ${number(high, 3)}`];
}

function asTold(millis) {
  return number(median(millis), millis.every(Number.isInteger) ? 0 : 2);
}

function number(value, digits) {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function table(head, rows) {
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The median milliseconds of both, which ask at the same time: whatever the host does meanwhile, it does to both. */
async function askBeside(url) {
  const bare = started(process.execPath, [pathOf('./bare-ttft.mjs'), url, ASKED]);
  const own = started(process.execPath, measuring(folder, 'ttft', url, '--prompt', 'x', '--runs', ASKED));
  const { measurements } = JSON.parse(await own.printed);
  bare.child.stdin.end();
  const { problem, statistics } = measurements.find(({ name }) => name === 'ttft');
  if (problem !== null) throw new Error(`measure ttft: ${problem}`);
  return { bare: median(JSON.parse(await bare.printed)), idleproof: statistics.p50.value * 1000 };
}

function started(command, args) {
  const child = spawn(command, args.map(String), { stdio: ['pipe', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  const printed = new Promise((resolve, reject) => {
    child.once('close', (code) =>
      code === 0 ? resolve(text) : reject(new Error(`${command} ended with ${code}`)),
    );
  });
  return { child, printed };
}

function median(values) {
  return statisticsOf(Float64Array.from(values)).statistics.p50.value;
}
