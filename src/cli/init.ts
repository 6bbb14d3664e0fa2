import { Command } from 'commander';
import { IdleproofError } from '../errors.ts';
import { refuser } from '../errors/refuse.ts';
import { EXIT } from './exit-codes.ts';
import type { InitOptions } from './init-run.ts';
import { withSelectors } from './selector-options.ts';

const EXAMPLES = `
Examples:
  idleproof init                            who listens on a port here, to name one
  idleproof init --port 8000                write idleproof.yaml for whatever listens there
  idleproof init --name backend --stdout    only show what it would be
  idleproof init --target web=port:8000 --target model=name:llama-server --out soak.yaml
  idleproof check --config idleproof.yaml --for 60s

It looks at the app's processes, ports, open files and SQLite tables; it connects to nothing and changes nothing. What it
could not find or see is said on stderr. A file that is there is left alone, unless --force is given.
Exit codes: 0 written, 3 usage or configuration (nobody named, the file exists), 4 idleproof itself failed.`;

/** `idleproof init`: a configuration for a running app. */
export function initCommand(done: (exitCode: number) => void): Command {
  const command = new Command('init')
    .description('Write an idleproof.yaml for a running app.')
    .usage('[selector] [options]')
    .allowExcessArguments();
  return withSelectors(command)
    .optionsGroup('Output:')
    .option('--out <file>', 'where it goes', 'idleproof.yaml')
    .option('--force', 'replace a file that is there')
    .option('--stdout', 'print it, and write no file')
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (options: InitOptions, { args: [argument] }: Command) => {
      if (argument !== undefined)
        throw new IdleproofError('ARGUMENT_UNEXPECTED', { argument, orCommand: '' });
      if (options.stdout === true && options.json === true) {
        const problem = '--stdout prints the configuration and --json what was found; choose one';
        refuser('init')('--stdout', problem);
      }
      const { init } = await import('./init-run.ts');
      init(options);
      done(EXIT.pass);
    });
}
