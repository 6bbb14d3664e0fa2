import { Command } from 'commander';
import { type SelectorOptions, targetsOf } from './target-options.ts';
import { COLLECTORS_OPTION, collectorsOf, timingOf } from './timing-options.ts';
import { EXIT } from './exit-codes.ts';
import { withSelectors } from './selector-options.ts';
import { toolVersion } from './version.ts';
import { refuser } from '../errors/refuse.ts';
import { renderJson } from '../render/json.ts';

const EXAMPLES = `
Examples:
  idleproof doctor                          what can be seen here at all
  idleproof doctor --port 8000 --for 10m    of this app, and what a window of ten minutes would exclude
  idleproof doctor --name nginx --json | jq '.lifts[].command'

It asks every collector what a check asks it, and watches nothing.
Exit codes: 0 told, 3 usage or configuration, 4 idleproof itself failed.`;

interface DoctorOptions extends SelectorOptions {
  config?: string;
  for: string;
  tick?: string;
  collectors: string;
  json?: boolean;
}

/** `idleproof doctor`: what can be seen here, by which tier, what a window would exclude, and how to get more. */
export function doctorCommand(done: (exitCode: number) => void): Command {
  const command = new Command('doctor')
    .description('Tell what can be seen here, and how to see more.')
    .usage('[selector] [options]');
  return withSelectors(command)
    .option('--config <file>', 'targets from an idleproof.yaml; commands are not started')
    .optionsGroup('Window:')
    .option('--for <duration>', 'the window to tell about', '60s')
    .option('--tick <duration>', 'time between two looks (default: 1s)')
    .optionsGroup('Evidence:')
    .option(...COLLECTORS_OPTION)
    .optionsGroup('Output:')
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (options: DoctorOptions) => done(await doctor(options)));
}

const refuse = refuser('doctor');

async function doctor(options: DoctorOptions): Promise<number> {
  const { loadConfig } = await import('../config/config.ts');
  const { diagnose } = await import('../session/doctor/diagnose.ts');
  const config = options.config === undefined ? null : loadConfig(options.config);
  const { durationMs, tickMs } = timingOf({ ...options, settle: '0s' }, config?.tickMs ?? null, refuse);
  const diagnosis = await diagnose({
    targets: [...(config?.targets ?? []), ...targetsOf(options, [], refuse)].filter(
      ({ select }) => select.by !== 'command',
    ),
    durationMs,
    tickMs,
    collectors: collectorsOf(options, refuse),
    toolVersion: toolVersion(),
  });
  if (options.json === true) {
    process.stdout.write(renderJson(diagnosis));
  } else {
    const { describeDiagnosis } = await import('./doctor-text.ts');
    process.stdout.write(describeDiagnosis(diagnosis));
  }
  return EXIT.pass;
}
