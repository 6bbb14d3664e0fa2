// Seconds and memory that judging takes, by rules and by activities: a window of 8 h of 20 processes that all run at every look, from a
// real evidence file. Each figure is of a process of its own, which reads the file and judges.
// usage: npm run bench:rules -- [--write]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { writeSection } from './page.mjs';
import { writeEvidence, HOURS } from './rules-evidence.mjs';
import { packOf } from './rules-pack.mjs';

const { values: options } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
const ACTIVITIES = [1000, 10_000, 100_000];
const RULES = [1, 10, 100];
const RUNS = 3;
const JUDGE = fileURLToPath(new URL('rules-judge.mjs', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'idleproof-rules-'));
try {
  const packs = RULES.map((count) => {
    const path = join(folder, `rules-${count}.yaml`);
    writeFileSync(path, packOf(count));
    return path;
  });
  const rows = ACTIVITIES.map((count) => {
    const path = join(folder, `${count}.db`);
    const span = writeEvidence(path, count);
    return { count, bytes: statSync(path).size, cells: packs.map((pack) => best(path, span, pack)) };
  });
  const table = describe(rows);
  console.log(table);
  if (options.write) writeSection('rules', table);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The fastest of some runs: the others waited for somebody else. */
function best(path, span, pack) {
  const runs = Array.from({ length: RUNS }, () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [JUDGE, path, JSON.stringify(span), pack]);
    if (status !== 0) throw new Error(String(stderr));
    return JSON.parse(String(stdout));
  });
  return runs.sort((a, b) => a.seconds - b.seconds)[0];
}

function describe(rows) {
  const number = (value, digits = 0) =>
    value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });
  const cell = ({ seconds, readSeconds, peakBytes }) =>
    `${number(seconds, 2)} s (${number(readSeconds, 2)}), ${number(peakBytes / 2 ** 20)} MiB`;
  return [
    `One window of ${HOURS} h, 20 processes, a sample of each a second (576,000). Seconds from opening the file to the verdicts (of them reading), peak memory of the whole process.`,
    '',
    `| activities | file | ${RULES.map((count) => (count === 1 ? '1 rule' : `${count} rules`)).join(' | ')} |`,
    `| --- | --- | ${RULES.map(() => '---').join(' | ')} |`,
    ...rows.map(
      ({ count, bytes, cells }) =>
        `| ${number(count)} | ${number(bytes / 2 ** 20)} MiB | ${cells.map(cell).join(' | ')} |`,
    ),
  ].join('\n');
}
