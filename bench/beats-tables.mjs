// Makes the table of how many beats of a timer are found among how much else: timers with a jitter of ± 2 %, hidden in events at random times, in
// bursts, in a part of the window, or more and more, whichever hides them best; 95 % of them have at most some false alarm probability.
// usage: npm run build && node bench/beats-tables.mjs [--runs 200] [--seed 20261122] [--write], then npm run format --
// src/core/periodicity/beats-table.json. The same runs and seed give the same table.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { countEvents } from '../dist/core/periodicity/collapse.js';
import { mergeExposure, placeEvents } from '../dist/core/periodicity/exposure.js';
import { findPeriods } from '../dist/core/periodicity/periods.js';
import { clock, hiding, random } from './periodicity-series.mjs';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    seed: { type: 'string', default: '20261122' },
    write: { type: 'boolean', default: false },
  },
});
/** Of all events as they are counted, beats among them. */
const EVENTS = [
  4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 18, 21, 25, 30, 37, 46, 58, 74, 95, 125, 165, 220, 300, 420, 600,
  850, 1100, 1600, 3000, 6000, 15_000,
];
const LEVELS = [1e-2, 3e-3, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10, 1e-11];
const CONFIDENCE = 0.95;
const LEAST_BEATS = 4;
const JITTER = 0.02;
const WINDOW_MS = 600_000;
const EXPOSURE = mergeExposure([{ fromMs: 0, toMs: WINDOW_MS }]);
const RESOLUTION_MS = 0.001;
/** A timer that this many tries hide among no such number of events leaves no room for others. */
const TRIES = 50;

const rows = [];
for (const events of EVENTS) {
  const startedMs = performance.now();
  const families = Object.values(hiding).map((make, family) => {
    const draw = random(Number(options.seed) + 10 * events + family);
    return neededAmong(events, make, draw);
  });
  const worst = LEVELS.map((_, level) => {
    const needed = families.map((family) => family[level]);
    return needed.includes(null) ? null : Math.max(...needed);
  });
  // Among more events, and for less chance, it takes no fewer: where runs say so, it is their noise.
  for (const [level, beats] of worst.entries()) {
    const least = Math.max(worst[level - 1] ?? 0, rows.at(-1)?.[level] ?? 0);
    if (beats !== null) worst[level] = Math.max(beats, least);
  }
  rows.push(worst);
  const tookMs = Math.round(performance.now() - startedMs);
  console.log(`${events} events, ${runsAt(events)} runs, ${tookMs} ms: ${worst.join(' ')}; at 1 %`);
  console.log(`  ${Object.keys(hiding).join(' / ')}: ${families.map(([first]) => first).join(' / ')}`);
}

const text = `${JSON.stringify({ levels: LEVELS, events: EVENTS, beats: rows })}\n`;
console.log(`${text.length} bytes`);
if (options.write) {
  writeFileSync(fileURLToPath(new URL('../src/core/periodicity/beats-table.json', import.meta.url)), text);
}

/** The beats that are found at each level; null where no number of them is. */
function neededAmong(events, make, draw) {
  const runs = runsAt(events);
  const needed = LEVELS.map(() => null);
  const others = { asked: events };
  for (let beats = leastTried(events); beats <= events; beats = next(beats)) {
    const found = [];
    while (found.length < runs) found.push(hidden(draw, make, beats, events, others));
    for (const [at, level] of LEVELS.entries()) {
      if (found.filter((probability) => probability <= level).length < CONFIDENCE * runs) needed[at] = null;
      else needed[at] ??= beats;
    }
    if (needed.every((one) => one !== null)) break;
  }
  return needed;
}

/** With what false alarm probability a timer is found among others that are about as many as is wanted. */
function hidden(draw, make, beats, events, others) {
  const tolerance = events < 20 ? 0 : Math.round(events / 20);
  let timesMs = [];
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const timer = clock(draw, { periodMs: WINDOW_MS / beats, jitter: JITTER, windowMs: WINDOW_MS });
    timesMs = timer;
    if (events - timer.length <= tolerance) break;
    timesMs = [...timer, ...make(draw, Math.max(1, Math.round(others.asked)), WINDOW_MS)];
    const count = countEvents(placeEvents(timesMs, EXPOSURE), RESOLUTION_MS);
    if (Math.abs(count - events) <= tolerance) break;
    others.asked = Math.min(8 * events, Math.max(1, others.asked * (count < events ? 1.03 : 1 / 1.03)));
  }
  const looking = { alpha: 1, maxPeriods: 1, resolutionMs: RESOLUTION_MS };
  const [found] = findPeriods({ timesMs, exposure: EXPOSURE }, looking);
  return found?.falseAlarmProbability ?? 1;
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
  if (events <= 100) return runs;
  return Math.ceil(runs / (events <= 300 ? 2 : 5));
}
