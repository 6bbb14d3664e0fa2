// All benchmarks one after the other, each beside its peers where it has some; the machine should have nothing else to do.
// usage: npm run bench -- [--quick] [--only overhead,recall] [--write]
//   --quick: short runs, to see that all of them work     --write: into docs/benchmarks.md and docs/periodicity.md
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** What each script is given for a whole run, and for a quick one. The ones that need a calm machine come first. */
const PARTS = {
  overhead: { whole: ['--seconds', '600'], quick: ['--seconds', '10'] },
  growth: { whole: ['--seconds', '12'], quick: ['--seconds', '3'] },
  'growth-more': { whole: ['--seconds', '60'], quick: ['--seconds', '5', '--most', '1000'] },
  measure: { whole: [], quick: ['--rounds', '2', '--seconds', '1', '--asked', '5'] },
  recall: { whole: ['--seconds', '60'], quick: ['--seconds', '10'], needsRoot: true },
  rules: { whole: [], quick: [] },
  store: { whole: [], quick: ['--days', '2'] },
  soak: { whole: [], quick: ['--days', '0.5'] },
  'same-build': { whole: [], quick: ['--tries', '2'] },
  stats: { whole: [], quick: ['--tries', '100'] },
  detection: { whole: [], quick: ['--quick'] },
};

/** By exit code: what a benchmark with a limit of its own says. */
const TOLD = ['done', 'failed', 'done; too noisy to tell whether its limits are kept'];

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: Object.keys(PARTS).join() },
    write: { type: 'boolean', default: false },
  },
});
if (options.write && options.quick) throw new Error('--quick is too short for the page');
const names = options.only.split(',');
const unknown = names.find((name) => !(name in PARTS));
if (unknown !== undefined) throw new Error(`no benchmark ${unknown}: ${Object.keys(PARTS).join(', ')}`);

const results = names.map(run);
console.log(['', '| benchmark | minutes | |', '| --- | ---: | --- |', ...results.map(rowOf)].join('\n'));
process.exitCode = results.every(({ told }) => told !== 'failed') ? 0 : 1;

function run(name) {
  const { whole, quick, needsRoot = false } = PARTS[name];
  if (needsRoot && process.geteuid?.() !== 0) return { name, minutes: 0, told: 'skipped: needs root' };
  console.log(`\n## ${name}\n`);
  const script = fileURLToPath(new URL(`${name}.mjs`, import.meta.url));
  const args = [...(options.quick ? quick : whole), ...(options.write ? ['--write'] : [])];
  const before = performance.now();
  const { status } = spawnSync(process.execPath, [script, ...args], { stdio: 'inherit' });
  return { name, minutes: (performance.now() - before) / 60_000, told: TOLD[status] ?? 'failed' };
}

function rowOf({ name, minutes, told }) {
  return `| ${name} | ${minutes.toFixed(1)} | ${told} |`;
}
