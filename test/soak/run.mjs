// The daemon, as installed, on the demo app, nginx and redis-server for hours; activity is planted at random times, and a ledger tells
// what of it the proofs found. Ctrl-C ends it in order, with the table of what there was until then.
// usage: npm run soak -- --hours 1 [--minutes 5] [--seed 1] [--keep DIR] [--write]
//   --keep: where its folder goes instead of being removed     --write: into docs/benchmarks.md
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commitNow, writeSection } from '../../bench/page.mjs';
import { startDaemon } from './daemon.mjs';
import { installPackage } from './installed.mjs';
import { complaintsAbout, makeLedger } from './ledger.mjs';
import { readOptions } from './options.mjs';
import { makePlan } from './plan.mjs';
import { predictedBytes } from './predicted.mjs';
import { startScene } from './scene.mjs';
import { describeSoak } from './table.mjs';

const SAMPLES = 240;
const SHORTEST_STEP_MS = 2000;

const options = readOptions();
// What is measured is what was there in the beginning.
const commit = commitNow();
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop.abort());
const folder = mkdtempSync(join(tmpdir(), 'idleproof-soak-'));
try {
  const installed = installPackage(folder);
  const scene = await startScene(folder, installed);
  try {
    await soak(scene, installed);
  } finally {
    await scene.stop();
  }
} finally {
  if (options.keep !== undefined) cpSync(folder, options.keep, { recursive: true, filter: isKept });
  rmSync(folder, { recursive: true, force: true });
}

async function soak(scene, installed) {
  const daemon = await startDaemon(folder, installed, { ...scene, windowMs: options.windowMs });
  const beganMs = Date.now();
  const planted = [];
  const samples = [];
  let exitCode = null;
  let ended = null;
  try {
    const sampling = sample(daemon, samples, beganMs);
    for (const { atMs, kind } of makePlan(options)) {
      await until(beganMs + atMs);
      if (isOver(daemon, scene)) break;
      planted.push(await plant(scene, kind));
      console.error(`${minutes(Date.now() - beganMs)} planted ${kind}`);
    }
    if (!isOver(daemon, scene)) await until(beganMs + options.durationMs);
    stop.abort();
    await sampling;
  } finally {
    ended = scene.ended();
    exitCode = await daemon.stop();
  }
  const ledger = makeLedger(daemon.reports, planted);
  const durationMs = samples.at(-1)?.atMs ?? 0;
  const store = {
    bytes: daemon.storeBytes(),
    predictedBytes: predictedBytes(folder, { ...options, durationMs }),
  };
  const table = describeSoak({ ...options, durationMs, exitCode, store, ledger, samples });
  console.log(table);
  if (options.write) writeSection('planted', `${table}\n\nOf commit ${commit}.`);
  const complaints = complaintsAbout(ledger, { exitCode, ended });
  for (const complaint of complaints) console.error(`not right: ${complaint}`);
  process.exitCode = complaints.length === 0 ? 0 : 1;
}

async function plant(scene, kind) {
  const fromMs = Date.now();
  await scene.plant[kind]();
  return { kind, fromMs, toMs: Date.now() };
}

async function sample(daemon, samples, beganMs) {
  const stepMs = Math.max(SHORTEST_STEP_MS, options.durationMs / SAMPLES);
  while (!stop.signal.aborted && !daemon.hasEnded()) {
    samples.push({ atMs: Date.now() - beganMs, ...daemon.costs() });
    await until(Date.now() + stepMs);
  }
}

function isOver(daemon, scene) {
  return stop.signal.aborted || daemon.hasEnded() || scene.ended() !== null;
}

/** Sleeps until that time, or until it is to end. */
async function until(atMs) {
  await sleep(Math.max(0, atMs - Date.now()), undefined, { signal: stop.signal }).catch(() => {});
}

function minutes(ms) {
  return `${(ms / 60_000).toFixed(1)} min`;
}

/** What was unpacked is in the repository. */
function isKept(path) {
  return !path.startsWith(join(folder, 'installed')) && !path.endsWith('.tgz');
}
