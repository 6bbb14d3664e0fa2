// Makes the null tables of the periodicity detector: the distributions of its statistics where there is no period, the
// worst of random arrivals and three kinds of bursts, through the same collapse that a judgement uses.
// usage: npm run build && node bench/periodicity-tables.mjs [--runs 10000] [--seed 20250101] [--write], then npm run format --
// src/core/periodicity/null-tables.json. The same runs and seed give the same tables.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { collapseBursts } from '../dist/core/periodicity/collapse.js';
import { gatherEvidence } from '../dist/core/periodicity/evidence.js';
import { placeEvents } from '../dist/core/periodicity/exposure.js';
import { combineTails } from '../dist/core/periodicity/null-distribution.js';
import { upperTail } from '../dist/core/periodicity/tail.js';
import { arrivals, bursts, random } from './periodicity-series.mjs';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '20250101' },
    write: { type: 'boolean', default: false },
  },
});
const COUNTS = [
  4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 19, 22, 26, 31, 37, 44, 53, 64, 80, 100, 128, 129, 180, 256, 512, 513,
  1024, 1025, 4000,
];
const LEVELS = [0.7, 0.5, 0.35, 0.2, 0.1, 0.05, 0.03, 0.02, 0.01];
const WINDOW_MS = 600_000;
const EXPOSURE = [{ fromMs: 0, toMs: WINDOW_MS }];
const RESOLUTION_MS = 0.001;

const burstsWithin = (low, high) => (draw, count) =>
  bursts(draw, {
    count,
    ratio: low * (high / low) ** draw(),
    meanSize: 2 + Math.floor(draw() * 7),
    windowMs: WINDOW_MS,
  });
const FAMILIES = {
  random: (draw, count) => arrivals(draw, count, WINDOW_MS),
  'tight bursts': burstsWithin(0.004, 0.03),
  bursts: burstsWithin(0.03, 0.09),
  'loose bursts': burstsWithin(0.09, 0.3),
};

const simulated = [];
for (const count of COUNTS) {
  const startedMs = performance.now();
  const families = Object.values(FAMILIES).map((make, index) => {
    const draw = random(Number(options.seed) + 100 * count + index);
    return simulate(make, draw, count, runsAt(count, index));
  });
  simulated.push(families);
  const at = (key) =>
    families.map((made) => quantile(valuesOf(made, key), LEVELS.at(-1)).toFixed(2)).join(' / ');
  console.log(
    `n = ${count}, ${runsAt(count, 0)} runs, ${Math.round(performance.now() - startedMs)} ms; 1 % quantiles of`,
    `${Object.keys(FAMILIES).join(' / ')}: F ${at('chain')}, C ${at('phase')}`,
  );
}

const chain = tableOf('chain');
const phase = tableOf('phase');
for (const [row, families] of simulated.entries()) {
  for (const run of families.flat()) {
    const f = upperTail(run.chain, LEVELS, chain[row]);
    const c = upperTail(run.phase, LEVELS, phase[row]);
    run.combined = -Math.log(combineTails(f, c));
  }
}
const tables = { counts: COUNTS, levels: LEVELS, chain, phase, combined: tableOf('combined') };
const text = `${JSON.stringify(tables)}\n`;
console.log(`${text.length} bytes`);
if (options.write) {
  writeFileSync(fileURLToPath(new URL('../src/core/periodicity/null-tables.json', import.meta.url)), text);
}

/** Random arrivals are the worst, or nearly so, of all: the others need fewer runs where they take long. */
function runsAt(count, family) {
  const runs = Number(options.runs);
  if (count <= 20) return runs;
  const share = family > 0 ? 4 : 1;
  if (count <= 128) return Math.ceil(runs / share);
  return Math.ceil(runs / (count < 1024 ? 5 : 25) / Math.min(2, share));
}

/** Statistics of series that have about so many events after the collapse. */
function simulate(make, draw, count, runs) {
  const tolerance = count < 12 ? 0 : Math.round(count / 20);
  const found = [];
  let asked = count * 1.05;
  while (found.length < runs) {
    const placed = placeEvents(make(draw, Math.max(4, Math.round(asked))), EXPOSURE);
    const kept = collapseBursts(placed, RESOLUTION_MS).timesMs.length;
    if (kept !== count) asked = Math.max(4, asked * (kept < count ? 1.01 : 1 / 1.01));
    if (Math.abs(kept - count) > tolerance || regime(kept) !== regime(count)) continue;
    const evidence = gatherEvidence(placed, EXPOSURE, RESOLUTION_MS);
    if (evidence === null) continue;
    found.push({ chain: evidence.chain.logRatio, phase: evidence.phase.logRatio });
  }
  return found;
}

/** The worst family at each level, each smoothed over neighbouring counts before: the worst of noisy ones is too bad. */
function tableOf(key) {
  const families = Object.keys(FAMILIES).map((_, family) => {
    let rows = simulated.map((made) => LEVELS.map((level) => quantile(valuesOf(made[family], key), level)));
    for (let pass = 0; pass < 2; pass += 1) rows = rows.map((row, index) => smoothed(rows, row, index));
    return rows;
  });
  return COUNTS.map((_, row) =>
    LEVELS.map((_level, at) => round(Math.max(...families.map((rows) => rows[row][at])))),
  );
}

/** The statistics are taken in another way above 128, 512 and 1024. */
function regime(count) {
  return [128, 512, 1024, Number.POSITIVE_INFINITY].findIndex((most) => count <= most);
}

function smoothed(rows, row, index) {
  const isNear = (other) => other in COUNTS && regime(COUNTS[other]) === regime(COUNTS[index]);
  if (!isNear(index - 1) || !isNear(index + 1)) return row;
  return row.map((value, at) => rows[index - 1][at] / 4 + value / 2 + rows[index + 1][at] / 4);
}

function valuesOf(made, key) {
  return made.map((run) => run[key]);
}

/** In the tail the mean over levels around the asked one, each moved there along an exponential: less noise. */
function quantile(values, level) {
  const sorted = Float64Array.from(values).sort();
  const at = (share) => sorted[Math.max(0, sorted.length - 1 - Math.floor(share * sorted.length))];
  if (level > 0.02) return at(level);
  const shares = [0.4, 0.5, 0.63, 0.8, 1, 1.25, 1.6, 2, 2.5];
  return shares.reduce((sum, share) => sum + at(level * share) + Math.log(share), 0) / shares.length;
}

function round(value) {
  return Math.round(value * 1000) / 1000;
}
