// What the store is predicted to take, by the recorded app of bench/store.mjs.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { playDays } from '../../bench/recorded-days.mjs';
import { EvidenceStore } from '../../dist/evidence/store.js';

/** Of the programs of a soak, redis-server alone runs without being asked, ten times a second: at every look. */
const SCENE = {
  processes: 5,
  targets: ['redis', 'nginx', 'demo'],
  runEveryMs: 1000,
  runners: 1,
  connectEveryMs: null,
};

/** Bytes of the evidence of so much time in windows as long, with nothing planted in it, on a host that is not quite idle. */
export function predictedBytes(folder, { durationMs, windowMs }) {
  const path = join(folder, 'predicted.db');
  const { store } = EvidenceStore.open(path);
  const wholeSecondsMs = Math.round(windowMs / 1000) * 1000;
  playDays(store, { kind: SCENE, durationMs, windowMs: wholeSecondsMs });
  store.close();
  return statSync(path).size;
}
