import { Command } from 'commander';
import { DEFAULT_OUT } from './default-out.ts';
import { exitCodeOf } from './exit-codes.ts';
import { exitCodeOfInterrupted, onInterrupt } from './interrupt.ts';
import { createProgress } from './progress.ts';
import { collect, withSelectors } from './selector-options.ts';
import type { RawCheckOptions } from './check-options.ts';
import { addStepSummary } from './step-summary.ts';
import type { CheckOutcome } from './check-run.ts';
import { IdleproofError } from '../errors.ts';
import { PROOF_FORMATS } from '../model/proof-format.ts';
import { renderJson } from '../render/json.ts';
import { renderText } from '../render/text.ts';
import { KEY_OPTION } from './signing-key.ts';
import { COLLECTORS_OPTION } from './timing-options.ts';

const EXAMPLES = `
Examples:
  idleproof check --port 8000 --for 60s
  idleproof check --name nginx --for 20s --json | jq -r .verdict
  idleproof check --pid 4711 --events ./data/app.db:events --rules no-background-agents
  idleproof check --target web=port:8000 --target model=name:llama-server --events web=./data/app.db
  idleproof check --port 8000 --logs ./data/backend.log:perf --rules ./rules/ours.yaml
  idleproof check --for 30s --ready http://127.0.0.1:8000/health -- python3 -m backend --port 8000
  idleproof check --offline --for 60s -- ./my-app     what it sends is counted exactly, also without root

A selector finds an app; its whole process tree is watched. Durations: 500ms, 20s, 5m, 1h.
Exit codes: 0 pass, 1 fail, 2 inconclusive, 3 usage or configuration, 4 idleproof itself failed, 130 interrupted.`;

/** `idleproof check`: one idle window on a running app, or on a command that it starts and stops. */
export function checkCommand(argv: readonly string[], done: (exitCode: number) => void): Command {
  const command = new Command('check')
    .description('Watch an app through one idle window and write a proof.')
    .usage('[selector] [options] [-- command args]')
    .argument('[command...]', 'after --: a command to start, watch and stop');
  return withSelectors(command)
    .option('--config <file>', 'targets and rules from an idleproof.yaml')
    .optionsGroup('Window:')
    .option('--for <duration>', 'how long the app must be idle', '60s')
    .option('--settle <duration>', 'time to calm down before the window opens, or auto', '5s')
    .option('--tick <duration>', 'time between two looks (default: 1s)')
    .option(
      '--ready <condition>',
      'wait for a started command: port:8000, http://…, log:REGEX, file:PATH or 3s',
    )
    .option(
      '--offline',
      'start the command in a network of its own, with nothing but loopback; needs no root',
    )
    .optionsGroup('Evidence and rules:')
    .option('--events <[target=]db[:table]>', "the app's own SQLite events table", collect, [])
    .option('--files <[target=]dir>', 'a folder in which nobody should write, may be repeated', collect, [])
    .option(
      '--logs <[target=]file[:format]>',
      'a log: perf (lines marked [PERF]), jsonl, or /expression/; may be repeated',
      collect,
      [],
    )
    .option(
      '--rules <pack>',
      'a shipped pack or a file, may be repeated; replaces the default packs',
      collect,
      [],
    )
    .option('--strict', 'warnings in the headline make the verdict inconclusive (not rules of severity warn)')
    .option('--accept-sampled <duration>', 'accept that what lives shorter than this may be missed')
    .option(...COLLECTORS_OPTION)
    .optionsGroup('Output:')
    .option('--out <dir>', `where the run folders go (default: ${DEFAULT_OUT})`)
    .option('--format <list>', `files to write: ${PROOF_FORMATS.join(', ')}`, 'json,md')
    .option(...KEY_OPTION)
    .option('--json', 'print the proof as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (operands: string[], options: RawCheckOptions) => {
      if (operands.length > 0 && !argv.includes('--')) {
        const argument = operands[0] ?? '';
        const orCommand = '; a command to start stands after --';
        throw new IdleproofError('ARGUMENT_UNEXPECTED', { argument, orCommand });
      }
      done(await check(argv, operands, options));
    });
}

async function check(
  argv: readonly string[],
  operands: readonly string[],
  options: RawCheckOptions,
): Promise<number> {
  // Loaded here, so that --help does not wait for SQLite and the rule schema.
  const { planCheck } = await import('./check-plan.ts');
  const { checkAndProve } = await import('./check-run.ts');
  const request = planCheck(argv, operands, options, 'check');
  const { signal, release } = onInterrupt();
  const progress = createProgress();
  try {
    const outcome = await checkAndProve(request, { signal, onProgress: progress.show });
    progress.clear();
    addStepSummary(outcome.proof, process.env);
    process.stdout.write(options.json === true ? renderJson(outcome.proof) : describeOutcome(outcome));
    return exitCodeOf(outcome.proof.verdict, signal.aborted);
  } catch (error) {
    progress.clear();
    // Before the command was ready, when there is no window that could be closed.
    return exitCodeOfInterrupted(error, signal);
  } finally {
    progress.clear();
    release();
  }
}

function describeOutcome({ proof, files }: CheckOutcome): string {
  return `${renderText(proof, process.stdout.isTTY)}\n${files.map((file) => `${file}\n`).join('')}`;
}
