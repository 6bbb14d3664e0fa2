// Makes the null tables of the periodicity detector: the distributions of its statistics where there is no period, the
// worst of random arrivals and three kinds of bursts, through the same collapse that a judgement uses.
// usage: npm run build && node bench/periodicity-tables.mjs [--runs 3500] [--seed 20250101] [--write], then npm run format --
// src/core/periodicity/null-tables.json. The same runs and seed give the same tables.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { collapseBursts } from '../dist/core/periodicity/collapse.js';
import { gatherEvidence } from '../dist/core/periodicity/evidence.js';
import { placeEvents } from '../dist/core/periodicity/exposure.js';
import { combineTails } from '../dist/core/periodicity/null-distribution.js';
import { TAIL, upperTail } from '../dist/core/periodicity/tail.js';
import { arrivals, bursts, random } from './periodicity-series.mjs';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '3500' },
    seed: { type: 'string', default: '20250101' },
    write: { type: 'boolean', default: false },
  },
});
const COUNTS = [
  4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 19, 22, 26, 31, 37, 44, 53, 64, 80, 100, 128, 129, 180, 256, 512, 1024,
  1025, 4000,
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

const draw = random(Number(options.seed));
const simulated = [];
for (const count of COUNTS) {
  const runs = runsAt(count);
  const startedMs = performance.now();
  const families = Object.values(FAMILIES).map((make) => simulate(make, count, runs));
  simulated.push(families);
  const at = (key) =>
    families.map((made) =>
      quantile(
        made.map((run) => run[key]),
        0.01,
        TAIL[key],
      ).toFixed(2),
    );
  console.log(
    `n = ${count}, ${runs} runs a family, ${Math.round(performance.now() - startedMs)} ms; 1 % quantiles of`,
    `${Object.keys(FAMILIES).join(' / ')}: F ${at('chain').join(' / ')}, H ${at('harmonic').join(' / ')}`,
  );
}

const chain = tableOf('chain');
const harmonic = tableOf('harmonic');
for (const [row, families] of simulated.entries()) {
  for (const run of families.flat()) {
    const f = upperTail(run.chain, LEVELS, chain[row], TAIL.chain);
    const h = upperTail(run.harmonic, LEVELS, harmonic[row], TAIL.harmonic);
    run.combined = -Math.log(combineTails(f, h));
  }
}
const tables = { counts: COUNTS, levels: LEVELS, chain, harmonic, combined: tableOf('combined') };
const text = `${JSON.stringify(tables)}\n`;
console.log(`${text.length} bytes`);
if (options.write) {
  writeFileSync(fileURLToPath(new URL('../src/core/periodicity/null-tables.json', import.meta.url)), text);
}

function runsAt(count) {
  const runs = Number(options.runs);
  if (count >= 1024) return Math.ceil(runs / 15);
  return count > 128 ? Math.ceil(runs / 5) : runs;
}

/** Statistics of series that have about so many events after the collapse. */
function simulate(make, count, runs) {
  const tolerance = count < 12 ? 0 : Math.round(count / 20);
  const found = [];
  let asked = count * 1.05;
  while (found.length < runs) {
    const placed = placeEvents(make(draw, Math.max(4, Math.round(asked))), EXPOSURE);
    const kept = collapseBursts(placed, RESOLUTION_MS).timesMs.length;
    if (kept !== count) asked = Math.max(4, asked * (kept < count ? 1.01 : 1 / 1.01));
    if (Math.abs(kept - count) > tolerance) continue;
    const evidence = gatherEvidence(placed, EXPOSURE, RESOLUTION_MS);
    if (evidence === null) continue;
    found.push({ chain: evidence.chain.logRatio, harmonic: evidence.harmonic.h });
  }
  return found;
}

/** The worst family at each level, smoothed over neighbouring counts. */
function tableOf(key) {
  const rows = simulated.map((families) =>
    LEVELS.map((level) =>
      Math.max(
        ...families.map((made) =>
          quantile(
            made.map((run) => run[key]),
            level,
            TAIL[key] ?? 1,
          ),
        ),
      ),
    ),
  );
  return rows.map((row, index) =>
    row.map((value, level) => {
      // Small counts differ for real; the searches change above 128 and 1024.
      if (COUNTS[index] < 10 || COUNTS[index] >= 128) return round(value);
      const near = [rows[index - 1][level], value, rows[index + 1][level]];
      return round(near[0] / 4 + near[1] / 2 + near[2] / 4);
    }),
  );
}

/** In the tail the mean over levels around the asked one, each moved there along an exponential: less noise. */
function quantile(values, level, tail) {
  const sorted = values.toSorted((a, b) => b - a);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  if (level > 0.02) return at(level);
  const shares = [0.6, 0.8, 1, 1.25, 1.6];
  return shares.reduce((sum, share) => sum + at(level * share) + tail * Math.log(share), 0) / shares.length;
}

function round(value) {
  return Math.round(value * 1000) / 1000;
}
