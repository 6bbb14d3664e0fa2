import type { Command } from 'commander';
import { toldUnit } from '../../core/parse/told-unit.ts';
import { type Refuse, refuser } from '../../errors/refuse.ts';
import { measuredCommand } from './measured-command.ts';
import {
  type CommonOptions,
  countOf,
  durationOf,
  measureCommand,
  planMeasure,
  withCommon,
} from './options.ts';

const refuse: Refuse = refuser('measure run');

const EXAMPLES = `
Examples:
  idleproof measure run --unit ms --expect 'p50 < 120' --runs 20 --id parse -- node bench/parse.js
  idleproof measure run --expect 'run.seconds.p50 < 50ms' -- ./bench --json
  idleproof measure run -- sh -c 'du -sb ./data | cut -f1'

The command prints a number, with or without a unit (12.5 ms), an object of numbers as JSON, or what github-action-benchmark reads:
[{"name": "parse", "unit": "ms", "value": 12.5}]. Times are run.seconds, sizes run.bytes, shares run.percent, what is per second run.rate, and
everything else run.count; the names are the ids. MB are bytes, Mb and Mbit bits. A run that fails, tells no number, or tells several without names, is an error.
Exit codes: 0 measured, 1 an --expect not met, 3 usage, or the command failed, 4 idleproof itself failed, 130 interrupted.`;

interface RunOptions extends CommonOptions {
  runs: string;
  unit: string;
  timeout: string;
}

const MOST_RUNS = 10_000;

/** `idleproof measure run`: numbers that a command prints. */
export function runCommandCommand(argv: readonly string[], done: (exitCode: number) => void): Command {
  const command = measureCommand('run', 'Run a command that prints numbers, and keep them as measurements.')
    .usage('[options] -- command args')
    .argument('[command...]', 'after --: the command')
    .option('--runs <n>', 'how often it is run', '1')
    .option('--unit <unit>', 'unit of numbers that are printed without one: ms, MB, %, ops/s', '')
    .option('--timeout <duration>', 'how long a run may take', '10m');
  return withCommon(command)
    .addHelpText('after', EXAMPLES)
    .action(async (operands: string[], options: RunOptions) =>
      done(await measureRun(argv, operands, options)),
    );
}

async function measureRun(
  argv: readonly string[],
  operands: readonly string[],
  options: RunOptions,
): Promise<number> {
  const { target, selector } = measuredCommand('run', argv, operands);
  const unit = toldUnit(options.unit);
  if ('problem' in unit) refuse('--unit', unit.problem);
  const plan = await planMeasure(argv, options, { kind: 'run', main: unit.name, target, selector });
  const { probeRun } = await import('../../session/measure/run.ts');
  const { runMeasure } = await import('./run-measure.ts');
  const probe = probeRun({
    argv: operands,
    runs: countOf(refuse, '--runs', options.runs, 1, MOST_RUNS),
    timeoutMs: durationOf(refuse, '--timeout', options.timeout),
    unit: options.unit,
    id: plan.id,
  });
  return runMeasure(plan, probe, options);
}
