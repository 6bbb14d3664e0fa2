import type { Command } from 'commander';
import { closest } from 'fastest-levenshtein';
import type { Better } from '../core/measure/baseline/direction.ts';
import { type ExpectedMeasure, parseExpected } from '../core/measure/expect.ts';
import { MEASUREMENTS } from '../core/rules/measurements.ts';
import { IdleproofError } from '../errors.ts';
import { type Refuse, refuser } from '../errors/refuse.ts';
import {
  MEASURED_COMPARISON_FORMATS,
  type MeasuredComparison,
  type MeasuredComparisonFormat,
} from '../model/measured-comparison.ts';
import { type Statistic, STATISTICS } from '../model/measurement.ts';
import type { StoredRun } from '../session/proofs/measured-run.ts';
import { renderJson } from '../render/json.ts';
import { EXIT } from './exit-codes.ts';
import { type PrintedOptions, printedFormats } from './format-option.ts';
import { collect } from './selector-options.ts';
import { type StateOptions, stateSubcommand } from './state-subcommand.ts';

const EXAMPLES = `
Examples:
  idleproof baseline compare v1.2 reports/2026-11-21_0710_backend
  idleproof baseline compare v1.2 reports/2026-11-21_07* --allow 10% --expect 'http.latency.p95 < 200ms' --format md
  idleproof baseline compare v1.2 reports/2026-11-21_0710_backend --format text,html,json --out comparison

Worse is what lies beyond --allow with its whole interval. The same is what was seen within --allow, and with its whole interval within
--within. Everything else is inconclusive. Several runs of a side are taken together, with what differs from run to run.
Exit codes: 0 nothing is worse, 1 something is, or an --expect is not met, 2 it cannot be told, 3 usage, 4 idleproof itself failed.`;

/** A percentage that passes cannot have risen by more than this. */
const WITHIN_POINTS = 5;

const refuse: Refuse = refuser('baseline compare');

interface CompareOptions extends StateOptions, PrintedOptions {
  allow: string;
  allowPoints: string;
  within: string;
  statistic: string[];
  expect: string[];
  higherIsBetter: string[];
  lowerIsBetter: string[];
  acrossHosts?: boolean;
}

/** `idleproof baseline compare`: measurements, before and after. */
export function compareCommand(done: (exitCode: number) => void): Command {
  return stateSubcommand('compare', 'hold measurements against pinned ones')
    .argument('<name>', 'name of the baseline')
    .argument('<result...>', 'results.json of measurements, or the folders that they lie in')
    .option('--allow <change>', 'by how much something may become worse', '1%')
    .option('--allow-points <n>', 'the same for percentages, such as http.errors, in percentage points', '1')
    .option('--within <change>', 'what passes cannot be worse by more than this', '10%')
    .option(
      '--statistic <name>',
      'compare only this statistic, may be repeated (default: mean, p50, p95)',
      collect,
      [],
    )
    .option(
      '--expect <limit>',
      "a limit for the new results, such as 'http.latency.p95 < 200ms'; may be repeated",
      collect,
      [],
    )
    .option(
      '--higher-is-better <name>',
      'a measurement, or the id of one, of which more is better; may be repeated',
      collect,
      [],
    )
    .option('--lower-is-better <name>', 'one of which less is better; may be repeated', collect, [])
    .option('--across-hosts', 'compare measurements of different hosts all the same')
    .option('--format <list>', `${MEASURED_COMPARISON_FORMATS.join(', ')}; several need --out`)
    .option('--out <dir>', 'write files there instead of printing')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, results: string[], options: CompareOptions) =>
      done(await compare(name, results, options)),
    );
}

async function compare(name: string, results: readonly string[], options: CompareOptions): Promise<number> {
  const formats = printedFormats(options, { known: MEASURED_COMPARISON_FORMATS, usual: 'text' }, refuse);
  const how = {
    allowance: {
      percent: changeOf('--allow', options.allow),
      points: pointsOf('--allow-points', options.allowPoints),
    },
    tolerance: { percent: changeOf('--within', options.within), points: WITHIN_POINTS },
    statistics: options.statistic.length === 0 ? null : options.statistic.map(statisticOf),
    expected: options.expect.map(expectedOf),
    better: new Map<string, Better>([
      ...options.higherIsBetter.map((one) => [one, 'higher'] as const),
      ...options.lowerIsBetter.map((one) => [one, 'lower'] as const),
    ]),
    acrossHosts: options.acrossHosts === true,
  };
  const { findBaseline } = await import('../daemon/proofs/baselines.ts');
  const { findStateFolder } = await import('./find-daemon.ts');
  const { compareMeasured } = await import('../core/measure/baseline/compare.ts');
  const { measured = [] } = findBaseline(findStateFolder(options.state), name);
  if (measured.length === 0) throw new IdleproofError('BASELINE_EMPTY', { name });
  const now = await storedAt(results);
  const pinned = now.find(({ sha256 }) => measured.some((one) => one.sha256 === sha256));
  if (pinned !== undefined) {
    const problem = `${name} was made of it, so that it would be compared with itself`;
    throw new IdleproofError('BASELINE_RESULTS', { path: pinned.path, problem });
  }
  const before = measured.map(({ run }) => run);
  const comparison = compareMeasured({ baseline: name, before, after: now.map(({ run }) => run) }, how);
  const { tellReport } = await import('./report-output.ts');
  for (const format of formats) {
    const file = `comparison.${format === 'text' ? 'txt' : format}`;
    tellReport(options.out, file, await rendered(comparison, format));
  }
  return EXIT[comparison.verdict];
}

/** What was measured since; named twice, or copied, a run counts once. */
async function storedAt(results: readonly string[]): Promise<StoredRun[]> {
  const { readMeasuredRun, resultsPathOf, withoutCopies } = await import('../session/proofs/measured-run.ts');
  const read = (given: string): StoredRun => {
    const path = resultsPathOf(given);
    if (path === null) {
      const problem = 'it is no results file, nor a folder with one';
      throw new IdleproofError('BASELINE_RESULTS', { path: given, problem });
    }
    try {
      return readMeasuredRun(path);
    } catch (error) {
      throw new IdleproofError('BASELINE_RESULTS', { path, problem: (error as Error).message }, error);
    }
  };
  return withoutCopies(results.map(read));
}

async function rendered(comparison: MeasuredComparison, format: MeasuredComparisonFormat): Promise<string> {
  if (format === 'json') return renderJson(comparison);
  if (format === 'html') {
    const { measuredComparisonHtml } = await import('../render/html/measured-comparison.ts');
    const { pageStyle } = await import('../session/page-assets.ts');
    return measuredComparisonHtml(comparison, pageStyle());
  }
  const { measuredComparisonText, measuredComparisonMarkdown } = await import(
    '../render/measured-comparison.ts'
  );
  return format === 'md' ? measuredComparisonMarkdown(comparison) : measuredComparisonText(comparison);
}

/** `5%` → 5. */
function changeOf(option: string, text: string): number {
  const [, amount] = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text) ?? [];
  return amount === undefined ? refuse(option, `«${text}» is no change such as 5%`) : Number(amount);
}

function pointsOf(option: string, text: string): number {
  return /^\d+(?:\.\d+)?$/.test(text)
    ? Number(text)
    : refuse(option, `«${text}» is no number of points such as 0.5`);
}

function statisticOf(text: string): Statistic {
  const found = STATISTICS.find((name) => name === text);
  return (
    found ??
    refuse('--statistic', `«${text}» is no statistic; did you mean ${closest(text, [...STATISTICS])}?`)
  );
}

function expectedOf(text: string): ExpectedMeasure {
  const parsed = parseExpected(text, '');
  if (!('problem' in parsed)) return parsed;
  const { problem, value, candidates = [...MEASUREMENTS.keys()] } = parsed;
  const nearest = value === undefined ? '' : `; did you mean ${closest(value, [...candidates])}?`;
  return refuse('--expect', `${problem}${nearest}; it is like «http.latency.p95 < 200ms»`);
}
