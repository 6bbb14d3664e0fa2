// Bytes that the evidence of a day takes, and the time to verify it, to read one window and to drop what is old. Simulated time
// through the real watcher, recorder and store; what is observed was recorded from an idle app on Linux.
// usage: npm run build && node bench/store.mjs [--days 7] [--write]
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EvidenceReader } from '../dist/evidence/read.js';
import { EvidenceStore } from '../dist/evidence/store.js';
import { verifyEvidence } from '../dist/evidence/verify.js';
import { Recorder } from '../dist/session/recorder.js';
import { StretchReports } from '../dist/session/stretch-reports.js';
import { Watcher } from '../dist/session/watcher.js';
import { writeSection } from './page.mjs';
import { knownAt, PROCESSES, RecordedApp, TICK_MS } from './recorded-app.mjs';

const { values: options } = parseArgs({
  options: { days: { type: 'string', default: '7' }, write: { type: 'boolean', default: false } },
});
const DAYS = Number(options.days);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.UTC(2026, 10, 1) + 0.4521;

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

const RUN = {
  id: 'bench',
  toolVersion: '0.1.0',
  nodeVersion: process.versions.node,
  command: 'idleproof watch',
  startedAtMs: START_MS,
  tickMs: TICK_MS,
  host: {
    name: 'host',
    os: 'Linux',
    kernel: '6.1',
    cpus: 2,
    memoryBytes: 8e9,
    utcOffsetMinutes: 0,
    privileged: true,
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
  simulate(store, kind, days);
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

function simulate(store, kind, days) {
  let nowMs = START_MS;
  const clock = { nowMs: () => nowMs, suspendedMs: () => 0 };
  const app = new RecordedApp(kind, START_MS);
  const { gate, trees, collector } = app;
  const recorder = new Recorder(store);
  const posts = [{ collector, target: null }];
  const sources = { clock, gate, trees, posts, recorder };
  const watcher = new Watcher({ ...sources, tickMs: TICK_MS, readings: null, threadCpuNs: () => 0 });
  recorder.document('run', RUN);
  watcher.look(true);
  const stretches = new StretchReports(nowMs);
  let openedMs = nowMs;
  for (app.tick = 1; app.tick <= (days * DAY_MS) / TICK_MS; app.tick += 1) {
    const { tick } = app;
    nowMs = START_MS + tick * TICK_MS + ((tick * 104_729) % 1000) / 1000;
    const isEdge = (tick * TICK_MS) % HOUR_MS === 0;
    watcher.look(isEdge);
    if (!isEdge) continue;
    for (let beat = 1; beat <= 4; beat += 1) plant(recorder, openedMs + (beat * HOUR_MS) / 5);
    recorder.finish(nowMs);
    recorder.document('stretch', stretches.cut(nowMs, factsAt(tick)));
    const windowId = 'after-chat';
    recorder.document('window', {
      trigger: 'user-quiet',
      id: windowId,
      kind: 'idle',
      fromMs: openedMs,
      toMs: nowMs,
      requestedMs: HOUR_MS,
      settleMs: 0,
      closedBy: 'maxDuration',
    });
    recorder.commit(nowMs);
    recorder.document('verdict', {
      windowId,
      fromMs: openedMs,
      toMs: nowMs,
      verdict: 'pass',
      headline: 'x'.repeat(200),
      folder: 'reports/2026-11-01_0000_app',
      findings: [],
    });
    recorder.commit(nowMs);
    openedMs = nowMs;
    if ((tick * TICK_MS) % DAY_MS === 0) store.rotate(nowMs);
  }
}

function plant(recorder, atMs) {
  for (const name of ['tcp', 'udp'])
    recorder.document('control', { name, atMs, networkScope: 'network:4026531833', port: 57469, pid: null });
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

function factsAt(tick) {
  return {
    ...knownAt(tick),
    self: {
      cpuSeconds: 0.5,
      wakeups: 3700,
      rssBytes: 90_000_000,
      connectionsOpened: 4,
      readBytes: 0,
      writtenBytes: 40_960,
    },
    noise: { cpuBusyPercent: 3.2, cpuStolenPercent: 0.1, tasksCreated: 10_800 },
    notes: [],
  };
}
