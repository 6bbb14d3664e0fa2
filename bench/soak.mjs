// Seven days of the daemon on simulated time: its loop, windows, store, proofs and comparisons, with recorded observations in place
// of a host. What it costs a day, what it keeps, whether it grows, and how long the report takes.
// usage: npm run bench:soak -- [--days 7] [--write]
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeSection } from './page.mjs';

const { values: options } = parseArgs({
  options: { days: { type: 'string', default: '7' }, write: { type: 'boolean', default: false } },
});
const DAY_MS = 86_400_000;
const days = Number(options.days);
if (!(days > 0)) throw new Error('--days takes a number above 0');

/** Idle: nothing runs. Ticking: one process wakes once a minute. Busy: all run each second, call out and start helpers. */
const KINDS = ['idle', 'ticking', 'busy'];
const TARGETS = {
  app: { select: { pid: process.pid }, events: { sqlite: 'app.db' } },
};
const WINDOWS = [{ id: 'after-chat', trigger: 'user-quiet', quietFor: '60s', settle: '10s' }];
const USER = [{ activity: 'event', match: { type: 'user_message' } }];

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'idleproof-soak-'));
try {
  const rows = KINDS.map(soak);
  const table = describe(rows);
  console.log(table);
  if (options.write) writeSection('soak', table);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** In a process of its own, whose memory is its own. */
function soak(kind) {
  const own = join(folder, kind);
  const config = join(own, 'idleproof.yaml');
  const reports = join(own, 'reports');
  mkdirSync(own);
  const document = { targets: TARGETS, windows: WINDOWS, user: USER, reports: { dir: reports } };
  writeFileSync(config, JSON.stringify(document));
  const fromMs = Date.now() - days * DAY_MS;
  const state = join(own, 'state');
  const asked = JSON.stringify({ kind, days, config, state, fromMs });
  const run = node([here('soak-run.mjs'), asked]);
  const report = node([here('../dist/cli/main.js'), 'report', reports, '--since', `${Math.ceil(days) + 1}d`]);
  const entries = readdirSync(reports, { withFileTypes: true });
  const proofs = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(reports, name));
  const bytesOf = (path) => statSync(path).size;
  return {
    kind,
    ...JSON.parse(run.text),
    storeBytes: bytesOf(join(state, 'evidence.db')),
    proofs: proofs.length,
    proofBytes: proofs
      .flatMap((path) => readdirSync(path).map((name) => join(path, name)))
      .reduce((sum, path) => sum + bytesOf(path), 0),
    reportMs: report.ms,
    reportLines: report.text.split('\n').length,
  };
}

function node(args) {
  const before = performance.now();
  const { stdout, status } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1e9,
  });
  if (status !== 0) throw new Error(`${args[0]} ended with ${status}`);
  return { text: stdout, ms: performance.now() - before };
}

function describe(rows) {
  const mb = (bytes) => (bytes / 1e6).toFixed(1);
  const times = rows[0].memory.map(({ hours }) => (hours < 24 ? `${hours} h` : `${hours / 24} d`));
  const memory = rows.map(
    ({ kind, memory: marks }) =>
      `| ${kind} | ${marks.map(({ rssBytes, heapBytes }) => `${mb(rssBytes)} (${mb(heapBytes)})`).join(' | ')} |`,
  );
  const costs = rows.map(
    ({ kind, looks, cpuSecondsPerDay, storeBytes, proofs, proofBytes, verdicts, reportMs }) =>
      `| ${kind} | ${looks.toLocaleString('en')} | ${cpuSecondsPerDay.toFixed(1)} | ${mb(storeBytes)} | ${proofs} (${verdicts}) | ${mb(proofBytes)} | ${(reportMs / 1000).toFixed(2)} |`,
  );
  return [
    `${days} days, 20 processes, one look a second, windows of an hour at most, a chat every six hours. Idle: nothing else runs; ticking: one process wakes once a minute; busy: all run each second, call out every 10 s and start a helper a minute.`,
    '',
    '| | looks | CPU s a day | store MB | proofs | MB of proofs | report of all, s |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...costs,
    '',
    'Resident memory in MB after so much simulated time, as it is then (what is in use of V8’s heap in brackets):',
    '',
    `| | ${times.join(' | ')} |`,
    `| --- | ${times.map(() => '---:').join(' | ')} |`,
    ...memory,
  ].join('\n');
}
