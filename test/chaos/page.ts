import { type CellResult, keyOf, keyOfResult } from './cell.ts';
import type { Fault } from './fault.ts';
import type { HalfResult } from './half.ts';
import type { Matrix } from './matrix.ts';
import { countsOf, tally, verdictWith, verdictWithout } from './summary.ts';

export interface PageParts {
  matrix: Matrix;
  results: readonly CellResult[];
  seed: number;
  /** Of the day on which it was written: `2026-11-21`. */
  date: string;
  /** Node, kernel, CPUs. */
  machine: string;
}

const INTRO = `# Reliability

What idleproof says is worth as much as the ways in which somebody has tried to make it say something else. This page is
written by \`npm run test:chaos -- --write\`, from what the run found.

## No false pass

A **cell** is a fault and an activity. Real processes are watched with real faults: a target that really connects for some tenths
of a millisecond, a row that another process really commits. Faults inside of the watchdog's process are struck by a module that node imports
before it; the command line has no switch for tests. Each cell is run twice:

- **with the activity**, in the window: before the fault, while it lasts, or after it, as the seed has it. Neither the rule about that activity nor the window may pass.
- **with the fault alone**: no rule may fail. A fault that is itself something that an idle app may not do is marked with the rule that it breaks, and must not pass it.

A run counts only where activity and fault fell into the window, as their time stamps show; otherwise it is repeated, and a cell for which that never works is void.
Whoever says nothing is never wrong: where nothing goes wrong (\`none\`, \`watch-none\`) and the kernel's trace is to be had, something has to be proved, or the cell is void, too.
`;

const FOUND = `## What it has found

- A false pass, mended: somebody who switches the watchdog's own trace off and on again between two controls (\`trace-off-for-a-moment\`) hid what the target did
  meanwhile. The files that steer the trace are watched now, and one write by anybody else takes the claims off it.
- Passes without a control, rightly: with \`canary-dead\` and \`canary-never-lived\` the fault alone passes, since the target runs no instruction, as its CPU clock shows. No claim rests on the
  trace or the counters then; of a target that runs, the same windows are inconclusive.
- Not in the matrix, since tests of the events collector show it: a row that is written and deleted again within a tick, in a table without \`AUTOINCREMENT\`. [Platforms](platforms.md) names the limits.
`;

const HOW = `## Run it

\`\`\`sh
npm run test:chaos                                # everything
npm run test:chaos -- --only trace-off/tcp        # one cell; trace*/ and /tcp are patterns
npm run test:chaos -- --seed 4 --jobs 8           # other moments, so many cells at a time
npm run test:chaos -- --resume                    # go on where it was interrupted; void and false ones are run again
npm run test:chaos -- --resume --jobs 0 --write   # only the page, of what there is
\`\`\`

Results are kept below \`reports/chaos/\`, a line for each cell. \`npm test\` runs some of the cells. What needs root (the kernel's trace, cgroups, namespaces, other pids) is left out without it, and said.
`;

/** The whole page, as Markdown. */
export function pageOf(parts: PageParts): string {
  const { matrix, results } = parts;
  return [
    INTRO,
    stampOf(parts),
    legend(),
    table(matrix, results),
    leftOut(matrix),
    aboutActivities(matrix),
    FOUND,
    HOW,
  ].join('\n');
}

function stampOf({ matrix, results, seed, date, machine }: PageParts): string {
  const { cells, falsePasses, falseFails, voids } = countsOf(results);
  const commits = [...new Set(results.map(({ commit }) => commit))];
  const of = commits
    .map((commit) => `${commit} (${results.filter((one) => one.commit === commit).length})`)
    .join(', ');
  const ofAll = matrix.cells.length > cells ? ` of ${matrix.cells.length}` : '';
  return `**${cells}${ofAll} cells: ${falsePasses} false passes, ${falseFails} false fails, ${voids} void.**

| | |
| --- | --- |
| date | ${date} |
| commit (cells) | ${of} |
| seed | ${seed} |
| machine | ${machine} |
| the rule, with the activity | ${tally(results.map((one) => verdictWith(one.withActivity)))} |
| the window, with the fault alone | ${tally(results.map((one) => verdictWithout(one.faultAlone)))} |
`;
}

const legend =
  (): string => `Each field has the verdict of the rule with the activity, then that of the window with the fault alone. **F** fail, **i** inconclusive,
**P** pass, **–** nobody claims anything about that time: no proof was made, or none covers it. ✗ would be a false pass or a false fail, ? is void.
`;

const LETTERS: Readonly<Record<string, string>> = { fail: 'F', inconclusive: 'i', pass: 'P', none: '–' };

const letter = (word: string): string => LETTERS[word] ?? word;

function fieldOf(result: CellResult | undefined): string {
  if (result === undefined) return '';
  const half = (one: HalfResult, word: string): string =>
    one.result === 'ok' ? letter(word) : one.result === 'void' ? '?' : `${letter(word)} ✗`;
  const { withActivity, faultAlone } = result;
  return `${half(withActivity, verdictWith(withActivity))} ${half(faultAlone, verdictWithout(faultAlone))}`;
}

function table({ faults, activities }: Matrix, results: readonly CellResult[]): string {
  const byKey = new Map(results.map((one) => [keyOfResult(one), one]));
  const rows = faults
    .filter(({ name }) => results.some(({ fault }) => fault === name))
    .map((fault) => [
      `\`${fault.name}\`: ${fault.says}${markOf(fault)}`,
      ...activities.map((activity) => fieldOf(byKey.get(keyOf({ fault, activity })))),
    ]);
  return markdown(
    ['fault', ...activities.map(({ name }) => name)],
    ['---', ...activities.map(() => ':---:')],
    ...rows,
  );
}

const markOf = ({ breaks = [] }: Fault): string =>
  breaks.length === 0 ? '' : ` (breaks ${breaks.join(', ')})`;

function leftOut({ leftOut: all }: Matrix): string {
  if (all.length === 0) return '';
  const lines = all.map(({ fault, activity, reason }) => `- \`${fault}/${activity ?? '*'}\`: ${reason}`);
  return `Left out:\n\n${lines.join('\n')}\n`;
}

function aboutActivities({ activities }: Matrix): string {
  const rows = activities.map(({ name, rule, does }) => [name, does, rule]);
  return `## Activities\n\n${markdown(['activity', 'what is done', 'rule'], ['---', '---', '---'], ...rows)}`;
}

const markdown = (...rows: readonly (readonly string[])[]): string =>
  `${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
