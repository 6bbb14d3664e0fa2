import { writeFileSync } from 'node:fs';
import { availableParallelism, release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Cell, type CellResult, keyOf, keyOfResult, runCell } from './cell.ts';
import { runJobs } from './lanes.ts';
import { Ledger } from './ledger.ts';
import { matrix } from './matrix.ts';
import { pageOf } from './page.ts';
import { seededRandom } from './random.ts';
import { startPeer } from './peer.ts';
import { summaryOf, verdictWith, verdictWithout } from './summary.ts';

const PAGE: string = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));
const DEFAULT_SEED = '9';
/** Exit code of what a second Ctrl-C ends. */
const INTERRUPTED = 130;

/**
 * Runs the matrix, or a part of it. Returns the exit code: 1 where a pass or a fail was false, or something could not be run.
 * @param commit what is tried
 * @throws Error for what is mistyped, before anything is run
 */
export async function main(argv: readonly string[], commit: string): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: 'string' },
      seed: { type: 'string', default: DEFAULT_SEED },
      resume: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      jobs: { type: 'string', default: '4' },
    },
  });
  const seed = wholeNumber('--seed', values.seed);
  const lanes = wholeNumber('--jobs', values.jobs);
  if (values.write && values.only !== undefined) throw new Error('--write is for the whole matrix');
  const wanted = matrix(values.only ?? null);
  const { cells, leftOut } = wanted;
  for (const { fault, activity, reason } of leftOut)
    console.log(`left out: ${fault}/${activity ?? '*'}: ${reason}`);
  const ledger = new Ledger(fileURLToPath(new URL(`../../reports/chaos/${seed}.jsonl`, import.meta.url)));
  if (!values.resume) ledger.clear();
  const done = new Set(
    ledger
      .read()
      .filter(({ result }) => result === 'ok')
      .map(keyOfResult),
  );
  const waiting = cells.filter((cell) => !done.has(keyOf(cell)));
  if (done.size > 0)
    console.log(`${cells.length - waiting.length} of ${cells.length} cells were done before`);
  const isInterrupted = onceInterrupted();
  const peer = await startPeer();
  let count = cells.length - waiting.length;
  try {
    const jobs = shuffled(waiting, seed).map((cell) => ({
      isAlone: cell.fault.isAlone === true,
      run: async () => {
        if (isInterrupted()) return;
        const result = await runCell(cell, { seed, peer, commit, isInterrupted });
        // Ctrl-C has reached the watchdogs, too.
        if (isInterrupted()) return;
        ledger.add(result);
        count += 1;
        console.log(`${count} / ${cells.length} ${describe(result)}`);
      },
    }));
    await runJobs(jobs, lanes);
  } finally {
    await peer.stop();
  }
  const keys = new Set(cells.map(keyOf));
  const results = ledger.read().filter((result) => keys.has(keyOfResult(result)));
  if (values.write) {
    const machine = `Node ${process.versions.node}, Linux ${release()}, ${availableParallelism()} CPUs, ${process.geteuid?.() === 0 ? 'root' : 'not root'}`;
    const date = new Date().toISOString().slice(0, 10);
    writeFileSync(PAGE, pageOf({ matrix: wanted, results, seed, date, machine }));
  }
  console.log(`\n${summaryOf(results)}`);
  return results.length === cells.length && results.every(({ result }) => result === 'ok') ? 0 : 1;
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d+$/u.test(text)) throw new Error(`${option} takes a whole number, not «${text}»`);
  return Number(text);
}

/** So that a run that is interrupted has seen something of everything. */
function shuffled(cells: readonly Cell[], seed: number): Cell[] {
  const random = seededRandom(seed, 'order');
  return cells
    .map((cell) => ({ cell, place: random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ cell }) => cell);
}

/** After the first Ctrl-C what is under way is brought to its end, and after the second nothing. */
function onceInterrupted(): () => boolean {
  let isInterrupted = false;
  process.once('SIGINT', () => {
    isInterrupted = true;
    console.log('interrupted: it ends when the cells under way are over; --resume goes on');
    // Not by the signal itself, which would leave their folders.
    process.once('SIGINT', () => process.exit(INTERRUPTED));
  });
  return () => isInterrupted;
}

function describe(cell: CellResult): string {
  const { fault, activity, moment, withActivity, faultAlone, result, seconds } = cell;
  const line = `${fault}/${activity} ${moment}: with it ${verdictWith(withActivity)}, without ${verdictWithout(faultAlone)}: ${result} (${seconds} s)`;
  const details = [withActivity, faultAlone]
    .filter((half) => half.result !== 'ok')
    .map((half) => `\n    ${half.result}: ${half.reason ?? half.said.text} ${half.said.failed.join(' ')}`);
  return line + details.join('');
}
