// Bytes that the evidence of a day takes, and the time to verify it, to read one window and to drop what is old. Simulated time
// through the real watcher, recorder and store; what is observed was recorded from an idle app on Linux.
// usage: npm run build && node bench/store.mjs [--days 7] [--write]
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EvidenceReader } from '../dist/evidence/read.js';
import { EvidenceStore } from '../dist/evidence/store.js';
import { verifyEvidence } from '../dist/evidence/verify/verify.js';
import { writeSection } from './page.mjs';
import { PROCESSES } from './recorded-app.mjs';
import { DAY_MS, playDays, START_MS } from './recorded-days.mjs';

const { values: options } = parseArgs({
  options: { days: { type: 'string', default: '7' }, write: { type: 'boolean', default: false } },
});
const DAYS = Number(options.days);
const HOUR_MS = 3_600_000;

/** How often processes run, and how many at a time; `connectEveryMs`: somebody calls out. */
const DAY_KINDS = {
  still: { title: 'idle, no process runs', runEveryMs: null, runners: 0, connectEveryMs: null },
  idle: {
    title: 'idle, one process wakes every minute',
    runEveryMs: 60_000,
    runners: 1,
    connectEveryMs: null,
  },
  ticking: {
    title: 'idle, one process wakes every second',
    runEveryMs: 1000,
    runners: 1,
    connectEveryMs: null,
  },
  busy: {
    title: 'busy, all processes run, a connection every 10 s',
    runEveryMs: 1000,
    runners: PROCESSES,
    connectEveryMs: 10_000,
  },
};

const folder = mkdtempSync(join(tmpdir(), 'idleproof-store-'));
try {
  const rows = Object.entries(DAY_KINDS).map(([name, kind]) =>
    measure(name, kind, name === 'busy' ? Math.min(DAYS, 2) : DAYS),
  );
  const table = describe(rows);
  console.log(table);
  if (options.write) writeSection('store', table);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function measure(name, kind, days) {
  const path = join(folder, `${name}.db`);
  const { store } = EvidenceStore.open(path);
  const cpuBefore = process.cpuUsage();
  playDays(store, { kind, durationMs: days * DAY_MS, windowMs: HOUR_MS });
  const { user, system } = process.cpuUsage(cpuBefore);
  const { rows } = store.head();
  // What is not yet folded in would be counted twice.
  store.shrink(1);
  store.close();
  const bytes = statSync(path).size;
  const verifyMs = timed(() => {
    const { problems } = verifyEvidence(path);
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
  });
  const reader = new EvidenceReader(path);
  const windows = reader.windows();
  const spans = windows.map(({ id, fromMs, toMs }) => ({ id, fromMs, toMs, lookBackMs: 30_000 }));
  const reads = spans.filter((_, index) => index % 7 === 3).map((span) => timed(() => reader.window(span)));
  reader.close();
  const again = EvidenceStore.open(path).store;
  const retention = { maxAgeMs: ((days - 1) / 2) * DAY_MS, maxBytes: null, cited: [], dropsCited: false };
  const retainMs = timed(() => again.retain(START_MS + days * DAY_MS, retention));
  const shrinkMs = timed(() => again.shrink(Number.POSITIVE_INFINITY));
  again.close();
  return {
    title: kind.title,
    days,
    rows,
    cpuSecondsPerDay: (user + system) / 1e6 / days,
    bytesPerDay: bytes / days,
    verifyMs,
    readMs: reads.sort((a, b) => a - b)[Math.floor(reads.length / 2)],
    slowestReadMs: reads.at(-1),
    retainMs,
    shrinkMs,
    keptBytes: statSync(path).size,
  };
}

function describe(rows) {
  const number = (value, digits = 0) =>
    value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });
  const lines = rows.map(
    ({
      title,
      days,
      rows: count,
      bytesPerDay,
      cpuSecondsPerDay,
      verifyMs,
      readMs,
      slowestReadMs,
      retainMs,
      shrinkMs,
      keptBytes,
    }) =>
      `| ${title} | ${days} | ${number(count / days)} | ${number(bytesPerDay / 1024)} | ${number((bytesPerDay * 7) / 1048576, 1)} | ${number(cpuSecondsPerDay, 1)} | ${number(verifyMs)} | ${number(readMs, 1)} (${number(slowestReadMs, 1)}) | ${number(retainMs)} | ${number(shrinkMs)} | ${number(keptBytes / 1024)} |`,
  );
  return [
    `${PROCESSES} processes, one look a second, a window an hour, a segment a day.`,
    '',
    '| day | days | rows a day | KiB a day | MiB in 7 days | CPU s a day | verify all, ms | read a window, ms (slowest) | drop the older half, ms | shrink, ms | KiB left |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

function timed(act) {
  const before = performance.now();
  act();
  return performance.now() - before;
}
