// How often a comparison of measurements is wrong, on invented values: the same distribution twice (any row called worse), and a shift that is
// there (found). Each try is one `baseline compare` with its usual statistics, of so many values a side. Seeded: the same numbers each time.
// usage: npm run bench:stats -- [--tries 4000] [--write]
import { parseArgs } from 'node:util';
import { compareMeasured } from '../dist/core/measure/baseline/compare.js';
import { statisticsOf } from '../dist/core/measure/statistics.js';
import { writeSection } from './page.mjs';

const { values: options } = parseArgs({
  options: { tries: { type: 'string', default: '4000' }, write: { type: 'boolean', default: false } },
});
const TRIES = Number(options.tries);
const COUNTS = [6, 20, 50, 200];
const MOST_FALSE = 0.01;
const LEAST_POWER = 0.9;
const random = mulberry32(8);

const DISTRIBUTIONS = {
  'normal, 10 % noise': () => 1 + 0.1 * normal(),
  'lognormal, σ 0.5': () => Math.exp(0.5 * normal()),
  'bimodal, half at 3 times': () => (random() < 0.5 ? 1 : 3) * (1 + 0.05 * normal()),
  'bimodal, a tenth at 5 times': () => (random() < 0.9 ? 1 : 5) * (1 + 0.05 * normal()),
  'heavy tail, Pareto 1.5': () => (1 - random()) ** (-1 / 1.5),
};

const USUAL = {
  tolerance: { percent: 10, points: 5 },
  better: new Map(),
  acrossHosts: false,
  statistics: null,
  expected: [],
};

/** A run of startups that took so long. */
const runOf = (values) => ({
  kind: 'startup',
  timestamp: '2026-01-01T00:00:00.000Z',
  tool: { name: 'idleproof', version: '0', node: '0' },
  host: { name: '', os: '', kernel: '', cpus: 1, memoryBytes: 1, utcOffsetMinutes: 0, privileged: false },
  cpuModel: '',
  command: '',
  target: 'app',
  conditions: {},
  versions: {},
  measurements: [
    { name: 'startup', id: null, target: 'app', atMs: 0, problem: null, ...statisticsOf(values) },
  ],
});

const draw = (count, of) => Float64Array.from({ length: count }, of);

/** The share of tries in which anything is called worse. */
function worse({ runs = 1, allowance, before, after }) {
  let found = 0;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const side = (of) => Array.from({ length: runs }, () => runOf(of()));
    const sides = { baseline: 'v1', before: side(before), after: side(after) };
    const { rows } = compareMeasured(sides, {
      ...USUAL,
      allowance: { percent: allowance, points: allowance },
    });
    if (rows.some(({ status }) => status === 'regression')) found += 1;
  }
  return found / TRIES;
}

const falseRows = Object.entries(DISTRIBUTIONS).map(([name, of]) => [
  name,
  ...COUNTS.map((count) => {
    const values = () => draw(count, of);
    // Nothing is allowed: the hardest case.
    return worse({ allowance: 0, before: values, after: values });
  }),
]);

/** Each run is off by 5 %, as machines are from one to the next: three a side. */
const drifting = (count) => () => {
  const off = 1 + 0.05 * normal();
  return draw(count, () => off * (1 + 0.1 * normal()));
};
falseRows.push([
  'three runs a side, each off by 5 %',
  ...COUNTS.map((count) => worse({ runs: 3, allowance: 0, before: drifting(count), after: drifting(count) })),
]);

const shifted = (count, shift) => ({
  before: () => draw(count, DISTRIBUTIONS['normal, 10 % noise']),
  after: () => draw(count, () => shift * (1 + 0.1 * normal())),
});
const ALLOWED = [0, 1, 2, 5];
const powerRows = COUNTS.slice(1).map((count) => [
  `${count} values a side`,
  ...ALLOWED.map((allowance) => worse({ allowance, ...shifted(count, 1.1) })),
]);

/** Three runs a side, and then so many as the comparison of those asks for; each is off by 5 %. */
function asked(slower) {
  const level = (factor) => {
    const values = drifting(50);
    return () => values().map((value) => factor * value);
  };
  const compare = (runs) => {
    const side = (of) => Array.from({ length: runs }, () => runOf(of()));
    const sides = { baseline: 'v1', before: side(level(1)), after: side(level(slower)) };
    return compareMeasured(sides, { ...USUAL, allowance: { percent: 1, points: 1 } });
  };
  const counts = [];
  const verdicts = { pass: 0, fail: 0, inconclusive: 0 };
  let hidden = 0;
  for (let attempt = 0; attempt < TRIES / 10; attempt += 1) {
    const { verdict, rows } = compare(3);
    if (verdict !== 'inconclusive') continue;
    hidden += 1;
    const needed = rows.filter(({ status }) => status === 'inconclusive').map(({ runsNeeded }) => runsNeeded);
    if (needed.includes(null)) continue;
    counts.push(Math.max(...needed));
    verdicts[compare(counts.at(-1)).verdict] += 1;
  }
  const middle = counts.toSorted((a, b) => a - b)[Math.floor(counts.length / 2)];
  const shares = Object.values(verdicts).map((count) => percent(count / counts.length));
  return {
    hidden: percent((10 * hidden) / TRIES),
    middle,
    answered: percent(counts.length / hidden),
    shares,
  };
}

const percent = (share) => `${(share * 100).toFixed(1)} %`;
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows.map(([name, ...shares]) => [name, ...shares.map(percent)])]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
const text = `Comparisons of a distribution with itself in which any of mean, p50 and p95 is called worse, by values a side; nothing is allowed (\`--allow 0%\`), ${TRIES} tries each.

${table(['false regressions', ...COUNTS.map((count) => `n = ${count}`)], falseRows)}

Comparisons in which a shift of 10 % in 10 % of noise is found, by what is allowed (1 % where nobody says otherwise).

${table(['found', ...ALLOWED.map((allowance) => `--allow ${allowance}%`)], powerRows)}

Three runs a side of 50 values, each run off by 5 %: how often that is inconclusive, how many runs a side it then asks for (99 at the most), and what so many tell; ${TRIES / 10} tries each.

${[
  ['', 'inconclusive', 'asks for', 'the median', 'then pass', 'fail', 'inconclusive'],
  ['---', '---', '---', '---', '---', '---', '---'],
  ...[
    ['the same', 1],
    ['10 % slower', 1.1],
  ].map(([name, slower]) => {
    const { hidden, answered, middle, shares } = asked(slower);
    return [name, hidden, answered, `${middle} runs`, ...shares];
  }),
]
  .map((cells) => `| ${cells.join(' | ')} |`)
  .join('\n')}`;
console.log(text);
if (options.write) writeSection('stats', text, { isTimed: false });

// Of so many tries, a share may be off by this much by chance alone.
const chance = 3 * Math.sqrt((MOST_FALSE * (1 - MOST_FALSE)) / TRIES);
const tooMany = falseRows.filter(([, ...shares]) => shares.some((share) => share > MOST_FALSE + chance));
for (const [name] of tooMany) console.error(`more than ${percent(MOST_FALSE)} false regressions: ${name}`);
const power = powerRows[COUNTS.slice(1).indexOf(50)]?.[1 + ALLOWED.indexOf(1)] ?? 0;
if (power < LEAST_POWER) console.error(`power below ${percent(LEAST_POWER)}: ${percent(power)}`);
if (tooMany.length > 0 || power < LEAST_POWER) process.exitCode = 1;

function normal() {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function mulberry32(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
