import type { Command } from 'commander';

/** A value of an option that may be repeated. */
export const collect = (value: string, all: string[]): string[] => [...all, value];

/** The options by which a running app is named, the same for every command. */
export function withSelectors(command: Command): Command {
  return command
    .optionsGroup('Targets (one selector, or several --target):')
    .option('--pid <pid>', 'the process with this pid')
    .option('--pidfile <file>', 'the process whose pid this file holds')
    .option('--name <name>', 'the app whose process has this name')
    .option('--cmdline <regex>', 'the app whose command line matches')
    .option('--port <port>', 'the app that listens on this port')
    .option('--unit <unit>', 'a systemd unit')
    .option('--cgroup <path>', 'all processes of a control group')
    .option('--container <id>', 'a container, by id or name')
    .option(
      '--target <name=selector:value>',
      'a named target, may be repeated: backend=port:8000',
      collect,
      [],
    );
}
