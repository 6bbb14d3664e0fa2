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

const { values: options } = parseArgs({
  options: { days: { type: 'string', default: '7' }, write: { type: 'boolean', default: false } },
});
const DAYS = Number(options.days);
const PROCESSES = 20;
const TICK_MS = 1000;
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

const REPORT = { status: 'ok', tier: 'counter', reason: null, lost: 0 };
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
const LEVELS = {
  rssBytes: 3_256_320,
  peakRssBytes: 3_256_320,
  readBytes: 0,
  writtenBytes: 0,
  openFiles: 6,
  threads: 4,
};
const NETWORK = {
  tcpActiveOpens: 27_480,
  tcpPassiveOpens: 23_502,
  tcpAttemptFails: 3450,
  tcpOutSegs: 347_925,
  tcpRetransSegs: 171,
  udpOutDatagrams: 799_983,
  udpInDatagrams: 16_445,
  udpLiteOutDatagrams: 4,
  icmpOutMsgs: 783_539,
  ipOutRequests: 1_931_384,
  ipOutNoRoutes: 0,
  udp6OutDatagrams: 15_078,
  udp6InDatagrams: 0,
  udpLite6OutDatagrams: 0,
  icmp6OutMsgs: 15_139,
  ip6OutRequests: 30_485,
  ip6OutNoRoutes: 2,
  tcpKeepAlives: 14_359,
  tcpDataSegsSent: 129_848,
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
  const processes = Array.from({ length: PROCESSES }, (_, index) => processOf(index + 1));
  const totals = processes.map(() => ({ cpuNs: 8_837_502, wakeups: 11, pssBytes: 4_433_920 }));
  const counts = { tasks: 723_606, ipOutRequests: 1_931_384, tcpOutSegs: 347_925, tcpActiveOpens: 27_480 };
  let started = processes;
  let tick = 0;
  const runs = () => kind.runEveryMs !== null && (tick * TICK_MS) % kind.runEveryMs === 0;
  const gate = {
    gate: () => {
      const moved = new Set(runs() ? processes.slice(0, kind.runners).map(({ id }) => id) : []);
      for (const id of moved) {
        const total = totals[id - 1];
        total.cpuNs += 120_000 + ((tick * 7919) % 1000);
        total.wakeups += 1;
      }
      return { moved, gone: new Set() };
    },
  };
  const trees = {
    processes,
    isStill: true,
    refresh: () => {
      const change = { started, ended: [], renamed: [], disturbances: [] };
      started = [];
      return change;
    },
  };
  const collector = {
    name: 'cpu',
    provides: [],
    sample: (look) => observe(look, { totals, counts, kind, tick }),
    report: () => REPORT,
  };
  const recorder = new Recorder(store);
  const watcher = new Watcher({
    clock,
    gate,
    trees,
    posts: [{ collector, target: null }],
    recorder,
    tickMs: TICK_MS,
    readings: null,
    threadCpuNs: () => 0,
  });
  recorder.document('run', RUN);
  watcher.look(true);
  const stretches = new StretchReports(nowMs);
  let openedMs = nowMs;
  for (tick = 1; tick <= (days * DAY_MS) / TICK_MS; tick += 1) {
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

function observe({ nowMs, full, moved }, { totals, counts, kind, tick }) {
  const metrics = new Map();
  totals.forEach((total, index) => {
    const id = index + 1;
    if (moved.has(id) || full) metrics.set(id, { cpuNs: total.cpuNs, wakeups: total.wakeups });
    // Shared pages come and go with others: PSS of idle processes is not quite constant.
    if (full)
      Object.assign(metrics.get(id), {
        ...LEVELS,
        pssBytes: total.pssBytes + 4096 * (((tick * (index + 3)) >> 15) % 2),
      });
  });
  // The host is not idle.
  counts.tasks += 3;
  counts.ipOutRequests += 5;
  counts.tcpOutSegs += 5;
  const activities = [];
  if (kind.connectEveryMs !== null && (tick * TICK_MS) % kind.connectEveryMs === 0) {
    counts.tcpActiveOpens += 1;
    activities.push(connect(nowMs));
  }
  const counters = [
    { atMs: nowMs, scope: 'forks', values: { tasks: counts.tasks } },
    { atMs: nowMs, scope: 'network:4026531833', values: { ...NETWORK, ...counts, tasks: undefined } },
    {
      atMs: nowMs,
      scope: 'sockets:app',
      values: { connects: 0, accepts: 0, closed: 0, listening: 1, sendsUnseen: 0 },
    },
  ].map((reading) => ({ ...reading, values: JSON.parse(JSON.stringify(reading.values)) }));
  const wakes = full && moved.size > 0 ? [...moved].map((processId) => wake(nowMs, processId)) : [];
  return { metrics, counters, activities, wakes };
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

function processOf(id) {
  return {
    id,
    pid: 10_000 + id,
    startTicks: 3_031_925 + id,
    parentPid: 10_000,
    sessionId: 10_000,
    startedAtMs: START_MS - 60_000,
    name: `worker-${id}`,
    cmdline: `/opt/app/bin/worker --number ${id} --config /etc/app/worker.yaml`,
    exe: '/opt/app/bin/worker',
    networkScope: 'network:4026531833',
    target: 'app',
    parentId: id === 1 ? null : 1,
    membership: id === 1 ? 'root' : 'child',
  };
}

function connect(atMs) {
  return {
    kind: 'network',
    op: 'connect',
    atMs,
    target: 'app',
    collector: 'trace',
    processId: 1,
    thread: 'worker-1',
    direction: 'outbound',
    protocol: 'tcp',
    remote: { ip: '203.0.113.7', port: 443, process: null, target: null },
    localPort: 40_000,
    bytesSent: 200,
    bytesReceived: 3000,
    lifetimeSeconds: 0.2,
  };
}

function wake(atMs, processId) {
  return {
    fromMs: atMs - 30_000,
    toMs: atMs,
    processId,
    tid: 10_000 + processId,
    thread: `worker-${processId}`,
    call: 'epoll_wait',
    timeoutMs: 1000,
    timeoutIs: 'asked',
    wokenBy: 'timer',
    waker: null,
    count: 30,
    intervalMs: 1000,
    sampledShare: 1,
    timesMs: Array.from({ length: 30 }, (_, nth) => atMs - 30_000 + nth * 1000.123),
  };
}

function factsAt(tick) {
  const collector = (name, target = null) => ({
    name,
    target,
    status: 'ok',
    tier: 'counter',
    reason: null,
    lost: 0,
    cpuSeconds: tick / 1e6,
  });
  return {
    collectors: ['cpu', 'memory', 'wakeups', 'io', 'processes', 'sockets', 'trace'].map((name) =>
      collector(name),
    ),
    targets: [{ name: 'app', selector: { by: 'port', port: 8000 }, events: null, orphans: [], notes: [] }],
    self: {
      cpuSeconds: 0.5,
      wakeups: 3700,
      rssBytes: 90_000_000,
      connectionsOpened: 4,
      readBytes: 0,
      writtenBytes: 40_960,
    },
    noise: { cpuBusyPercent: 3.2, cpuStolenPercent: 0.1, tasksCreated: 10_800 },
    eventTypes: {},
    eventColumns: {},
    notes: [],
  };
}
