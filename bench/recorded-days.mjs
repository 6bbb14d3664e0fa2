// Days of the recorded app through the real watcher, recorder and store, on simulated time: no host, no clock.
import { Recorder } from '../dist/session/recorder.js';
import { StretchReports } from '../dist/session/stretch-reports.js';
import { Watcher } from '../dist/session/watcher.js';
import { HOST, RecordedApp, TICK_MS } from './recorded-app.mjs';
import { knownAt } from './recorded-rows.mjs';

export const DAY_MS = 86_400_000;
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
  let openedMs = nowMs;
  for (app.tick = 1; app.tick <= durationMs / TICK_MS; app.tick += 1) {
    const { tick } = app;
    nowMs = START_MS + tick * TICK_MS + ((tick * 104_729) % 1000) / 1000;
    const isEdge = (tick * TICK_MS) % windowMs === 0;
    watcher.look(isEdge);
    if (!isEdge) continue;
    for (let beat = 1; beat <= 4; beat += 1) plant(recorder, openedMs + (beat * windowMs) / 5);
    recorder.finish(nowMs);
    recorder.document('stretch', stretches.cut(nowMs, factsAt(tick)));
    const windowId = 'after-chat';
    recorder.document('window', {
      trigger: 'user-quiet',
      id: windowId,
      kind: 'idle',
      fromMs: openedMs,
      toMs: nowMs,
      requestedMs: windowMs,
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
