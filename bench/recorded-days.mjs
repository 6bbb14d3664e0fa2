// Days of the recorded app through the real watcher, recorder and store, on simulated time: no host, no clock.
import { Canary } from '../dist/session/canary.js';
import { Recorder } from '../dist/session/recorder.js';
import { StretchReports } from '../dist/session/stretch-reports.js';
import { Watcher } from '../dist/session/watcher.js';
import { HOST, RecordedApp, TICK_MS } from './recorded-app.mjs';
import { knownAt } from './recorded-rows.mjs';

export const DAY_MS = 86_400_000;
const NETWORK_SCOPE = 'network:4026531833';
export const START_MS = Date.UTC(2026, 10, 1) + 0.4521;
const RUN = {
  id: 'bench',
  toolVersion: '0.1.0',
  nodeVersion: process.versions.node,
  command: 'idleproof watch',
  startedAtMs: START_MS,
  tickMs: TICK_MS,
  host: HOST,
};

/**
 * Records `durationMs` of the app into a new store, one window after the other and a segment a day.
 * @param kind of RecordedApp
 */
export function playDays(store, { kind, durationMs, windowMs }) {
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
  const canary = new Canary({
    clock,
    beats: app.beats,
    networkScope: NETWORK_SCOPE,
    onPlanted: (planted) => recorder.document('control', planted),
    onFailure: (failure) => recorder.document('controlFailure', failure),
  });
  let openedMs = nowMs;
  const open = () => {
    openedMs = nowMs;
    recorder.document('opening', openingOf(openedMs, windowMs));
    canary.plan({ fromMs: openedMs, toMs: openedMs + windowMs });
  };
  open();
  for (app.tick = 1; app.tick <= durationMs / TICK_MS; app.tick += 1) {
    const { tick } = app;
    canary.plant(nowMs);
    nowMs = START_MS + tick * TICK_MS + ((tick * 104_729) % 1000) / 1000;
    const isEdge = (tick * TICK_MS) % windowMs === 0;
    watcher.look(isEdge);
    if (!isEdge) continue;
    const report = stretches.cut(nowMs, factsAt(tick, kind.targets));
    closeWindow(recorder, { fromMs: openedMs, toMs: nowMs, requestedMs: windowMs }, report);
    open();
    if ((tick * TICK_MS) % DAY_MS === 0) store.rotate(nowMs);
  }
}

/** As the daemon does: what was seen, then the window, then, in batches of their own, that it is judged and how. */
function closeWindow(recorder, { fromMs, toMs, requestedMs }, report) {
  recorder.finish(toMs);
  recorder.document('stretch', report);
  const window = openingOf(fromMs, requestedMs);
  recorder.document('window', { ...window, toMs, closedBy: 'maxDuration' });
  recorder.commit(toMs);
  recorder.document('waitedFor', { id: window.id, fromMs, rulesDigest: 'a6'.repeat(32) });
  recorder.commit(toMs);
  recorder.document('verdict', {
    windowId: window.id,
    fromMs,
    toMs,
    verdict: 'pass',
    headline: 'x'.repeat(200),
    folder: 'reports/2026-11-01_0000_app',
    findings: [],
  });
  recorder.commit(toMs);
}

function openingOf(fromMs, requestedMs) {
  const window = { id: 'after-chat', kind: 'idle', trigger: 'user-quiet', fromMs, requestedMs, settleMs: 0 };
  return { ...window, minDurationMs: 10_000 };
}

function factsAt(tick, targets) {
  return {
    ...knownAt(tick, targets),
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
