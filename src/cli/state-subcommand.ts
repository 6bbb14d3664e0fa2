import { Command } from 'commander';

/** The options of every subcommand that is about a daemon's state folder. */
export interface StateOptions {
  state?: string;
  json?: boolean;
}

/** A subcommand that takes `--state` and `--json`. */
export const stateSubcommand = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .option('--state <dir>', 'the state folder of the daemon (default: where this user or the system has it)')
    .option('--json', 'print it as JSON');
