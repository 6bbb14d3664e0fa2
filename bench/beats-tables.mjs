// Makes the table of how many beats of a timer are found among how many other events: timers with a jitter of ± 2 %, hidden in random arrivals,
// of which 95 % have at most some false alarm probability.
// usage: npm run build && node bench/beats-tables.mjs [--runs 400] [--seed 20261122] [--write], then npm run format --
// src/core/periodicity/beats-table.json. The same runs and seed give the same table.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seriesOf } from '../dist/core/periodicity/evidence.js';
import { mergeExposure, placeEvents } from '../dist/core/periodicity/exposure.js';
import { findPeriods } from '../dist/core/periodicity/periods.js';
import { arrivals, clock, random } from './periodicity-series.mjs';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '400' },
    seed: { type: 'string', default: '20261122' },
    write: { type: 'boolean', default: false },
  },
});
/** Of all events, beats among them. */
const EVENTS = [
  4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 18, 21, 25, 30, 37, 46, 58, 74, 95, 125, 165, 220, 300, 420, 600,
  850, 1100, 1600, 3000, 6000, 15_000, 50_000,
];
const LEVELS = [1e-2, 3e-3, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10, 1e-11];
const CONFIDENCE = 0.95;
const LEAST_BEATS = 4;
const JITTER = 0.02;
const WINDOW_MS = 600_000;
const EXPOSURE = [{ fromMs: 0, toMs: WINDOW_MS }];
const RESOLUTION_MS = 0.001;

const rows = EVENTS.map((events) => {
  const draw = random(Number(options.seed) + events);
  const runs = runsAt(events);
  const startedMs = performance.now();
  const beats = LEVELS.map(() => null);
  let judged = 0;
  for (let tried = leastTried(events); tried <= events; tried = next(tried)) {
    const made = Array.from({ length: runs }, () => hidden(draw, tried, events));
    judged = made.reduce((sum, one) => sum + one.judged, 0) / runs;
    for (const [at, level] of LEVELS.entries()) {
      const found = made.filter(({ probability }) => probability <= level).length;
      if (found < CONFIDENCE * runs) beats[at] = null;
      else beats[at] ??= tried;
    }
    if (beats.every((one) => one !== null)) break;
  }
  console.log(
    `${events} events, ${Math.round(judged)} as judged, ${runs} runs, ${Math.round(performance.now() - startedMs)} ms:`,
    beats.join(' '),
  );
  return { events: Math.round(judged), beats };
});

// Among more events, and for less chance, it takes no fewer: where runs say so, it is their noise.
for (const [row, { beats }] of rows.entries()) {
  for (const at of LEVELS.keys()) {
    const least = Math.max(beats[at - 1] ?? 0, rows[row - 1]?.beats[at] ?? 0);
    if (beats[at] !== null) beats[at] = Math.max(beats[at], least);
  }
}
const table = {
  levels: LEVELS,
  events: rows.map(({ events }) => events),
  beats: rows.map(({ beats }) => beats),
};
const text = `${JSON.stringify(table)}\n`;
console.log(`${text.length} bytes`);
if (options.write) {
  writeFileSync(fileURLToPath(new URL('../src/core/periodicity/beats-table.json', import.meta.url)), text);
}

/** A timer hidden in random arrivals: with what false alarm probability it is found, and among how many events, bursts counted once. */
function hidden(draw, beats, events) {
  const beating = clock(draw, { periodMs: WINDOW_MS / beats, jitter: JITTER, windowMs: WINDOW_MS });
  const timesMs = [...beating, ...arrivals(draw, Math.max(0, events - beating.length), WINDOW_MS)];
  const [found] = findPeriods(
    { timesMs, exposure: EXPOSURE },
    { alpha: 1, maxPeriods: 1, resolutionMs: RESOLUTION_MS },
  );
  const spans = mergeExposure(EXPOSURE);
  const series = seriesOf(placeEvents(timesMs, spans), spans, RESOLUTION_MS);
  return { probability: found?.falseAlarmProbability ?? 1, judged: series?.events.timesMs.length ?? events };
}

/** So many are found by nobody, so that fewer need not be tried. */
function leastTried(events) {
  return Math.max(LEAST_BEATS, Math.floor(0.8 * Math.sqrt(events)));
}

function next(beats) {
  return Math.max(beats + 1, Math.round(1.05 * beats));
}

/** Long series take long, and differ little from each other. */
function runsAt(events) {
  const runs = Number(options.runs);
  if (events <= 60) return runs;
  return Math.ceil(runs / (events <= 300 ? 2 : 5));
}
