import type { Command } from 'commander';
import { statesOf } from '../../core/measure/states.ts';
import { parseReady } from '../../core/parse/ready.ts';
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

const refuse: Refuse = refuser('measure startup');

const EXAMPLES = `
Examples:
  idleproof measure startup --ready http://127.0.0.1:8000/health --expect 'p50 < 2s' -- python3 -m backend --port 8000
  idleproof measure startup --ready 'log:ready in' --runs 20 -- node server.js
  sudo idleproof measure startup --ready port:8000 --cold --warm -- ./backend
  idleproof measure startup --ready file:/run/app.ready --expect 'memory.max < 50MB' -- ./app

From the start of the command until it is ready, looked at every 5 ms. Warm starts are preceded by one that is not counted. --cold drops the page cache of
the whole machine before each start, which only root may do; elsewhere those starts are told as what they are, and no rule goes by them.
A file with weights that is mapped or open when the app is ready shows that a model was loaded.
Exit codes: 0 measured, 1 an --expect not met, 3 usage, or it did not start, 4 idleproof itself failed, 130 interrupted.`;

interface StartupOptions extends CommonOptions {
  ready: string;
  runs: string;
  cold?: boolean;
  warm?: boolean;
  timeout: string;
}

const MOST_RUNS = 1_000;

/** `idleproof measure startup`: a command from its start until it is ready. */
export function startupCommand(argv: readonly string[], done: (exitCode: number) => void): Command {
  const command = measureCommand('startup', 'Start a command over and over, and measure until it is ready.')
    .usage('[options] -- command args')
    .argument('[command...]', 'after --: the command')
    .requiredOption(
      '--ready <condition>',
      'when the command is ready: port:8000, http://…, log:REGEX, file:PATH',
    )
    .option('--runs <n>', 'how many starts are counted, of each kind (cold, warm)', '10')
    .option('--cold', 'drop the page cache before each start')
    .option('--warm', 'leave the page cache as it is (default); together with --cold both are measured')
    .option('--timeout <duration>', 'how long a start may take', '60s');
  return withCommon(command)
    .addHelpText('after', EXAMPLES)
    .action(async (operands: string[], options: StartupOptions) =>
      done(await startup(argv, operands, options)),
    );
}

async function startup(
  argv: readonly string[],
  operands: readonly string[],
  options: StartupOptions,
): Promise<number> {
  const { target, selector } = measuredCommand('startup', argv, operands);
  const ready = parseReady(options.ready, refuse);
  if (ready.by === 'duration')
    refuse('--ready', 'a time that passes is nothing to measure: name a port, address, log line or file');
  const plan = await planMeasure(argv, options, { kind: 'startup', main: 'startup', target, selector });
  const { probeStartup } = await import('../../session/measure/startup.ts');
  const { runMeasure } = await import('./run-measure.ts');
  const probe = probeStartup({
    argv: operands,
    ready,
    runs: countOf(refuse, '--runs', options.runs, 1, MOST_RUNS),
    states: statesOf(options),
    timeoutMs: durationOf(refuse, '--timeout', options.timeout),
    id: plan.id,
  });
  return runMeasure(plan, probe, options);
}
