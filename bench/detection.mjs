// How well the periodicity detector does: power, false alarms, errors of the period, time; beside what others use.
// usage: npm run bench:detection -- [--quick] [--write] [--seed 2028] [--only hidden,times]
import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { backgroundOf, beatsNeeded } from '../dist/core/periodicity/beats-needed.js';
import { findPeriods, hasPeriod } from '../dist/core/periodicity/periods.js';
import { writeSection } from './page.mjs';
import { CASES, NULLS, exposure, windowMs } from './periodicity-cases.mjs';
import { hTest, regularity, ritaTimeScore } from './periodicity-others.mjs';
import { arrivals, clock, hiding, random } from './periodicity-series.mjs';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    seed: { type: 'string', default: '2028' },
    only: { type: 'string' },
  },
});
const RUNS = options.quick
  ? { power: 200, nulls: 500, longNulls: 100, tail: 5000, others: 300, hidden: 100 }
  : { power: 3000, nulls: 8000, longNulls: 500, tail: 50_000, others: 1000, hidden: 1000 };
const ALPHA = 0.01;
const OTHERS = { 'interval CV': regularity, 'RITA time score': ritaTimeScore, 'H-test': hTest };
const seeded = (index) => random(Number(options.seed) * 1000 + index);
const rowsOf = (...rows) => rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');

let results = null;
const SECTIONS = {
  power: describePower,
  accuracy: describeAccuracy,
  'false-alarms': describeFalseAlarms,
  tail: describeTail,
  hidden: describeHidden,
  times: describeTimes,
};
const wanted = options.only?.split(',') ?? Object.keys(SECTIONS);
for (const name of wanted) {
  const describe = SECTIONS[name];
  if (describe === undefined)
    throw new Error(`no section ${name}; there are ${Object.keys(SECTIONS).join(', ')}`);
  const text = describe();
  console.log(`${text}\n`);
  if (options.write) writeSection(name, text, { file: 'periodicity.md', isTimed: name === 'times' });
}

/** What was found of each case, tried once. */
function casesTried() {
  results ??= CASES.map(({ make, ...known }, index) => ({
    ...known,
    ...tryCase(make, known, seeded(index)),
  }));
  return results;
}

function tryCase(make, { name, seconds }, draw) {
  const tally = {
    found: 0,
    others: Object.keys(OTHERS).map(() => 0),
    named: 0,
    inside: 0,
    clock: 0,
    errors: [],
  };
  const tolerance = name.includes('renewal') ? 0.05 : 0.02;
  for (let run = 0; run < RUNS.power; run += 1) {
    const timesMs = make(draw);
    for (const [index, score] of Object.values(OTHERS).entries()) {
      if (score(timesMs) > thresholdOf(index, timesMs.length)) tally.others[index] += 1;
    }
    const findings = findPeriods({ timesMs, exposure }, { alpha: ALPHA });
    if (findings.length > 0) tallyUp(findings, seconds, tolerance, tally);
  }
  return tally;
}

/** Named: all true periods within the tolerance. */
function tallyUp(findings, seconds, tolerance, tally) {
  const nearest = seconds.map((one) =>
    findings.reduce((best, each) =>
      Math.abs(each.seconds - one) < Math.abs(best.seconds - one) ? each : best,
    ),
  );
  const errors = nearest.map((finding, at) => Math.abs(finding.seconds / seconds[at] - 1));
  const isInside = ({ secondsInterval: { from, to } }, at) => from <= seconds[at] && seconds[at] <= to;
  tally.found += 1;
  tally.errors.push(Math.max(...errors));
  if (errors.every((error) => error <= tolerance)) tally.named += 1;
  if (nearest.every(isInside)) tally.inside += 1;
  if (nearest[0].model === 'clock') tally.clock += 1;
}

function describePower() {
  const share = (found) => (found / RUNS.power).toFixed(3);
  return [
    `Power at a nominal 1 %, ${RUNS.power} runs a case; the others at the score that ${RUNS.others} series of as many random arrivals exceed in 1 % of the cases:`,
    '',
    rowsOf(
      ['case', ...Object.keys(OTHERS), 'idleproof', '95 % from', 'to reach', ''],
      ['---', ...Object.keys(OTHERS).map(() => '---:'), '---:', '---:', '---:', '---'],
      ...casesTried().map(({ name, others, found, least }) => {
        const low = wilsonLow(found, RUNS.power);
        const verdict = least === null ? '' : low >= least ? 'reached' : 'below';
        return [name, ...others.map(share), share(found), low.toFixed(3), least?.toFixed(2) ?? '–', verdict];
      }),
    ),
  ].join('\n');
}

function describeAccuracy() {
  const percent = (value) => `${(100 * value).toFixed(2)} %`;
  return [
    'Of the series in which a period was found:',
    '',
    rowsOf(
      [
        'case',
        'named within 2 % (clock) or 5 % (renewal)',
        'median error',
        'true period in its 95 % interval',
        'called a clock',
      ],
      ['---', '---:', '---:', '---:', '---:'],
      ...casesTried().map(({ name, named, found, errors, inside, clock: clocks }) => [
        name,
        (named / found).toFixed(3),
        percent(middle(errors)),
        (inside / found).toFixed(3),
        (clocks / found).toFixed(3),
      ]),
    ),
  ].join('\n');
}

function describeFalseAlarms() {
  const made = 'the tables were made from the first four families, with other seeds';
  return [
    falseAlarms([5, 10, 20, 50, 100], RUNS.nulls, made),
    falseAlarms([600, 2000, 10_000], RUNS.longNulls, 'of long series'),
  ].join('\n\n');
}

/** How often each family without a period has one, by about how many events. */
function falseAlarms(counts, runs, note) {
  const rows = NULLS.map(({ name, make, seen }, index) => {
    const draw = seeded(500 + index);
    const cells = counts.map((about) => {
      let alarms = 0;
      for (let run = 0; run < runs; run += 1) {
        const timesMs = make(draw, about);
        if (findPeriods({ timesMs, exposure: seen }, { alpha: ALPHA, maxPeriods: 1 }).length > 0) alarms += 1;
      }
      return alarms;
    });
    return [name, ...cells.map((alarms) => (alarms / runs).toFixed(4))];
  });
  return [
    `False alarms at a nominal 1 %, ${runs} runs a cell (standard error ${Math.sqrt((ALPHA * (1 - ALPHA)) / runs).toFixed(4)} at 0.01); ${note}:`,
    '',
    rowsOf(['events, about', ...counts], ['---', ...counts.map(() => '---:')], ...rows),
  ].join('\n');
}

/** Whether as many beats as a claim counts on are found, whatever else there is, and of timers with more jitter. */
function describeHidden() {
  const rows = [4, 5, 10, 20, 50, 100, 300, 1000].map((events, index) => {
    const draw = seeded(800 + index);
    const runs = Math.ceil(RUNS.hidden / (events > 100 ? 5 : 1));
    const beats = beatsNeeded(ALPHA, false, { events, looks: 1, crowding: 0 });
    const ofTwenty = beatsNeeded(ALPHA / 20, false, { events, looks: 1, crowding: 0 });
    const share = (make, jitter) =>
      beats > events ? '–' : shareFound(draw, make, { beats, events, jitter, runs }).toFixed(2);
    return [
      events,
      beats,
      `${Number((60 / beats).toPrecision(2))} s`,
      ...Object.values(hiding).map((make) => share(make, 0.02)),
      share(hiding.random, 0.1),
      ofTwenty,
      `${Number((60 / ofTwenty).toPrecision(2))} s`,
    ];
  });
  return [
    'Beats that it takes to tell a timer among so many events, its own included; the longest period that 60 s exclude then; the share of such timers that were found, by how the others come; and beats and periods where it is one of 20 groups:',
    '',
    rowsOf(
      [
        'events',
        'beats',
        'excluded',
        ...Object.keys(hiding),
        'random, jitter ± 10 %',
        'of 20 groups',
        'excluded',
      ],
      Array.from({ length: 10 }, () => '---:'),
      ...rows,
    ),
  ].join('\n');
}

function shareFound(draw, make, { beats, events, jitter, runs }) {
  let found = 0;
  for (let run = 0; run < runs; ) {
    const timer = clock(draw, { periodMs: windowMs / beats, jitter, windowMs });
    const others = events > timer.length ? make(draw, events - timer.length, windowMs) : [];
    const series = { timesMs: [...timer, ...others], exposure };
    // Bursts and what lies close together are fewer, or more.
    if (backgroundOf(series, 1e-3, 1).events > events) continue;
    run += 1;
    if (findPeriods(series, { alpha: ALPHA, maxPeriods: 1 }).length > 0) found += 1;
  }
  return found / runs;
}

/** Whether small chances are what they say. */
function describeTail() {
  const levels = [1e-2, 1e-3, 1e-4];
  const rows = [5, 8, 12, 20].map((about, index) => {
    const draw = seeded(700 + index);
    const found = levels.map(() => 0);
    for (let run = 0; run < RUNS.tail; run += 1) {
      const timesMs = arrivals(draw, about, windowMs);
      const [first] = findPeriods({ timesMs, exposure }, { alpha: ALPHA, maxPeriods: 1 });
      for (const [at, level] of levels.entries()) if (first?.falseAlarmProbability <= level) found[at] += 1;
    }
    return [about, ...found.map((alarms) => (alarms / RUNS.tail).toExponential(1))];
  });
  return [
    `How often random arrivals have a p of at most that, ${RUNS.tail} runs a row:`,
    '',
    rowsOf(['events', ...levels.map((level) => `p ≤ ${level}`)], ['---:', '---:', '---:', '---:'], ...rows),
  ].join('\n');
}

function describeTimes() {
  const draw = seeded(900);
  const rows = [10, 100, 1000, 100_000].map((count) => {
    const repeats = Math.max(9, Math.min(500, Math.round(20_000 / count)));
    const time = (make) => {
      const all = Array.from({ length: repeats }, () => {
        const timesMs = make().map((atMs) => Math.round(1000 * atMs) / 1000);
        return timeOf(() => findPeriods({ timesMs, exposure }));
      });
      return middle(all).toFixed(2);
    };
    const periodMs = windowMs / count;
    return [
      count,
      time(() => arrivals(draw, count, windowMs)),
      time(() => clock(draw, { periodMs, jitter: 0.05, windowMs })),
    ];
  });
  const many = (groups, count) => Array.from({ length: groups }, () => arrivals(draw, count, windowMs));
  const thousand = many(1000, 100);
  const thousandMs = timeOf(() => thousand.forEach((timesMs) => findPeriods({ timesMs, exposure })));
  const fast = [10, 50].map((count) => {
    const groups = many(10_000, count);
    const ms = timeOf(() =>
      groups.forEach((timesMs) => hasPeriod({ timesMs, exposure }, { alpha: ALPHA / groups.length })),
    );
    return `10,000 of ${count} events each at p ≤ 10⁻⁶ (\`hasPeriod\`) in ${(ms / 1000).toFixed(1)} s`;
  });
  const bytes = statSync(new URL('../dist/core/periodicity/null-tables.json', import.meta.url)).size;
  return [
    'Milliseconds for a series in 10 minutes, microsecond stamps, one thread, median:',
    '',
    rowsOf(['events', 'random', 'a clock'], ['---:', '---:', '---:'], ...rows),
    '',
    `1,000 series of 100 random events: ${(thousandMs / 1000).toFixed(2)} s; ${fast.join('; ')}. Null tables: ${(bytes / 1000).toFixed(1)} kB.`,
  ].join('\n');
}

function timeOf(work) {
  const startedMs = performance.now();
  work();
  return performance.now() - startedMs;
}

/** The score that as many random arrivals exceed in 1 % of the cases. */
function thresholdOf(index, count) {
  thresholdOf.known ??= new Map();
  const key = `${index} ${count}`;
  if (!thresholdOf.known.has(key)) {
    const draw = seeded(800);
    const score = Object.values(OTHERS)[index];
    const scores = Array.from({ length: RUNS.others }, () => score(arrivals(draw, count, windowMs)));
    thresholdOf.known.set(
      key,
      Float64Array.from(scores)
        .sort()
        .at(-1 - Math.floor(RUNS.others / 100)),
    );
  }
  return thresholdOf.known.get(key);
}

/** Lower end of Wilson's 95 % interval of a share. */
function wilsonLow(found, all) {
  const z = 1.96;
  const share = found / all;
  const centre = share + (z * z) / (2 * all);
  const half = z * Math.sqrt((share * (1 - share)) / all + (z * z) / (4 * all * all));
  const whole = 1 + (z * z) / all;
  return (centre - half) / whole;
}

function middle(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
