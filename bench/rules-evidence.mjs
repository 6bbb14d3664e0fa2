// Evidence of one long window with much in it, written by the real watcher, recorder and store on simulated time.
import { EvidenceStore } from '../dist/evidence/store.js';
import { Recorder } from '../dist/session/recorder.js';
import { StretchReports } from '../dist/session/stretch-reports.js';
import { Watcher } from '../dist/session/watcher.js';
import { random as seeded } from './periodicity-series.mjs';
import { HOST, PROCESSES, RecordedApp, TICK_MS } from './recorded-app.mjs';
import { knownAt } from './recorded-rows.mjs';

export const HOURS = 8;
const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 10, 1) + 0.4521;
const KINDS = [
  'network',
  'network',
  'network',
  'network',
  'process',
  'event',
  'event',
  'log',
  'file',
  'network',
];
const RUN = {
  id: 'bench',
  toolVersion: '0.1.0',
  nodeVersion: '20.20.2',
  command: 'idleproof watch',
  startedAtMs: START_MS,
  tickMs: TICK_MS,
  host: HOST,
};

/** Writes the file; every process runs at every look, and `count` activities of all kinds come at random. The same bytes each time. */
export function writeEvidence(path, count, hours = HOURS) {
  const spanMs = hours * HOUR_MS;
  const { store } = EvidenceStore.open(path);
  let nowMs = START_MS;
  const clock = { nowMs: () => nowMs, suspendedMs: () => 0 };
  const app = new RecordedApp({ runEveryMs: TICK_MS, runners: PROCESSES, connectEveryMs: null }, START_MS);
  const { gate, trees } = app;
  const recorder = new Recorder(store);
  const posts = [app.collector, activitiesOf(count, spanMs)].map((collector) => ({
    collector,
    target: null,
  }));
  const sources = { clock, gate, trees, posts, recorder };
  const watcher = new Watcher({ ...sources, tickMs: TICK_MS, readings: null, threadCpuNs: () => 0 });
  recorder.document('run', RUN);
  watcher.look(true);
  const stretches = new StretchReports(nowMs);
  for (app.tick = 1; app.tick <= spanMs / TICK_MS; app.tick += 1) {
    nowMs = START_MS + app.tick * TICK_MS + ((app.tick * 104_729) % 1000) / 1000;
    watcher.look(false);
  }
  recorder.finish(nowMs);
  recorder.document('stretch', stretches.cut(nowMs, factsAt(app.tick)));
  const window = { id: 'long', kind: 'idle', trigger: 'manual', fromMs: START_MS, toMs: nowMs };
  recorder.document('window', { ...window, requestedMs: spanMs, settleMs: 0, closedBy: 'manual' });
  recorder.commit(nowMs);
  store.close();
  return { id: 'long', fromMs: START_MS, toMs: nowMs };
}

function activitiesOf(count, spanMs) {
  let told = 0;
  let beatMs = START_MS + BEAT_MS / 2;
  const random = seeded(2026);
  // At random times: so many at each look would be a pattern of their own, which the search for periods finds.
  const timesMs = Float64Array.from({ length: count }, () => START_MS + random() * spanMs).sort();
  const sample = ({ nowMs }) => {
    const activities = [];
    for (; timesMs[told] <= nowMs; told += 1)
      activities.push(activityAt(timesMs[told], Math.floor(random() * 2 ** 20)));
    if (nowMs >= beatMs) {
      activities.push({ ...activityAt(beatMs, 0), direction: 'outbound', remote: BEACON });
      beatMs += BEAT_MS;
    }
    return { activities: activities.sort((a, b) => a.atMs - b.atMs) };
  };
  const report = () => ({ status: 'ok', tier: 'zero-miss', reason: null, lost: 0 });
  return { name: 'trace', sample, dueAtMs: () => 0, report, stop: report };
}

function activityAt(atMs, nth) {
  const kind = KINDS[nth % KINDS.length];
  const actor = 1 + (nth % PROCESSES);
  const base = {
    kind,
    atMs,
    target: 'app',
    collector: COLLECTORS[kind],
    processId: actor,
    thread: `worker-${actor}`,
  };
  return { ...base, ...SHAPES[kind](nth, atMs) };
}

const COLLECTORS = { network: 'trace', process: 'trace', event: 'events', log: 'logs', file: 'files' };
const SHAPES = {
  network: (nth) => ({
    op: nth % 10 < 3 ? 'connect' : 'send',
    direction: nth % 7 === 0 ? 'inbound' : 'outbound',
    protocol: nth % 4 === 0 ? 'udp' : 'tcp',
    remote: { ip: `203.0.113.${nth % 16}`, port: 8000 + (nth % 2), process: null, target: null },
    localPort: 40_000 + (nth % 20_000),
    bytesSent: nth % 1500,
    bytesReceived: nth % 3000,
    lifetimeSeconds: 0.2,
  }),
  process: (nth) => ({
    op: 'spawn',
    processId: null,
    exe: `/usr/bin/tool-${nth % 8}`,
    parentName: 'worker-1',
    exitCode: null,
  }),
  event: (nth, atMs) => ({
    processId: null,
    thread: null,
    source: 'events',
    type: ['tool_run', 'llm_request', 'heartbeat', 'user_message', 'audit'][nth % 5],
    id: String(nth),
    data: { model: `model-${nth % 9}`, text: 'x'.repeat(80), tokens: nth % 4000 },
    firstSeenAtMs: atMs + 400,
    stampedAtMs: atMs,
    stampDoubtful: false,
  }),
  log: (nth, atMs) => ({
    processId: null,
    thread: null,
    source: 'backend.log',
    category: `category-${nth % 6}`,
    data: { duration_ms: nth % 977 },
    firstSeenAtMs: atMs,
    stampedAtMs: atMs,
    stampDoubtful: false,
  }),
  file: (nth) => ({ op: 'write', path: `/var/lib/app/file-${nth % 16}` }),
};

/** Called on a beat, among calls that come at random. */
const BEACON = { ip: '198.51.100.9', port: 443, process: null, target: null };
const BEAT_MS = 300_000;

/** What collectors and targets know at the end. */
function factsAt(tick) {
  const facts = knownAt(tick);
  const zeroMiss = { status: 'ok', tier: 'zero-miss', reason: null, lost: 0, cpuSeconds: 0 };
  return {
    ...facts,
    collectors: [
      ...facts.collectors.filter(({ name }) => name !== 'trace'),
      ...['trace', 'events', 'logs', 'files'].map((name) => ({ name, target: null, ...zeroMiss })),
    ],
    targets: facts.targets.map((target) => ({
      ...target,
      events: { sqlite: 'app.db', table: 'events' },
      files: ['/var/lib/app'],
    })),
    eventTypes: { app: ['tool_run', 'llm_request', 'heartbeat', 'user_message', 'audit'] },
    eventColumns: { app: ['id', 'type', 'created_at', 'model', 'text', 'tokens'] },
    self: {
      cpuSeconds: 5,
      wakeups: 37_000,
      rssBytes: 9e7,
      connectionsOpened: 4,
      readBytes: 0,
      writtenBytes: 4e4,
    },
    noise: { cpuBusyPercent: 3.2, cpuStolenPercent: 0.1, tasksCreated: 10_800 },
    notes: [],
  };
}
