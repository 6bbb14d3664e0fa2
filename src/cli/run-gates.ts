import { Command } from 'commander';
import { renderGatesText } from '../render/gates-table.ts';
import { renderJson } from '../render/json.ts';
import { DEFAULT_OUT } from './default-out.ts';
import { exitCodeOf } from './exit-codes.ts';
import { exitCodeOfInterrupted, onInterrupt } from './interrupt.ts';
import { createProgress } from './progress.ts';

const EXAMPLES = `
Examples:
  idleproof run gates.yaml
  idleproof run gates.yaml --json | jq '.gates[] | select(.verdict != "pass")'

Measures how the app starts, starts it, uses it, waits until it has given back what it loaded, watches it idle, stops it, looks for
what outlives it, and writes one gate sheet: gates.md and gates.json beside the proof of the window.
Exit codes: 0 pass, 1 fail, 2 inconclusive, 3 usage or configuration, 4 idleproof itself failed, 130 interrupted.`;

interface RunOptions {
  out?: string;
  json?: boolean;
}

/** `idleproof run`: a whole phase gate in one command. */
export function runCommand(argv: readonly string[], done: (exitCode: number) => void): Command {
  return new Command('run')
    .description('Run a whole phase gate: start, measure, use, wait, watch idle, stop; one gate sheet.')
    .argument('<file>', 'a gates.yaml: a configuration with `ready` and `gates`')
    .option('--out <dir>', `where the run folders go (default: ${DEFAULT_OUT})`)
    .option('--json', 'print the gate sheet as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: RunOptions) => done(await run(argv, file, options)));
}

async function run(argv: readonly string[], file: string, { out, json }: RunOptions): Promise<number> {
  const { planGates } = await import('./gates-plan.ts');
  const { runGates } = await import('./gates-run.ts');
  const request = planGates(argv, file, out);
  const { signal, release } = onInterrupt();
  const progress = createProgress();
  try {
    const { sheet, files } = await runGates(request, { signal, onProgress: progress.show });
    progress.clear();
    process.stdout.write(
      json === true
        ? renderJson(sheet)
        : `${renderGatesText(sheet)}\n${files.map((path) => `${path}\n`).join('')}`,
    );
    return exitCodeOf(sheet.verdict, signal.aborted);
  } catch (error) {
    // Before the app was ready, when there is no window that could be closed.
    progress.clear();
    return exitCodeOfInterrupted(error, signal);
  } finally {
    progress.clear();
    release();
  }
}
