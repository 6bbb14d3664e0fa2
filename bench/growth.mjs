// CPU time of the watchdog per look, by the number of processes and by how many of them are active.
// usage: npm run bench:growth -- [--seconds 20] [--write]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { nativeCpuClock } from '../dist/os/cpu-clock.js';
import { writeSection } from './page.mjs';

const COUNTS = [1, 21, 200, 1000];
const SHARES = [0, 0.01, 0.1, 1];
/** Starting, compiling and the first full look are not part of the price of a look. */
const WARM_UP_MS = 10_000;

const { values: options } = parseArgs({
  options: { seconds: { type: 'string', default: '20' }, write: { type: 'boolean', default: false } },
});
const seconds = Number(options.seconds);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const clock = nativeCpuClock();
if (clock === null) throw new Error('this benchmark needs koffi');
const folder = mkdtempSync(join(tmpdir(), 'idleproof-growth-'));
try {
  const rows = [];
  for (const count of COUNTS) rows.push(await measure(count));
  const table = describe(rows);
  console.log(table);
  if (options.write) writeSection('growth', table);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** All shares at the same time, each with a tree and a watchdog of its own. */
async function measure(count) {
  const actives = [...new Set(SHARES.map((share) => Math.round(count * share)))];
  const runs = [];
  const bare = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  try {
    for (const active of actives) runs.push(await start(count, active));
    await sleep(WARM_UP_MS);
    for (const run of [...runs, { watchdog: bare }]) run.watchdog.fromNs = clock(run.watchdog.pid);
    await sleep(seconds * 1000);
    const perLook = ({ pid, fromNs }) => (clock(pid) - fromNs) / 1e6 / seconds;
    return {
      count,
      bareMs: perLook(bare),
      costs: runs.map(({ active, watchdog }) => ({
        active,
        ms: perLook(watchdog),
        rss: rssMegabytes(watchdog.pid),
      })),
    };
  } finally {
    bare.kill();
    for (const { tree, watchdog } of runs) {
      watchdog.kill('SIGKILL');
      tree.kill('SIGTERM');
    }
    await sleep(1000);
  }
}

async function start(count, active) {
  const tree = spawn('python3', [here('growth-tree.py'), String(count), String(active)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(tree.stdout, 'data');
  const check = [
    'check',
    '--pid',
    String(tree.pid),
    '--for',
    `${seconds + 60}s`,
    '--settle',
    '0s',
    '--out',
    folder,
  ];
  const watchdog = spawn(process.execPath, [here('../dist/cli/main.js'), ...check], { stdio: 'ignore' });
  return { active, tree, watchdog };
}

function rssMegabytes(pid) {
  return (Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024) / 1e6;
}

function describe(rows) {
  return [
    `CPU ms per look, ${seconds} looks, one a second; an active process wakes ten times in a second:`,
    '',
    '| processes | a bare Node timer | active | CPU ms per look | RSS MB |',
    '| ---: | ---: | ---: | ---: | ---: |',
    ...rows.flatMap(({ count, bareMs, costs }) =>
      costs.map(
        ({ active, ms, rss }, index) =>
          `| ${index === 0 ? count : ''} | ${index === 0 ? bareMs.toFixed(2) : ''} | ${active} | ${ms.toFixed(2)} | ${rss.toFixed(0)} |`,
      ),
    ),
  ].join('\n');
}
